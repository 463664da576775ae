// How a subject is read from the store.

extension RunSubject {
  /// What stands for NaN among numbers: SQLite has none, keeps NULL, and sorts a text after all numbers.
  static let nan: BoundSQL = "'NaN'"

  /// An expression over the alias `r`: NULL where the run hasn't got it, and for NaN `nan` where that may be.
  ///
  /// Of several data sets with different values it is a text with all of them.
  /// - Parameter nan: another stand-in for NaN, a literal.
  func scalar(nan: BoundSQL = RunSubject.nan) -> BoundSQL {
    switch self {
    case .attribute(let attribute): return attribute.sql
    case .parameter(let path): return "(SELECT value FROM parameter WHERE run = r.run AND path = \(bound: path))"
    case .tag(let key): return "(SELECT value FROM tag WHERE run = r.run AND key = \(bound: key))"
    case .metric(let name): return PresentValue(name).scalar(nan: nan)
    case .dataset(let role, let field):
      let ofRole: BoundSQL = role.map { " AND role = \(bound: $0)" } ?? ""
      return """
        (SELECT CASE count(DISTINCT \(field.sql)) WHEN 1 THEN min(\(field.sql)) ELSE group_concat(DISTINCT \(field.sql)) \
        END FROM datasets WHERE run = r.run\(ofRole))
        """
    case .summary(let field, let series):
      return """
        (SELECT \(field.sql(nan: nan)) FROM series JOIN series_summary ON series_summary.series = series.id \
        WHERE series.run = r.run AND series.name = \(bound: series))
        """
    case .point(let series, let epoch):
      return """
        (SELECT coalesce(value, \(nan)) FROM series JOIN point ON point.series = series.id \
        WHERE series.run = r.run AND series.name = \(bound: series) AND point.epoch = \(bound: .integer(Int64(epoch))))
        """
    }
  }

  /// The expression by which runs are ordered: NULL for NaN, too.
  var orderKey: BoundSQL {
    switch self {
    case .metric, .summary, .point: "nullif(\(scalar()), \(Self.nan))"
    // Above the largest integer seeds are texts, which come after the numbers, the longer ones last.
    case .attribute(let attribute) where attribute.kind == .seed: seedKey
    default: scalar()
    }
  }

  /// The type of a parameter; the other subjects say it by themselves.
  var parameterType: BoundSQL? {
    guard case .parameter(let path) = self else { return nil }
    return "(SELECT type FROM parameter WHERE run = r.run AND path = \(bound: path))"
  }

  /// What the store gave for `scalar`.
  ///
  /// - Parameter type: what it gave for `parameterType`.
  func value(_ value: StoreValue, type: StoreValue?) -> ParameterValue? {
    if case .text(let type)? = type { return ParameterValue(type: type, value: value) }
    switch (value, self) {
    case (.null, _), (.blob, _): return nil
    case (.integer(let flag), .attribute(let attribute)) where attribute.kind == .flag: return .boolean(flag != 0)
    case (.text, .metric), (.text, .summary), (.text, .point): return .real(.nan)
    case (.integer(let integer), _): return .integer(integer)
    case (.real(let real), _): return .real(real)
    case (.text(let text), _): return .text(text)
    }
  }
}

/// A seed as twenty digits, whose order as texts is that of the numbers.
let seedKey: BoundSQL =
  "CASE typeof(r.seed) WHEN 'integer' THEN printf('%020d', r.seed) ELSE substr('0' || r.seed, -20) END"

extension SeriesSummaryField {
  /// Over `series_summary`.
  fileprivate func sql(nan: BoundSQL) -> BoundSQL {
    switch self {
    case .last: "coalesce(last, \(nan))"
    case .min: "coalesce(minimum, \(nan))"
    case .max: "coalesce(maximum, \(nan))"
    case .count: "count"
    case .firstNaN: "first_nan_epoch"
    // One point an epoch is read; steps never are.
    case .mean:
      """
      iif(first_nan_epoch IS NULL, \
      coalesce((SELECT avg(value) FROM point WHERE point.series = series_summary.series), \(nan)), \(nan))
      """
    }
  }
}

extension ParameterValue {
  /// A value of the kind that the column `type` of the table `parameter` names.
  fileprivate init(type: String, value: StoreValue) {
    switch (type, value) {
    case ("boolean", .integer(let flag)): self = .boolean(flag == 1)
    case ("integer", .integer(let integer)): self = .integer(integer)
    case ("real", .real(let real)): self = .real(real)
    case ("real", .null): self = .real(.nan)
    case ("text", .text(let text)): self = .text(text)
    default: self = .null
    }
  }
}
