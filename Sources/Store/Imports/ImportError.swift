// Errors of imports, each in one line.

/// An error of an import; `description` says what happened and where, and names no option and no command.
package enum ImportError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(path: String)
  case unreadable(path: String)
  /// It is no file that is known here.
  case unknown(path: String, reason: String)
  /// An SQLite file without MLflow's tables; `fastsim` where it is a store of our own.
  case notMLflow(path: String, isFastsim: Bool)
  /// SQLite cannot read it.
  case damaged(path: String, reason: String)

  package var description: String {
    switch self {
    case .missing(let path): "there is nothing at \(path); give an mlflow.db or a folder of event files"
    case .unreadable(let path): "\(path) cannot be read; check its permissions"
    case .unknown(let path, let reason): "\(path) cannot be imported: \(reason)"
    case .notMLflow(let path, true): "\(path) is a store of fastsim, which is merged instead of imported"
    case .notMLflow(let path, false): "\(path) has none of MLflow's tables; give the tracking store, often mlflow.db"
    case .damaged(let path, let reason): "\(path) cannot be read (\(reason))"
    }
  }
}
