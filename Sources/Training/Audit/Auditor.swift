// The levels of an audit in turn, each one's answers on top of those before.
internal import Configuration
internal import Digests
internal import Maintenance
internal import RunStore
internal import Text
internal import Training

/// Looks at one run.
struct Auditor {
  let store: RunStore
  let run: RunRecord
  let request: AuditRequest
  let settings: SessionSettings
  /// The source of the working directory now.
  let source: SourceInspection
  let attempts: [AttemptRow]
  let recordDigest: Digest
  var findings = AuditFindings()
  /// Epochs whose values do not have the digest that was stored with them.
  private(set) var brokenEpochs: [Int] = []

  init(store: RunStore, run: RunRecord, request: AuditRequest, settings: SessionSettings, source: SourceInspection)
    throws
  {
    (self.store, self.run, self.request) = (store, run, request)
    (self.settings, self.source) = (settings, source)
    attempts = try store.attempts(of: run.number)
    recordDigest = try store.recordDigest(of: run)
  }

  mutating func work() throws {
    let damage = try Doctor(store).verify(run: run.number)
    try checkStore(damage.filter { $0.table != "config" })
    let configuration = try checkConfiguration(damage.filter { $0.table == "config" })
    if let configuration { try requireFiles(configuration) }
    checkRecord()
    guard request.level >= .data else { return }
    guard let configuration else { return try endWithoutConfiguration() }
    let samples = try checkData(configuration)
    guard request.level >= .environment else { return }
    let model = checkProgram(configuration)
    checkEnvironment()
    guard request.level >= .replay else { return }
    guard let data = samples.train, let model else {
      return findings.add(
        AuditCheck(
          "replay", .replay, .noted,
          compared: "no epoch was trained again, because the data or the program are not those of the run"))
    }
    try checkReplay(
      PreparedRun(configuration, data: data, reference: samples.reference, model: model, engine: settings.engine))
  }

  /// The record's digest against the one that was kept outside the store.
  private mutating func checkRecord() {
    guard let kept = request.against else { return }
    let isSame = kept == recordDigest
    findings.add(
      AuditCheck(
        "record", .integrity, isSame ? .holds : .differs, compared: "the digest of the whole record with the one kept",
        findings: isSame ? [] : ["the record has the digest \(recordDigest), the one kept is \(kept)"]))
  }

  /// Without a config that fits the run, nothing of it can be computed.
  private mutating func endWithoutConfiguration() throws {
    if request.level >= .environment { checkEnvironment() }
    findings.add(
      AuditCheck(
        "data", .data, .noted,
        compared: "neither data nor steps were recomputed, because the run has no usable config"))
  }

  /// Every byte that has a digest.
  private mutating func checkStore(_ damage: [IntegrityFinding]) throws {
    brokenEpochs = damage.filter { $0.table == "epoch" }.compactMap(\.epoch)
    let checkpoints = try store.checkpoints(of: run.number)
    let artifacts = try store.artifacts(of: run.number).count
    let diffs = Set(attempts.compactMap(\.sourceDiff?.digest)).count
    let named = try brokenEpochs.prefix(20).flatMap(seriesWithOtherMeans)
    findings.add(
      AuditCheck(
        "store", .integrity, damage.isEmpty ? .holds : .differs,
        compared: "\(counted(run.epoch, "epoch")) in a chain of digests; "
          + "\(counted(checkpoints.reduce(0) { $0 + $1.tensors }, "tensor")) of \(counted(checkpoints.count, "checkpoint")), "
          + "\(counted(artifacts, "artifact")) and \(counted(diffs, "source diff")), byte by byte; the pages of the file",
        findings: damage.map(\.description) + named))
  }

  /// An epoch's value is the mean of its steps: which series of a broken epoch are not so.
  private func seriesWithOtherMeans(epoch: Int) throws -> [String] {
    guard run.programDigest != NewRun.noProgram, let values = try store.values(of: run.number, epoch: epoch) else {
      return []
    }
    return values.points.sorted { $0.key < $1.key }.compactMap { name, point in
      guard let steps = values.traces[name]?.values, !steps.isEmpty else { return nil }
      let mean = meanOverSteps(steps)
      return mean.bitPattern == point.bitPattern
        ? nil : "epoch \(epoch), \(name): the epoch's value \(point) is not the mean of its steps, \(mean)"
    }
  }

