// The few measures that say how good a model is, of all that a run has.
package import RunStore

/// The distances and AUC differences over the complete sample at the last epoch that was judged.
package struct MainMetrics {
  package let epoch: Int?
  /// The parts of the data that were judged.
  package let roles: [String]
  /// The measures' names, and each one's value for each role.
  package let rows: [(name: String, values: [MetricRecord?])]
  /// How many other values the run has at that epoch.
  package let others: Int

  package var isEmpty: Bool { rows.isEmpty }

  package init(_ metrics: [MetricRecord]) {
    let last = metrics.map(\.epoch).max()
    let present = metrics.filter { $0.epoch == last }
    let main = present.filter { $0.bin == nil && Self.isMain($0.name) }
    let found = Set(main.map(\.role))
    let known = ["train", "validation", "test"]
    let order = known.filter(found.contains) + found.subtracting(known).sorted()
    var names: [String] = []
    for metric in main where !names.contains(metric.name) { names.append(metric.name) }
    epoch = last
    roles = order
    rows = names.map { name in (name, order.map { role in main.first { $0.name == name && $0.role == role } }) }
    others = present.count - main.count
  }

  /// Whether a measure of this name is one of the few.
  package static func isMain(_ name: String) -> Bool {
    name.hasPrefix("ks.") || name == "energy_distance" || (name.hasPrefix("auc.") && name.hasSuffix(".difference"))
  }

  /// A row for each measure, a column for each part of the data.
  package var listing: Listing {
    Listing(
      columns: ["metric"] + roles,
      rows: rows.map { name, values in
        [.text(name)] + values.map { metric in metric.map { .text(text(of: $0)) } ?? .null }
      })
  }
}

/// A metric's value with its uncertainty.
package func text(of metric: MetricRecord) -> String {
  metric.masked ? "masked" : measured(metric.value, metric.uncertainty)
}
