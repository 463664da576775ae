// The tensors that outlive a step: parameters and optimiser state, in one allocation.

/// A tensor that training keeps.
package struct Variable: Sendable, Equatable {
  package enum Role: String, Sendable {
    case parameter, optimiser
    /// What a network carries from step to step apart from its parameters.
    case state
  }
  package let name: String
  package let role: Role
  package let rows: Int
  package let columns: Int

  package init(name: String, role: Role, rows: Int, columns: Int) {
    (self.name, self.role, self.rows, self.columns) = (name, role, rows, columns)
  }

  package var count: Int { rows * columns }
}

/// The memory of a model: every parameter and every moment of its optimisers, zero at first.
package final class Variables {
  package let declarations: [Variable]
  private let memory: UnsafeMutablePointer<Float>
  private let offsets: [String: Int]
  private let total: Int

  /// - Parameter declarations: names must differ.
  package init(_ declarations: [Variable]) {
    self.declarations = declarations
    var offsets: [String: Int] = [:]
    var total = 0
    for variable in declarations {
      precondition(offsets[variable.name] == nil, "two variables are named \(variable.name)")
      offsets[variable.name] = total
      total += alignedCount(variable.count)
    }
    self.offsets = offsets
    self.total = total
    memory = allocateFloats(total)
  }

  deinit { memory.deallocate() }

  package func pointer(_ name: String) -> UnsafeMutablePointer<Float> {
    guard let offset = offsets[name] else { preconditionFailure("no variable is named \(name)") }
    return memory + offset
  }

  /// The values of one tensor, row-major.
  package subscript(_ variable: Variable) -> [Float] {
    get { Array(UnsafeBufferPointer(start: pointer(variable.name), count: variable.count)) }
    set {
      precondition(newValue.count == variable.count, "\(variable.name) has \(variable.count) values")
      pointer(variable.name).update(from: newValue, count: newValue.count)
    }
  }
}

/// Cache-line aligned floats, zeroed. The caller deallocates.
func allocateFloats(_ count: Int) -> UnsafeMutablePointer<Float> {
  let bytes = max(count, 16) * MemoryLayout<Float>.stride
  let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
  let floats = raw.bindMemory(to: Float.self, capacity: max(count, 16))
  floats.initialize(repeating: 0, count: max(count, 16))
  return floats
}

/// A count rounded up to whole cache lines.
func alignedCount(_ count: Int) -> Int { (count + 15) / 16 * 16 }
