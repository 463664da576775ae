// The state of a training as a checkpoint keeps it: every variable, and the transforms that its numbers are seen through.
package import RunStore
internal import Samples
internal import TensorGraph

extension AdversarialModel {
  var parameterTensors: [TensorRecord] {
    variables.declarations.filter { $0.role == .parameter }.map(record)
  }

  var stateTensors: [TensorRecord] { variables.declarations.map(record) }

  func restore(_ checkpoint: StoredCheckpoint) throws {
    for variable in variables.declarations {
      variables[variable] = try checkpoint.floats(variable.name, shape: [variable.rows, variable.columns])
    }
  }

  private func record(_ variable: Variable) -> TensorRecord {
    TensorRecord(
      name: variable.name, role: TensorRecord.Role(variable.role), shape: [variable.rows, variable.columns],
      floats: variables[variable])
  }
}

extension TensorRecord.Role {
  fileprivate init(_ role: Variable.Role) {
    self =
      switch role {
      case .parameter: .parameter
      case .optimiser: .optimiser
      case .state: .state
      }
  }
}

extension StoredCheckpoint {
  /// The values of a float32 tensor.
  /// - Throws: `TrainingError.stateDoesNotFit` where there is none of this name and shape.
  func floats(_ name: String, shape: [Int]) throws -> [Float] {
    guard let tensor = tensors.first(where: { $0.name == name }), tensor.type == .float32, tensor.shape == shape,
      tensor.bytes.count == 4 * shape.reduce(1, *)
    else { throw TrainingError.stateDoesNotFit(run: run, tensor: name) }
    return tensor.floats
  }
}

extension TensorRecord {
  /// A float32 tensor.
  init(name: String, role: Role, shape: [Int], floats: [Float]) {
    self.init(
      name: name, role: role, shape: shape, type: .float32,
      bytes: floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  /// The values of a float32 tensor.
  package var floats: [Float] {
    stride(from: 0, to: bytes.count - 3, by: 4).map { start in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
  }
}

extension TrainingData {
  /// The fitted transforms in the store's form.
  package var transformTensors: [TensorRecord] {
    conditionTransform.records(prefix: "transform.conditions.") + targetTransform.records(prefix: "transform.targets.")
  }
}

extension Transform {
  fileprivate func records(prefix: String) -> [TensorRecord] {
    tensors.map { tensor in
      let bytes = tensor.values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
      return TensorRecord(
        name: prefix + tensor.name, role: .transform, shape: tensor.shape, type: .float64, bytes: bytes)
    }
  }
}
