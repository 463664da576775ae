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
      guard let tensor = checkpoint.tensors.first(where: { $0.name == variable.name }), tensor.type == .float32,
        tensor.shape == [variable.rows, variable.columns], tensor.bytes.count == 4 * variable.count
      else { throw TrainingError.stateDoesNotFit(run: checkpoint.run, tensor: variable.name) }
      variables[variable] = tensor.floats
    }
  }

  private func record(_ variable: Variable) -> TensorRecord {
    let bytes = variables[variable].flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
    }
    return TensorRecord(
      name: variable.name, role: TensorRecord.Role(variable.role),
      shape: [variable.rows, variable.columns], type: .float32, bytes: bytes)
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

extension TensorRecord {
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
