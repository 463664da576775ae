// Which runs to list, in which order and with which columns.
public import Digests

/// A condition on runs, as bound SQL: a Boolean expression over the alias `r`, which has the columns of the view
/// `all_runs` (with the status as it is now), and may look into the other views through `r.run`.
///
///     let filter = try store.filter("metrics.energy_distance < 0.01 and params.training.batch >= 1024")
///     let runs = try store.runs(RunQuery(filter: filter, orderBy: [.ascending("metrics.energy_distance")]))
public struct RunFilter: Sendable {
  public let sql: String
  public let arguments: [StoreValue]
  /// Sentences about names that no run has, for which the filter is neither true nor false.
  public var warnings: [String] = []

  public init(sql: String, arguments: [StoreValue]) {
    self.sql = sql
    self.arguments = arguments
  }
}

/// A list of runs. A column is any name of the filter language: an attribute such as `number` or `host`,
/// `metrics.NAME`,
/// `params.PATH`, `tags.KEY`, `datasets.FIELD`, or a function of a series such as `max(critic_loss)`.
///
/// `metrics.NAME` is the value at the run's last evaluated epoch over the complete data (validation before test
/// before train, or the one named in `ROLE/NAME`); without such a metric, the last value of the series of that name.
public struct RunQuery: Sendable {
  public var filter: RunFilter?
  /// Runs without the value, or with NaN, come last in either direction; ties are in the order of creation.
  public var orderBy: [Order]
  public var limit: Int?
  /// Runs that come after a place in the order, which a list of the same order ended at.
  public var after: RunPlace?
  /// Columns whose values the records shall carry.
  public var columns: [String]
  /// Names of metrics or series whose values the records shall carry.
  public var metricColumns: [String]
  /// Paths of the configuration whose values the records shall carry.
  public var paramColumns: [String]
  public var trash: Trash

  /// A key of the order: a column, or one of `metrics.NAME`, `params.PATH` and their like.
  public struct Order: Hashable, Sendable {
    public let column: String
    public let ascending: Bool

    package init(_ column: String, ascending: Bool) {
      (self.column, self.ascending) = (column, ascending)
    }

    public static func ascending(_ column: String) -> Order { Order(column, ascending: true) }
    public static func descending(_ column: String) -> Order { Order(column, ascending: false) }
  }

  /// Which runs a list has.
  public enum Trash: Sendable {
    /// Those that are not in the trash.
    case without
    case only
    case with
  }

  public init(
    filter: RunFilter? = nil, orderBy: [Order] = [], limit: Int? = nil,
    after: RunPlace? = nil, columns: [String] = [], metricColumns: [String] = [], paramColumns: [String] = [],
    trash: Trash = .without
  ) {
    self.filter = filter
    self.orderBy = orderBy
    self.limit = limit
    self.after = after
    self.columns = columns
    self.metricColumns = metricColumns
    self.paramColumns = paramColumns
    self.trash = trash
  }
}

/// A part of a list.
public struct RunPage: Sendable {
  public let runs: [RunRecord]
  /// Where the list continues; nil at its end.
  public let next: RunPlace?
}

/// A run as a list shows it.
public struct RunRecord: Sendable {
  public let number: RunNumber
  public let uuid: String
  public let name: String
  /// The status as it is now: a run whose process has ended is `crashed`.
  public let status: RunStatus
  public let experiment: String?
  public let seed: UInt64
  /// ISO 8601 in UTC with milliseconds, as all times.
  public let created: String
  /// The first attempt's beginning.
  public let started: String?
  /// The last attempt's end; nil while running.
  public let ended: String?
  /// Whole epochs stored.
  public let epoch: Int
  /// The step of the last stored state.
  public let step: Int
  /// Wall time of all stored epochs.
  public let seconds: Double
  public let parameterCount: Int?
  public let configDigest: Digest
  public let programDigest: Digest
  /// Of the last stored state.
  public let parameterDigest: Digest?
  public let chainDigest: Digest?
  public let parent: RunNumber?
  public let parentEpoch: Int?
  /// The sweep whose member the run is, and its place there, counted from 0.
  public let sweep: String?
  public let member: Int?
  /// For a run that was not made in this store, JSON with the file and the kind of store it came from.
  public let origin: String?
  /// When it was put in the trash.
  public let trashed: String?
  /// The requested columns that the run has, under the requested names.
  public let columns: [String: ParameterValue]
  /// The requested metrics that the run has.
  public let metrics: [String: Double]
  /// The requested leaves of the configuration that the run has.
  public let params: [String: ParameterValue]
}