  /// - Returns: nil where this program cannot compute with it.
  private mutating func checkConfiguration(_ damage: [IntegrityFinding]) throws -> Configuration? {
    let stored = try store.configuration(of: run.number)
    let compared = "its canonical text with its digest; its settings with the run's parameters and seed"
    func add(_ result: AuditCheck.Result, _ words: [String]) {
      findings.add(AuditCheck("config", .integrity, result, compared: compared, findings: words))
    }
    guard damage.isEmpty else {
      add(.differs, damage.map(\.description))
      return nil
    }
    guard run.programDigest != NewRun.noProgram else {
      findings.add(
        AuditCheck("config", .integrity, .holds, compared: "its canonical text with its digest"))
      if request.level >= .data {
        findings.add(
          AuditCheck(
            "program", .data, .missing, compared: "the config with the program that it compiles to",
            findings: ["the run was logged by another program, which alone can compute it again"]))
      }
      return nil
    }
    do {
      let configuration = try Configuration.load(canonicalJSON: stored.json)
      let differences = try differences(of: configuration)
      add(differences.isEmpty ? .holds : .differs, differences)
      return configuration
    } catch let error as ConfigurationError {
      add(.missing, ["fastsim \(fastsimVersion) can't read the config (\(error)); \(olderVersions)"])
      return nil
    }
  }

  /// Where the tables that lists of runs are made from say something else than the config. Settings that this version
  /// has and the run's version had not are none.
  private func differences(of configuration: Configuration) throws -> [String] {
    let leaves = Dictionary(configuration.leaves.map { ($0.path, ParameterValue($0.value)) }) { first, _ in first }
    var words = try store.parameters(of: run.number).filter { leaves[$0.path] != $0.value }.map { parameter in
      "parameter \(parameter.path) is \(parameter.value) in the list, \(leaves[parameter.path].map { "\($0)" } ?? "none") in the config"
    }
    if run.seed != configuration.seed {
      words.append("the run's seed is \(run.seed), its config's \(configuration.seed)")
    }
    return words
  }

  /// Refuses places of data that the run has no use for.
  private func requireFiles(_ configuration: Configuration) throws {
    let sources = DataLocations.sources(of: configuration)
    for role in request.data.keys.sorted() {
      guard let source = sources.first(where: { $0.role == role })?.source else {
        throw TrainingError.noFile(run: run.number, role: role, reason: "the run has none")
      }
      guard case .file = source else {
        throw TrainingError.noFile(run: run.number, role: role, reason: "it is simulated")
      }
    }
  }

  /// The config has to compile to the program that was stored.
  private mutating func checkProgram(_ configuration: Configuration) -> (any GenerativeModel)? {
    settings.observer(.preparing("compiling the steps"))
    let compared = "the program that the config compiles to with the one that was stored"
    func add(_ result: AuditCheck.Result, _ words: [String] = []) {
      findings.add(AuditCheck("program", .environment, result, compared: compared, findings: words))
    }
    let model: any GenerativeModel
    do {
      model = try PreparedRun.model(
        configuration, cells: try store.datasets(of: run.number).trainedCellShape,
        engine: settings.engine)
    } catch {
      add(.missing, ["fastsim \(fastsimVersion) can't compile the config (\(error)); \(olderVersions)"])
      return nil
    }
    if model.programDigest == run.programDigest {
      add(.holds)
      return model
    }
    let words = "the config compiles to the program \(model.programDigest) now, stored is \(run.programDigest)"
    let isSameVersion = attempts.isEmpty || attempts.contains { $0.attempt.version == fastsimVersion }
    add(isSameVersion ? .differs : .missing, [isSameVersion ? words : "\(words); \(olderVersions)"])
    return nil
  }

  /// The remedy where this version cannot audit the run.
  private var olderVersions: String {
    let versions = distinct(attempts.map(\.attempt.version)).filter { $0 != fastsimVersion }
    return versions.isEmpty
      ? "audit with the build that trained the run"
      : "audit with fastsim \(versions.joined(separator: " or ")), which trained the run"
  }

  /// The digests by which the run and its data are known.
  func digests() throws -> [NamedDigest] {
    var digests = [
      NamedDigest(name: "config", digest: run.configDigest.hex),
      NamedDigest(name: "program", digest: run.programDigest.hex),
    ]
    for dataset in try store.datasets(of: run.number) {
      digests.append(NamedDigest(name: "data \(dataset.role)", digest: dataset.digest.hex))
      for column in dataset.columns where column.role == "weight" {
        digests.append(NamedDigest(name: "weight \(column.name) of \(dataset.role)", digest: column.digest.hex))
      }
    }
    if let digest = run.parameterDigest { digests.append(NamedDigest(name: "parameters", digest: digest.hex)) }
    if let digest = run.chainDigest { digests.append(NamedDigest(name: "chain", digest: digest.hex)) }
    digests.append(NamedDigest(name: "record", digest: recordDigest.hex))
    return digests
  }
}

/// Each value once, in the order in which they come first.
func distinct(_ values: [String]) -> [String] {
  var seen: Set<String> = []
  return values.filter { seen.insert($0).inserted }
}
