// Stores in folders of their own, runs and epochs to put into them, and Python to look at them from outside.
internal import Digests
internal import Foundation
package import RunStore
internal import TestSupport

/// A folder that goes away with the value.
package final class Folder: Sendable {
  package let path: String

  package init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("fastsim-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  package func file(_ name: String) -> String { path + "/" + name }

  /// A store's path, and the store opened for writing.
  package func store(_ name: String = "fastsim.sqlite", settings: StoreSettings = StoreSettings()) throws -> RunStore {
    try RunStore(path: file(name), access: .write, settings: settings)
  }
}

package func newRun(
  _ name: String = "rich-kaon", seed: UInt64 = 20_190_528, json: String = #"{"seed":1}"#,
  parameters: [(path: String, value: ParameterValue)] = [], datasets: [RunDataset] = []
) -> NewRun {
  NewRun(
    name: name, experiment: "rich", seed: seed, config: ("seed: 1 # as written\n", json, Digest(of: json)),
    programDigest: Digest(of: "program"), parameters: parameters, datasets: datasets, parameterCount: 42)
}

package func dataset(role: String = "train", rows: Int = 3) -> RunDataset {
  let columns = [("P", "condition"), ("RichDLLk", "target"), ("sWeight", "weight")].map { name, role in
    DatasetColumn(name: name, role: role, type: "float64", digest: Digest(of: "column \(name)"))
  }
  let lines = columns.map { "\($0.role)\t\($0.digest.hex)\n" }.joined()
  return RunDataset(
    role: role, name: "kaons", source: "kaons.csv", recipe: #"{"file":"kaons.csv"}"#, rows: rows, weightSum: 2.5,
    weightSumSquares: 2.25, columns: columns, digest: Digest(of: "fastsim dataset 1\n" + lines),
    splitDigest: Digest(of: "split"))
}

package let machine = NewAttempt(
  host: Machine.current.host, cpu: "a cpu", isa: "avx2", threads: 2, toolchain: "Swift 6.3.1", sourceRevision: "abc",
  sourceDirty: false, version: "0.1", os: "Linux", workingDirectory: "/home/physicist",
  commandLine: "fastsim train rich.yaml")

/// A parameter that depends on the epoch, an optimiser's state, and a transform that never changes.
package func tensors(_ epoch: Int, floats: Int = 8) -> [TensorRecord] {
  let values = (0..<floats).map { Float(epoch) + Float($0) / 16 }
  let bytes = values.withUnsafeBytes { Array($0) }
  let fixed = [1.5, -2.5].withUnsafeBytes { Array($0) }
  return [
    TensorRecord(name: "generator.0.weight", role: .parameter, shape: [2, floats / 2], type: .float32, bytes: bytes),
    TensorRecord(name: "critic.0.bias", role: .parameter, shape: [floats], type: .float32, bytes: bytes),
    TensorRecord(name: "rmsprop.0", role: .optimiser, shape: [floats], type: .float32, bytes: bytes.reversed()),
    TensorRecord(name: "transform.P", role: .transform, shape: [2], type: .float64, bytes: fixed),
  ]
}

/// Ten steps an epoch, two series with a trace, one without.
package func epoch(
  _ number: Int, of run: RunNumber, loss: Double? = nil, floats: Int = 8, metrics: [MetricRecord] = [],
  tensors: [TensorRecord]? = nil
) -> EpochRecord {
  let loss = loss ?? 1 / Double(number)
  let state = tensors ?? StoreFixtures.tensors(number, floats: floats)
  let first = 10 * (number - 1) + 1
  return EpochRecord(
    run: run, epoch: number, step: 10 * number, rows: 1000, seconds: 0.5,
    points: [("generator_loss", loss), ("critic_loss", -loss), ("rate", 0.001)],
    traces: [
      ("generator_loss", first, (0..<10).map { loss + Double($0) }),
      ("critic_loss", first, (0..<10).map { -loss - Double($0) }),
    ], parameterDigest: parameterDigest(of: state), checkpoint: NewCheckpoint(step: 10 * number, tensors: state),
    metrics: metrics)
}

/// Three steps of an epoch that was interrupted.
package func partialEpoch(_ number: Int, of run: RunNumber) -> PartialEpochRecord {
  let state = tensors(99)
  let first = 10 * (number - 1) + 1
  return PartialEpochRecord(
    run: run, epoch: number, traces: [("generator_loss", first, [1, 2, 3])],
    parameterDigest: parameterDigest(of: state), checkpoint: NewCheckpoint(step: first + 2, tensors: state))
}

/// A run with some epochs, and no attempt left open.
package func trained(_ store: RunStore, epochs: Int, name: String = "rich-kaon", scale: Double = 1) throws -> RunNumber
{
  let run = try store.create(newRun(name, datasets: [dataset()]))
  let attempt = try store.beginAttempt(of: run, machine)
  for number in 1...epochs { try store.commit(epoch(number, of: run, loss: scale / Double(number)), in: attempt) }
  try store.end(attempt, outcome: .finished)
  return run
}

/// The first error that a body throws, as a store's.
package func storeError(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// Changes a store from outside, as its owner never would.
package func tamper(_ path: String, _ sql: String) throws {
  try python(
    """
    import sqlite3, sys
    connection = sqlite3.connect(sys.argv[1], timeout=10)
    connection.executescript("PRAGMA ignore_check_constraints = ON")
    connection.executescript(sys.argv[2])
    connection.close()
    """, path, sql)
}

package func contents(_ path: String) -> [UInt8] {
  FileManager.default.contents(atPath: path).map { Array($0) } ?? []
}

/// How a database journals, as any other program sees it.
package func journalMode(_ path: String) throws -> String {
  try python(
    "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA journal_mode').fetchone()[0], end='')",
    path)
}

/// Writes the log back into the file, so that its size is that of the store.
package func checkpointed(_ store: RunStore) throws {
  try tamper(store.path, "PRAGMA wal_checkpoint(TRUNCATE)")
}
