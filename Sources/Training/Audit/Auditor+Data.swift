// The level `data`: every sample of the run, read or simulated again and compared column by column.
internal import Configuration
internal import Digests
internal import RunStore
internal import Samples
internal import Text
internal import Training

extension Auditor {
  /// Compares each sample that the config describes with the one that is stored.
  /// - Returns: those that are the same.
  mutating func checkData(_ configuration: Configuration) throws -> (train: TrainingData?, reference: EventSample?) {
    let stored = try store.datasets(of: run.number)
    let engine = settings.engine
    let observer = settings.observer
    var train: TrainingData?
    var reference: EventSample?
    for (role, _) in DataLocations.sources(of: configuration) {
      let locations = DataLocations(configuration, stored: stored, moved: request.data, of: role)
      guard let then = stored.first(where: { $0.role == role }) else {
        findings.add(
          AuditCheck(
            "data", role: role, .data, .differs, compared: "the sample that the config describes",
            findings: ["\(role): the store has no data set for it"]))
        continue
      }
      do {
        if role == "train" {
          let data = try TrainingData(configuration, locations: locations, engine: engine, observer: observer)
          if compare(RunDataset(role: role, data.sample, splitDigest: data.split.digest), with: then) { train = data }
        } else if let sample = try Evaluator.reference(
          configuration, locations: locations, engine: engine, observer: observer)
        {
          if compare(RunDataset(role: role, sample, splitDigest: nil), with: then) { reference = sample }
        }
      } catch {
        findings.add(
          AuditCheck(
            "data", role: role, .data, isAbsence(error) ? .missing : .differs, compared: Self.description(of: then),
            findings: ["\(role): \(error)"]))
      }
    }
    for dataset in stored where !DataLocations.sources(of: configuration).contains(where: { $0.role == dataset.role }) {
      findings.add(
        AuditCheck(
          "data", role: dataset.role, .data, .differs, compared: Self.description(of: dataset),
          findings: ["\(dataset.role): the config describes no such sample"]))
    }
    if let train { try checkTransforms(train) }
    return (train, reference)
  }

  /// - Returns: whether they are the same to the bit.
  private mutating func compare(_ now: RunDataset, with then: RunDataset) -> Bool {
    var words: [String] = []
    if now.rows != then.rows { words.append("\(now.role): \(now.rows) rows, stored are \(then.rows)") }
    words += Self.columnDifferences(now, then) { $0 != "weight" }
    if words.isEmpty, now.splitDigest != then.splitDigest {
      words.append(
        "\(now.role): the split has the digest \(text(now.splitDigest)), stored is \(text(then.splitDigest))")
    }
    var weightWords = Self.columnDifferences(now, then) { $0 == "weight" }
    if weightWords.isEmpty, now.digest == then.digest {
      for (what, value, before) in [
        ("sum", now.weightSum, then.weightSum), ("sum of squares", now.weightSumSquares, then.weightSumSquares),
      ] where value.bitPattern != before.bitPattern {
        weightWords.append("\(now.role): the weights' \(what) is \(value), stored is \(before)")
      }
    }
    // Columns that all agree under a digest that does not are those of a store that was changed.
    if words.isEmpty, weightWords.isEmpty, now.digest != then.digest {
      words.append("\(now.role): the data set has the digest \(now.digest), stored is \(then.digest)")
    }
    findings.add(
      AuditCheck(
        "data", role: now.role, .data, words.isEmpty ? .holds : .differs, compared: Self.description(of: then),
        findings: words))
    let weights = then.columns.filter { $0.role == "weight" } + now.columns.filter { $0.role == "weight" }
    if let column = weights.first {
      let masses = then.columns.filter { $0.role == "mass" }.map(\.name)
      let origin = masses.first.map { ", fitted again to \($0)" } ?? ""
      findings.add(
        AuditCheck(
          "weights", role: now.role, .data, weightWords.isEmpty ? .holds : .differs,
          compared: "\(column.name)\(origin), digest \(column.digest)", findings: weightWords))
    }
    return words.isEmpty && weightWords.isEmpty
  }

  /// Each column that is not the same, with its role.
  private static func columnDifferences(
    _ now: RunDataset, _ then: RunDataset, where counts: (String) -> Bool
  ) -> [String] {
    let changed = now.columns.filter { counts($0.role) }.compactMap { column -> String? in
      guard let before = then.columns.first(where: { $0.name == column.name && $0.role == column.role }) else {
        return "\(now.role): \(column.role) \(column.name) is not in the store"
      }
      return before.digest == column.digest
        ? nil : "\(now.role): \(column.role) \(column.name) has the digest \(column.digest), stored is \(before.digest)"
    }
    let gone = then.columns.filter { column in
      counts(column.role) && !now.columns.contains { $0.name == column.name && $0.role == column.role }
    }
    return changed + gone.map { "\(now.role): \($0.role) \($0.name) is not in the data" }
  }

  /// The transforms of the training part, fitted again, have to be those that were stored with the networks.
  private mutating func checkTransforms(_ data: TrainingData) throws {
    let checkpoint: StoredCheckpoint?
    do {
      checkpoint = try store.checkpoint(of: run.number)
    } catch StoreError.corruptBlob {
      // The store's own check has named it.
      return
    }
    // A fork that has not trained yet has the states, and so the transforms, of its parent.
    guard let checkpoint, checkpoint.epoch > run.parentEpoch ?? 0 else { return }
    let stored = checkpoint.tensors.filter { $0.role == .transform }
    let words = differences(of: data.transformTensors, from: stored, in: "the last checkpoint")
    findings.add(
      AuditCheck(
        "transforms", role: "train", .data, words.isEmpty ? .holds : .differs,
        compared: "\(counted(stored.count, "tensor")) of the transforms, fitted again, with the last checkpoint",
        findings: words))
  }

  /// Names the tensors that have other bits than stored ones.
  func differences(of computed: [TensorRecord], from stored: [TensorRecord], in place: String) -> [String] {
    let before = Dictionary(stored.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(computed.map(\.name))
    return computed.filter { before[$0.name] != $0 }.map {
      before[$0.name] == nil ? "\($0.name) is not in \(place)" : "\($0.name) differs from \(place)"
    } + stored.filter { !names.contains($0.name) }.map { "\($0.name) of \(place) was not computed" }
  }

  private static func description(of dataset: RunDataset) -> String {
    "\(dataset.source): \(counted(dataset.rows, "row")), \(counted(dataset.columns.count, "column")), digest \(dataset.digest)"
  }

  private func text(_ digest: Digest?) -> String { digest?.hex ?? "none" }
}

/// Whether data are not there, rather than others.
private func isAbsence(_ error: any Error) -> Bool {
  switch error as? SampleError {
  case .missingFile, .unreadable, .unknownFormat: true
  default: false
  }
}
