// The store's interface; each topic's part follows in a file of its own.

/// The single file that keeps every run.
public final class RunStore: Sendable {
  public enum Access: Sendable { case write, read }

  public let path: String
  public let access: Access

  public init(path: String, access: Access) throws {
    self.path = path
    self.access = access
  }

  // Runs
  public func create(_ run: NewRun) throws -> RunNumber { throw pending }
  public func fork(_ parent: RunNumber, at epoch: Int, as run: NewRun) throws -> RunNumber { throw pending }
  public func resolve(_ reference: String) throws -> RunNumber { throw pending }
  public func run(_ number: RunNumber) throws -> RunRecord { throw pending }
  public func runs(_ query: RunQuery = RunQuery()) throws -> [RunRecord] { throw pending }
  public func rename(_ run: RunNumber, to name: String) throws { throw pending }
  public func delete(_ run: RunNumber) throws { throw pending }

  // Attempts and epochs
  public func beginAttempt(of run: RunNumber, _ attempt: NewAttempt) throws -> Attempt { throw pending }
  public func commit(_ epoch: EpochRecord, in attempt: Attempt) throws { throw pending }
  public func commitPartial(_ partial: PartialEpochRecord, in attempt: Attempt) throws { throw pending }
  public func end(_ attempt: Attempt, outcome: RunStatus, message: String? = nil) throws { throw pending }
  public func dropCheckpoints(of run: RunNumber, keepingEpochs: Set<Int>) throws { throw pending }

  // Additions
  public func addMetrics(_ metrics: [MetricRecord], to run: RunNumber) throws { throw pending }
  public func addArtifact(name: String, mediaType: String, bytes: [UInt8], to run: RunNumber) throws { throw pending }
  public func addAudit(run: RunNumber, verdict: String, report: String) throws { throw pending }
  public func setTag(_ key: String, to value: String, of run: RunNumber) throws { throw pending }
  public func removeTag(_ key: String, of run: RunNumber) throws { throw pending }
  public func addNote(_ text: String, to run: RunNumber) throws { throw pending }

  // Reading
  public func history(of run: RunNumber, series: [String]? = nil, steps: Bool = false) throws -> [HistoryPoint] {
    throw pending
  }
  public func summaries(of run: RunNumber) throws -> [SeriesSummary] { throw pending }
  public func epochs(of run: RunNumber) throws -> [EpochRow] { throw pending }
  public func checkpoints(of run: RunNumber) throws -> [CheckpointRow] { throw pending }
  public func checkpoint(of run: RunNumber, epoch: Int? = nil) throws -> StoredCheckpoint? { throw pending }
  public func attempts(of run: RunNumber) throws -> [AttemptRow] { throw pending }
  public func datasets(of run: RunNumber) throws -> [RunDataset] { throw pending }
  public func allDatasets() throws -> [DatasetRecord] { throw pending }
  public func metrics(of run: RunNumber) throws -> [MetricRecord] { throw pending }
  public func parameters(of run: RunNumber) throws -> [(path: String, value: ParameterValue)] { throw pending }
  public func tags(of run: RunNumber) throws -> [(key: String, value: String)] { throw pending }
  public func notes(of run: RunNumber) throws -> [Note] { throw pending }
  public func artifacts(of run: RunNumber) throws -> [ArtifactRow] { throw pending }
  public func artifact(named name: String, of run: RunNumber) throws -> Artifact { throw pending }
  public func audits(of run: RunNumber) throws -> [AuditRow] { throw pending }
  public func configuration(of run: RunNumber) throws -> StoredConfiguration { throw pending }
  public func query(_ sql: String) throws -> QueryResult { throw pending }
  public func verify(run: RunNumber) throws -> [IntegrityFinding] { throw pending }
}

private var pending: StoreError { .refused("not answered yet") }

/// A process's hold on a run, from `beginAttempt` to `end`; the lock is given back when the value goes away.
public final class Attempt: Sendable {
  public let run: RunNumber
  /// 1, 2, 3, … within the run.
  public let number: Int

  init(run: RunNumber, number: Int) {
    self.run = run
    self.number = number
  }
}
