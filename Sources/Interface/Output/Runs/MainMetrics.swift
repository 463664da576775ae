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
    // The mean stands for the distances of many observables.
    let hasMean = present.contains { $0.name == "ks_mean" }
    let main = present.filter { $0.bin == nil && Self.isMain($0.name) && !(hasMean && $0.name.hasPrefix("ks.")) }
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
    (name.hasPrefix("ks.") && !name.hasSuffix(".p_value")) || ["ks_mean", "energy_distance", "c2st.auc"].contains(name)
      || (name.hasPrefix("auc.") && name.hasSuffix(".difference"))
  }

  /// A row for each measure, a column for each part of the data, and the floor of the last part that has one.
  package var listing: Listing {
    let haveFloors = rows.contains { $0.values.contains { $0?.floor != nil } }
    return Listing(
      columns: ["metric"] + roles + (haveFloors ? ["floor"] : []),
      rows: rows.map { name, values in
        let floor = values.compactMap { $0 }.last { $0.floor != nil }
        return [.text(name)] + values.map { metric in metric.map { .text(text(of: $0)) } ?? .null }
          + (haveFloors
            ? [floor.flatMap(\.floor).map { .text(measured($0, floor?.floorUncertainty)) } ?? .null] : [])
      })
  }
}

/// A metric's value with its uncertainty.
package func text(of metric: MetricRecord) -> String {
  metric.masked ? "masked" : measured(metric.value, metric.uncertainty)
}
