// Runs that share some values, and what they have on average.
internal import Numerics
package import RunStore

/// Groups of runs with equal values of some columns, such as the seeds of one setting, and the mean and the sample
/// standard deviation over each group of other columns.
package struct RunGroups {
  private let keys: [String]
  private let columns: [String]
  private let groups: [(keys: [OutputValue], runs: Int, spreads: [Spread])]
  private let format: OutputFormat

  /// - Parameters:
  ///   - selection: which runs.
  ///   - keys: columns whose values a group's runs share.
  ///   - columns: columns of numbers; nil for the metrics that are usually of interest.
  ///   - order: columns of either kind, or `runs`, a group's number of runs; the keys unless given.
  package init(
    _ store: RunStore, _ selection: RunQuery, keys: [String], columns: [String]?, order: RunOrder, limit: Int?,
    format: OutputFormat
  ) throws {
    self.keys = keys
    self.format = format
    var query = selection
    query.columns = keys + (columns ?? []).filter { !keys.contains($0) }
    query.metricColumns = columns == nil ? RunList.usualMetrics : []
    let records = try store.runs(query)
    let names =
      columns
      ?? RunList.usualMetrics.filter { name in records.contains { $0.metrics[name] != nil } }.map { "metrics.\($0)" }
    var found: [(keys: [OutputValue], runs: Int, values: [[Double]])] = []
    var places: [[String]: Int] = [:]
    for record in records {
      let fields = Dictionary(record.fields.map { ($0.key, $0.value) }) { first, _ in first }
      let shared = keys.map { fields[$0] ?? record.value(of: $0) }
      let identity = shared.map { "\($0.isNull) \($0.exactText)" }
      let place = places[identity] ?? found.count
      if place == found.count {
        places[identity] = place
        found.append((shared, 0, names.map { _ in [] }))
      }
      found[place].runs += 1
      for (index, name) in names.enumerated() {
        let value = fields[name] ?? record.value(of: name)
        if value.isNull { continue }
        guard let number = value.double else {
          throw CommandFailure(
            "'\(name)' of run \(record.number) is no number; groups show means, choose columns of numbers")
        }
        found[place].values[index].append(number)
      }
    }
    self.columns = names
    let all = found.map { (keys: $0.keys, runs: $0.runs, spreads: $0.values.map(Spread.init(of:))) }
    let sorted = try Self.sorted(all, keys, names, order)
    groups = limit.map { Array(sorted.prefix($0)) } ?? sorted
  }

  private static func sorted(
    _ groups: [(keys: [OutputValue], runs: Int, spreads: [Spread])], _ keys: [String], _ columns: [String],
    _ order: RunOrder
  ) throws -> [(keys: [OutputValue], runs: Int, spreads: [Spread])] {
    typealias Group = (keys: [OutputValue], runs: Int, spreads: [Spread])
    let asked = order.keys + keys.map { RunQuery.Order.ascending($0) }
    let getters = try asked.map { key -> (value: (Group) -> OutputValue, ascending: Bool) in
      let (name, ascending) = (key.column, key.ascending)
      if let place = keys.firstIndex(of: name) { return ({ $0.keys[place] }, ascending) }
      if let place = columns.firstIndex(of: name) {
        return ({ $0.spreads[place].count > 0 ? .number($0.spreads[place].mean) : .null }, ascending)
      }
      guard name == "runs" else {
        throw CommandFailure("groups can be ordered by their keys, their columns or runs, not by '\(name)'")
      }
      return ({ .integer(Int64($0.runs)) }, ascending)
    }
    return groups.sorted { left, right in
      for getter in getters {
        if let isBefore = comesBefore(getter.value(left), getter.value(right), getter.ascending) { return isBefore }
      }
      return false
    }
  }

  /// A table has a mean with its deviation in one cell, JSON an object, CSV a column for each number.
  package var listing: Listing {
    let isSplit = format == .csv
    let parts = ["mean", "deviation", "error", "count"]
    let names = columns.flatMap { name in isSplit ? parts.map { "\(name).\($0)" } : [name] }
    return Listing(
      columns: keys + ["runs"] + names,
      rows: groups.map { group in
        let cells = group.spreads.flatMap { spread -> [OutputValue] in
          let values = [
            spread.count > 0 ? .number(spread.mean) : .null, OutputValue(spread.deviation), OutputValue(spread.error),
            OutputValue(spread.count),
          ]
          switch format {
          case .csv: return values
          case .json: return [.object(zip(parts, values).map { ($0, $1) })]
          case .table, .markdown:
            return [spread.count > 0 ? .text(measured(spread.mean, spread.deviation)) : .null]
          }
        }
        return group.keys + [OutputValue(group.runs)] + cells
      })
  }
}

/// Whether a value comes before another, numbers before texts and nothing last; nil where they are equal.
private func comesBefore(_ left: OutputValue, _ right: OutputValue, _ ascending: Bool) -> Bool? {
  let isLast = (left.isNull || left.double?.isNaN == true, right.isNull || right.double?.isNaN == true)
  if isLast.0 || isLast.1 { return isLast.0 == isLast.1 ? nil : isLast.1 }
  switch (left.double, right.double) {
  case (let left?, let right?): return left == right ? nil : (left < right) == ascending
  case (_?, nil): return ascending
  case (nil, _?): return !ascending
  case (nil, nil): return left.exactText == right.exactText ? nil : (left.exactText < right.exactText) == ascending
  }
}

extension OutputValue {
  /// The number that it is.
  fileprivate var double: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .unsigned(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }
}
