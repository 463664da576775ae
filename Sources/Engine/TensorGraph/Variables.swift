// The tensors that outlive a step: parameters and optimiser state, in one allocation.

/// A tensor that training keeps.
package struct Variable: Sendable, Equatable {
  package enum Role: String, Sendable {
    case parameter, optimiser
    /// What a network carries from step to step apart from its parameters.
    case state
  }
  /// The values before the first step.
  package enum Initialisation: Sendable, Equatable {
    case zeros, ones
    /// Standard normal deviates.
    case normal
    /// Uniform within ±√(6/(inputs + outputs)) (Glorot, Bengio 2010, equation 16).
    /// - Parameters:
    ///   - inputs: how many values each output is a sum of.
    ///   - outputs: how many outputs each value goes to.
    case glorot(inputs: Int, outputs: Int)
  }
  package let name: String
  package let role: Role
  package let rows: Int
  package let columns: Int
  package let initialisation: Initialisation

  package init(name: String, role: Role, rows: Int, columns: Int, initialisation: Initialisation = .zeros) {
    (self.name, self.role, self.rows, self.columns) = (name, role, rows, columns)
    self.initialisation = initialisation
  }

  package var count: Int { boundedProduct(rows, columns) }
  var shape: Shape { .fixed(rows, columns) }
}

/// The memory of a model: every parameter, every state and all that its optimisers keep, zero at first.
package final class Variables {
  package let declarations: [Variable]
  /// The limit on the memory of these variables and of their programs.
  let memoryLimit: MemoryLimit?
  private let memory: UnsafeMutablePointer<Float>
  private let offsets: [String: Int]
  private let shapes: [String: Shape]
  private let total: Int
  /// Counts what may have changed a value: weights that were packed at one generation need not be packed again.
  private(set) var generation = 0

  /// - Parameter declarations: names must differ.
  package convenience init(_ declarations: [Variable]) {
    self.init(declarations, memoryLimit: nil)
  }

  /// - Parameters:
  ///   - declarations: names must differ.
  ///   - memoryLimit: what these variables and their programs may take.
  /// - Throws: `MemoryError` where they take more, before anything is allocated.
  package convenience init(_ declarations: [Variable], within memoryLimit: MemoryLimit) throws {
    let floats = declarations.reduce(0) { boundedSum($0, alignedCount($1.count)) }
    try memoryLimit.take(boundedProduct(4, floats), for: "the parameters and the optimisers' tensors") {
      declarations.map { ("\($0.name) \($0.shape)", boundedProduct(4, $0.count)) }
    }
    self.init(declarations, memoryLimit: memoryLimit)
  }

  private init(_ declarations: [Variable], memoryLimit: MemoryLimit?) {
    self.declarations = declarations
    self.memoryLimit = memoryLimit
    var offsets: [String: Int] = [:]
    var total = 0
    for variable in declarations {
      precondition(offsets[variable.name] == nil, "two variables are named \(variable.name)")
      offsets[variable.name] = total
      total += alignedCount(variable.count)
    }
    self.offsets = offsets
    self.total = total
    shapes = Dictionary(uniqueKeysWithValues: declarations.map { ($0.name, $0.shape) })
    memory = allocateFloats(total)
  }

  deinit {
    memoryLimit?.giveBack(4 * total)
    memory.deallocate()
  }

  /// To be called where values were written.
  func change() { generation += 1 }

  func shape(_ name: String) throws -> Shape {
    guard let shape = shapes[name] else { throw GraphError.unknownVariable(name) }
    return shape
  }

  /// The names that some updates write.
  /// - Throws: `GraphError` where two of them write one variable, `ShapeError` where an operand has another shape than
  ///   its variable, or a rate is no scalar.
  func writes(of updates: [Update]) throws -> Set<String> {
    var names = Set<String>()
    for update in updates {
      let shape = try shape(update.parameter)
      let written = [update.parameter] + update.rule.slots.map { Update.slotName(update.parameter, $0) }
      for name in written {
        guard names.insert(name).inserted else { throw GraphError.writtenTwice(name) }
        guard try self.shape(name) == shape else {
          throw ShapeError(layer: name, operation: update.rule.text, shapes: [shape, try self.shape(name)])
        }
      }
      let numbers = [update.rate] + update.corrections
      guard update.gradient.shape == shape, numbers.allSatisfy({ $0.shape == .scalar }) else {
        throw ShapeError(
          layer: update.parameter, operation: update.rule.text, shapes: [shape] + update.operands.map(\.shape))
      }
    }
    return names
  }

  /// - Throws: `ShapeError` where a parameter of a program has another shape than its variable, `GraphError` where there
  ///   is none.
  func check(_ schedule: Schedule) throws {
    for id in schedule.nodes {
      guard let parameter = schedule.graph.nodes[id].operation as? Parameter else { continue }
      let (declared, used) = (try shape(parameter.name), schedule.graph.nodes[id].shape)
      guard declared == used else {
        throw ShapeError(layer: parameter.name, operation: parameter.text, shapes: [declared, used])
      }
    }
  }

  /// The memory of one tensor. What is written there must be written before the next run of a program.
  package func pointer(_ name: String) -> UnsafeMutablePointer<Float> {
    change()
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
func alignedCount(_ count: Int) -> Int { count > .max - 15 ? .max : (count + 15) / 16 * 16 }
