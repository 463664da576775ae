// Groups of runs, such as one setting at several seeds, with means and the errors of their differences.
internal import Digests
package import Numerics
internal import RunStore
internal import Suggestions

extension Comparison {
  /// Runs that belong together, by their places in the comparison.
  package struct Group: Sendable, Equatable {
    package let name: String
    package let members: [Int]

    package init(name: String, members: [Int]) {
      (self.name, self.members) = (name, members)
    }
  }

  /// A number of each group: its mean over the runs, and how far that is from the first group's.
  package struct GroupedNumber: Sendable {
    /// Over the runs whose value is there, finite and not masked.
    package let spreads: [Spread]

    /// A group's mean minus the first group's; nil where one of them has no value.
    package func difference(of group: Int) -> Double? {
      let difference = spreads[group].mean - spreads[0].mean
      return group > 0 && difference.isFinite ? difference : nil
    }

    /// The standard error of that difference, the root of the summed squares of both means' errors; nil where one of
    /// the groups has fewer than two values.
    package func error(of group: Int) -> Double? {
      guard difference(of: group) != nil, let first = spreads[0].error, let other = spreads[group].error else {
        return nil
      }
      return (first * first + other * other).squareRoot()
    }

    /// The difference in units of its error.
    package func significance(of group: Int) -> Double? {
      guard let difference = difference(of: group), let error = error(of: group), error > 0 else { return nil }
      return difference / error
    }
  }

  /// Groups of runs that differ in nothing but their seed and name: same other settings, same data. In the order of
  /// their first runs.
  package var groupsOfSeeds: [Group] {
    groups(
      runs.indices.map { run in
        let settings = parameters[run].filter { !["seed", "name"].contains($0.key) }.sorted { $0.key < $1.key }
        return settings.map { "\($0.key)=\($0.value)" } + datasets.map { $0.digests[run]?.hex ?? "-" }
      }, name: { _, members in self.numbers(members) })
  }

  /// Groups of runs that have the same value of something.
  /// - Parameter key: `params.PATH` or the bare path, `tags.KEY`, `datasets.ROLE`, or a fact such as `host` or `sweep`.
  /// - Throws: `noSuchColumn` with the nearest name.
  package func groups(by key: String) throws -> [Group] {
    let values = try runs.indices.map { try value(of: key, $0) }
    guard values.contains(where: { $0 != nil }) || attributes(0)[key] != nil else {
      throw StoreError.noSuchColumn(name: key, nearest: nearestName(to: key, among: knownKeys))
    }
    let shown = key.hasPrefix("params.") ? String(key.dropFirst("params.".count)) : key
    return groups(values) { value, _ in "\(shown)=\(value ?? "none")" }
  }

  /// The last values of a series in each group.
  package func grouped(_ loss: Loss, _ groups: [Group]) -> GroupedNumber {
    GroupedNumber(spreads: groups.map { Spread(of: $0.members.compactMap { loss.values[$0] }.filter(\.isFinite)) })
  }

  /// The values of a metric in each group, of the runs that were judged on the same real events as the first run.
  package func grouped(_ metric: Metric, _ groups: [Group]) -> GroupedNumber {
    GroupedNumber(
      spreads: groups.map { group in
        Spread(
          of: group.members.filter(metric.isComparable).compactMap { metric.values[$0] }.filter {
            !$0.masked && $0.value.isFinite
          }.map(\.value))
      })
  }

  /// `runs 1, 2, 3`, or how many where there are many.
  package func numbers(_ members: [Int]) -> String {
    let numbers = members.map { runs[$0].number.description }
    return members.count == 1
      ? "run \(numbers[0])"
      : members.count <= 6
        ? "runs \(numbers.joined(separator: ", "))"
        : "\(members.count) runs \(numbers[0]) … \(numbers[members.count - 1])"
  }

  private func groups<Key: Hashable>(_ keys: [Key], name: (Key, [Int]) -> String) -> [Group] {
    var order: [Key] = []
    var members: [Key: [Int]] = [:]
    for (run, key) in keys.enumerated() {
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(run)
    }
    return order.map { Group(name: name($0, members[$0] ?? []), members: members[$0] ?? []) }
  }

  private func value(of key: String, _ run: Int) throws -> String? {
    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
    switch parts.first {
    case "params" where parts.count == 2: return parameters[run][parts[1]].map(text)
    case "tags" where parts.count == 2: return tags[run][parts[1]]
    case "datasets" where parts.count == 2: return datasets.first { $0.role == parts[1] }?.digests[run]?.hex
    default: return attributes(run)[key] ?? parameters[run][key].map(text)
    }
  }

  private func text(_ value: ParameterValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let integer): String(integer)
    case .real(let real): "\(real)"
    case .text(let text): text
    }
  }

  private func attributes(_ run: Int) -> [String: String] {
    let record = runs[run]
    var attributes = [
      "number": record.number.description, "name": record.name, "status": record.status.rawValue,
      "seed": String(record.seed), "experiment": record.experiment ?? "none", "sweep": record.sweep ?? "none",
      "parent": record.parent?.description ?? "none", "config_digest": record.configDigest.hex,
      "program_digest": record.programDigest.hex, "revision": sources[run]?.revision ?? "none",
      "dirty": sources[run]?.dirty.map { $0 ? "true" : "false" } ?? "none",
    ]
    for fact in environment { attributes[fact.name] = fact.values[run] ?? "none" }
    return attributes
  }

  private var knownKeys: [String] {
    attributes(0).keys.sorted() + Set(parameters.flatMap(\.keys)).sorted().flatMap { [$0, "params.\($0)"] }
      + Set(tags.flatMap(\.keys)).sorted().map { "tags.\($0)" } + datasets.map { "datasets.\($0.role)" }
  }
}
