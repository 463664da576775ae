// What names and records must be like before they are stored.
internal import Digests
package import Numerics

/// Names have no control characters, because digests use line breaks and tabs as separators and terminals execute them.
package func requireName(_ name: String, _ what: String) throws {
  guard !name.isEmpty else { throw StoreError.refused("\(what) is empty; give it a name") }
  guard !name.unicodeScalars.contains(where: breaksLines) else {
    let shown = name.unicodeScalars.map { breaksLines($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
    throw StoreError.refused("\(what) has a control character in '\(shown)'; leave it out")
  }
}

private func breaksLines(_ scalar: Unicode.Scalar) -> Bool {
  [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
}

package func requireUnique(_ names: [String], _ what: String) throws {
  var seen: Set<String> = []
  for name in names where !seen.insert(name).inserted {
    throw StoreError.refused("there are two of \(what) '\(name)'; give each once")
  }
}

package func requireBound(_ bound: Bound, _ value: Int, _ name: String) throws {
  do {
    try bound.require(value, name)
  } catch {
    throw StoreError.refused("\(error)")
  }
}

extension EpochRecord {
  func validate() throws {
    try requireBound(.epoch, epoch, "the epoch")
    try requireBound(.step, step, "the step of epoch \(epoch)")
    try requireBound(.consumedRows, rows, "the number of rows of epoch \(epoch)")
    guard seconds.isFinite, seconds >= 0 else {
      throw StoreError.refused("epoch \(epoch) cannot take \(roundTripNumber(seconds)) seconds")
    }
    for point in points { try requireName(point.series, "a series' name") }
    try requireUnique(points.map(\.series), "point in the series")
    try validateTraces(traces)
    try checkpoint?.validate(parameterDigest)
    guard checkpoint.map({ $0.step == step }) ?? true else {
      throw StoreError.refused("the checkpoint of epoch \(epoch) must be at the epoch's step \(step)")
    }
    for metric in metrics { try metric.validate() }
    try requireUnique(evaluations.map(\.role), "evaluation of the part")
    for evaluation in evaluations { try evaluation.validate(metrics.filter { $0.role == evaluation.role }) }
  }
}

extension PartialEpochRecord {
  func validate() throws {
    try requireBound(.epoch, epoch, "the epoch")
    try validateTraces(traces)
    try checkpoint.validate(parameterDigest)
  }
}

private func validateTraces(_ traces: [(series: String, firstStep: Int, values: [Double])]) throws {
  for trace in traces { try requireName(trace.series, "a series' name") }
  try requireUnique(traces.map(\.series), "trace of the series")
}

/// The values of an epoch's traces belong to its steps.
func requireSteps(
  of traces: [(series: String, firstStep: Int, values: [Double])], after: Int, to last: Int
) throws {
  for trace in traces where trace.firstStep <= after || trace.values.count > last - trace.firstStep + 1 {
    throw StoreError.refused(
      "the trace of '\(trace.series)' has \(trace.values.count) steps from \(trace.firstStep) on; the epoch has those "
        + "after \(after) up to \(last)")
  }
}

extension NewCheckpoint {
  /// - Parameter digest: what the parameters among the tensors must amount to.
  func validate(_ digest: Digest) throws {
    try requireBound(.step, step, "the step of a checkpoint")
    try requireUnique(tensors.map(\.name), "tensor")
    for tensor in tensors { try tensor.validate() }
    guard parameterDigest(of: tensors) == digest else {
      throw StoreError.refused("the parameter digest \(digest.hex) is not that of the checkpoint's parameters")
    }
  }
}

extension TensorRecord {
  func validate() throws {
    try requireName(name, "a tensor's name")
    guard hasItsSize else {
      throw StoreError.refused("tensor '\(name)' of shape \(shape) and type \(type) cannot have \(bytes.count) bytes")
    }
  }

  /// Whether its bytes are as many as shape and type say.
  package var hasItsSize: Bool { shape.allSatisfy { $0 >= 0 } && expectedBytes == bytes.count }

  /// Nil when the shape overflows.
  private var expectedBytes: Int? {
    var count = type.size
    for extent in shape {
      let product = count.multipliedReportingOverflow(by: extent)
      if product.overflow { return nil }
      count = product.partialValue
    }
    return count
  }
}

extension MetricRecord {
  func validate() throws {
    try requireBound(.epochs, epoch, "the epoch of metric '\(name)'")
    try requireBound(.step, step, "the step of metric '\(name)'")
    try requireName(name, "a metric's name")
    try requireName(role, "the role of metric '\(name)'")
    if let bin { try requireName(bin, "the bin of metric '\(name)'") }
  }
}

extension EvaluationRecord {
  /// - Parameter metrics: what was taken of the samples.
  func validate(_ metrics: [MetricRecord]) throws {
    try requireBound(.epochs, epoch, "the epoch of an evaluation")
    try requireName(role, "the role of an evaluation")
    try requireBound(.step, real.rows, "the number of real events")
    try requireBound(.step, generatedRows, "the number of generated events")
    if let stray = metrics.first(where: { $0.role != role || $0.epoch != epoch }) {
      throw StoreError.refused(
        "metric '\(stray.name)' is of role '\(stray.role)' and epoch \(stray.epoch), the evaluation of '\(role)' and "
          + "epoch \(epoch)")
    }
  }
}
