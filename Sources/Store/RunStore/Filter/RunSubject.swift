// What can be asked of a run, in a filter, as a column or as the key of an order.
internal import Suggestions

/// A thing that a run may have.
enum RunSubject: Sendable {
  case attribute(RunAttribute)
  /// A leaf of the configuration.
  case parameter(String)
  /// The present value of `NAME` or `ROLE/NAME`.
  case metric(String)
  case tag(String)
  /// A field of the run's data sets, of the one with a role where that is named.
  case dataset(role: String?, DatasetField)
  case summary(SeriesSummaryField, series: String)
  /// The value of a series at an epoch.
  case point(series: String, epoch: Int)

  /// What a name means.
  ///
  /// - Parameter hint: as `parseFilter`.
  init(_ name: FilterName, column: Int, hint: (String) -> String?) throws(FilterProblem) {
    guard let namespace = name.namespace else {
      self = .attribute(try Self.attribute(name.name, column, hint))
      return
    }
    switch namespace.lowercased() {
    case "params", "param", "parameters", "parameter": self = .parameter(name.name)
    case "metrics", "metric": self = .metric(name.name)
    case "tags", "tag": self = .tag(name.name)
    // MLflow's own tags may go without their namespace.
    case "mlflow": self = .tag("mlflow." + name.name)
    case "attributes", "attribute", "attr", "run":
      self = .attribute(try Self.attribute(name.name, column, { _ in nil }))
    case "datasets", "dataset":
      let parts = name.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let field = parts[parts.count - 1]
      guard let known = DatasetField(named: field) else {
        let nearest = nearestName(to: field, among: DatasetField.allCases.map(\.rawValue))
        throw FilterProblem(
          column: column,
          message: "data sets have no '\(field)'"
            + (nearest.map { "; did you mean 'datasets.\($0)'?" }
              ?? "; they have \(DatasetField.allCases.map(\.rawValue).listed)"))
      }
      self = .dataset(role: parts.count > 1 ? parts.dropLast().joined(separator: ".") : nil, known)
    default:
      let nearest = nearestName(to: namespace, among: ["params", "metrics", "tags", "datasets", "attributes"])
      throw FilterProblem(
        column: column,
        message: "there is no '\(namespace).'"
          + (nearest.map { "; did you mean '\($0).\(name.name)'?" }
            ?? "; names begin with params., metrics., tags., datasets. or attributes."))
    }
  }

  private static func attribute(_ name: String, _ column: Int, _ hint: (String) -> String?) throws(FilterProblem)
    -> RunAttribute
  {
    if let attribute = RunAttribute(named: name) { return attribute }
    let nearest = hint(name) ?? nearestName(to: name, among: RunAttribute.allNames)
    throw FilterProblem(
      column: column,
      message: "runs have no attribute '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" }
          ?? "; a metric is written metrics.\(name), a setting params.\(name)"))
  }

  /// Whether it is true or false by itself.
  var isFlag: Bool {
    if case .attribute(let attribute) = self, attribute.kind == .flag { true } else { false }
  }
}

/// A field of a run's data set.
enum DatasetField: String, CaseIterable, Sendable {
  case name
  case digest
  /// train, validation, test or another.
  case role
  case source
  case recipe
  case rows
  case weightSum = "weight_sum"
  case weightSumSquares = "weight_sum_squares"
  case effectiveSize = "effective_size"
  case splitDigest = "split_digest"

  init?(named name: String) {
    // MLflow's word.
    self.init(rawValue: name.lowercased() == "context" ? "role" : name.lowercased())
  }

  var isNumber: Bool {
    switch self {
    case .rows, .weightSum, .weightSumSquares, .effectiveSize: true
    default: false
    }
  }

  /// The column of the view `datasets`.
  var sql: BoundSQL {
    switch self {
    case .name: "name"
    case .digest: "digest"
    case .role: "role"
    case .source: "source"
    case .recipe: "recipe"
    case .rows: "rows"
    case .weightSum: "weight_sum"
    case .weightSumSquares: "weight_sum_squares"
    case .effectiveSize: "effective_size"
    case .splitDigest: "split_digest"
    }
  }
}

/// What is known of a complete series.
enum SeriesSummaryField: String, CaseIterable, Sendable {
  case last
  /// The smallest and the largest value that is a number; NaN where none is.
  case min
  case max
  /// Of all values: NaN where one of them is.
  case mean
  /// Of values, NaN or not.
  case count
  /// The first epoch whose value is NaN.
  case firstNaN = "first_nan"
}
