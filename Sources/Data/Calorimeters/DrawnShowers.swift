// Which showers are drawn, and which generated ones stand beside them.
internal import CKernels
internal import Numerics
internal import ToyDescriptions

/// Some rows of a sample with their partners in another one.
///
///     let drawn = DrawnShowers(6, of: 1000, real, besides: 1000, generated)
///     drawn.places.map(\.partner)
package struct DrawnShowers: Sendable {
  package struct Place: Sendable, Equatable {
    package let row: Int
    /// The other sample's row of the same or the nearest conditions.
    package let partner: Int?
    /// The energy and the direction, or up to three conditions.
    package let labels: [String]
  }

  package let places: [Place]

  /// Rows at even distances in the order of the energies, so that low and high ones are seen; without an energy at even
  /// distances in the sample.
  /// - Parameters:
  ///   - wanted: how many, at most.
  ///   - count: the rows of the sample.
  ///   - other: the rows of the sample beside it; 0 without one.
  ///   - conditions, otherConditions: their columns.
  package init(
    _ wanted: Int, of count: Int, _ conditions: [ShowerCondition], besides other: Int = 0,
    _ otherConditions: [ShowerCondition] = []
  ) {
    let energies = conditions.first { $0.name == CalorimeterName.energyName }?.values
    let order = (0..<count).sorted { one, other in
      energies.map { ($0[one], one) < ($0[other], other) } ?? (one < other)
    }
    let shown = min(wanted, count)
    let shared = conditions.compactMap { one in
      otherConditions.first { $0.name == one.name }.map { (real: one, generated: $0) }
    }
    let compared = other > 0 ? shared.map(ComparedCondition.init) : []
    places = (0..<shown).map { place in
      let row = order[(2 * place + 1) * count / (2 * shown)]
      let partner = Self.partner(of: row, among: other, compared)
      return Place(
        row: row, partner: partner,
        labels: Self.labels(row, conditions) + (partner.flatMap { Self.difference(row, $0, shared) } ?? []))
    }
  }

  package var rows: [Int] { places.map(\.row) }
  package var partners: [Int] { places.compactMap(\.partner) }

  /// A condition of both samples on the scale on which rows are near each other.
  private struct ComparedCondition {
    let values: [Double]
    let others: [Double]
    let scale: Double

    /// In units of its standard deviation. The energy, on which a shower depends most, is compared by its logarithm and
    /// counts five times as much.
    init(_ pair: (real: ShowerCondition, generated: ShowerCondition)) {
      let isEnergy = pair.real.name == CalorimeterName.energyName
      func seen(_ condition: ShowerCondition) -> [Double] {
        isEnergy && condition.values.allSatisfy { $0 > 0 } ? condition.values.map { fs_log($0) } : condition.values
      }
      (values, others) = (seen(pair.real), seen(pair.generated))
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      scale = (isEnergy ? 25 : 1) * (variance > 0 ? 1 / variance : 1)
    }
  }

  /// The nearest row; the same row where nothing is nearer.
  private static func partner(of row: Int, among count: Int, _ conditions: [ComparedCondition]) -> Int? {
    guard count > 0 else { return nil }
    guard !conditions.isEmpty else { return row < count ? row : nil }
    let distances = (0..<count).map { other in
      conditions.reduce(0) { sum, condition in
        let difference = condition.values[row] - condition.others[other]
        return sum + difference * difference * condition.scale
      }
    }
    return distances.indices.min { one, other in
      (distances[one], one == row ? 0 : 1, one) < (distances[other], other == row ? 0 : 1, other)
    }
  }

  private static func labels(_ row: Int, _ conditions: [ShowerCondition]) -> [String] {
    func value(_ name: String) -> Double? { conditions.first { $0.name == name }?.values[row] }
    guard let energy = value(CalorimeterName.energyName) else {
      return conditions.prefix(3).map { "\($0.name) \(threeDigits($0.values[row]))" }
    }
    let label = "\(threeDigits(energy / 1000)) GeV"
    if let x = value("px"), let y = value("py"), let z = value("pz"), z != 0 {
      return [label, "dx/dz \(threeDigits(x / z)), dy/dz \(threeDigits(y / z))"]
    }
    if let x = value("tx"), let y = value("ty"), x != 0 || y != 0 {
      return [label, "dx/dz \(threeDigits(x)), dy/dz \(threeDigits(y))"]
    }
    return [label]
  }

  /// What the partner has where its conditions are not the same.
  private static func difference(
    _ row: Int, _ partner: Int, _ shared: [(real: ShowerCondition, generated: ShowerCondition)]
  ) -> [String]? {
    guard shared.contains(where: { $0.real.values[row] != $0.generated.values[partner] }) else { return nil }
    let nearest = labels(partner, shared.map(\.generated))
    return nearest.first.map { ["generated: \($0)"] }
  }

  /// `-0.0123`, `45.7`, `103`: at most three decimals.
  private static func threeDigits(_ value: Double) -> String {
    let size = value.magnitude
    let text = decimal(value, places: size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
