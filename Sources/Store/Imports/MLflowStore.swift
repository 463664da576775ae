// MLflow's tracking store: an SQLite file, read and never written.
internal import Foundation
internal import GRDB
internal import Numerics
internal import RunStore

/// The runs of an `mlflow.db`. `docs/exchange.md` says what becomes of each column.
struct MLflowStore {
  private let path: String
  private let queue: DatabaseQueue

  /// - Throws: `ImportError` for what is not MLflow's.
  init(path: String) throws {
    self.path = path
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(15)
    queue = try Self.explained(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in
        for table in ["experiments", "runs", "params", "tags", "metrics"] where try !db.tableExists(table) {
          throw ImportError.notMLflow(path: path, isFastsim: try db.tableExists("blob_chunk"))
        }
      }
      return queue
    }
  }

  /// Gives one run after the other, parents before their children where they were started so.
  ///
  /// - Parameters:
  ///   - followsArtifacts: reads artifacts wherever the store says that they are.
  ///   - refuse: is called with the name of a run that has an invalid number, and with that number.
  func runs(
    followsArtifacts: Bool, _ take: (ImportedRun) throws -> Void, refuse: (String, String) -> Void
  ) throws {
    try Self.explained(path) {
      try queue.read { db in
        let rows = try db.rows(
          """
          SELECT runs.*, experiments.name AS experiment FROM runs
          LEFT JOIN experiments ON experiments.experiment_id = runs.experiment_id
          ORDER BY start_time, run_uuid
          """, [])
        for row in rows {
          do {
            try take(MLflowRun(row, in: db, store: path, followsArtifacts: followsArtifacts).imported)
          } catch let error as OutOfBounds {
            let name = try row["name"] as String? ?? row["run_uuid"] as String?
            refuse(name ?? "a run without a name", "\(error)")
          }
        }
      }
    }
  }

  private static func explained<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as UnreadableColumn {
      throw ImportError.damaged(path: path, reason: error.description)
    } catch let error as DatabaseError {
      throw ImportError.damaged(path: path, reason: error.message ?? "SQLite's code \(error.resultCode.rawValue)")
    }
  }
}
