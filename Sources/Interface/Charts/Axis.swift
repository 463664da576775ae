// A labelled range of numbers with ticks at round places.

/// One axis of a chart.
///
///     let axis = Axis(label: "m(K⁻π⁺)", unit: "MeV", covering: masses)
package struct Axis: Sendable, Equatable {
  package let label: String
  /// Unit in brackets after the label; may be empty.
  package let unit: String
  package let lower: Double
  package let upper: Double
  /// Round numbers within the range, ascending.
  package let ticks: [Double]
  /// Tick labels are divided by ten to this power, which the title then shows.
  package let power: Int
  private let places: Int

  /// An axis of exactly this range; one that is empty or not finite is widened to something drawable.
  package init(label: String, unit: String = "", lower: Double, upper: Double, tickCount: Int = 6) {
    var (low, high) = (min(lower, upper), max(lower, upper))
    if !(low.isFinite && high.isFinite && (high - low).isFinite) { (low, high) = (0, 1) }
    if !(high - low > 1e-12 * max(low.magnitude, high.magnitude)) {
      let margin = low == 0 ? 0.5 : 0.05 * low.magnitude
      (low, high) = (low - margin, high + margin)
    }
    self.label = label
    self.unit = unit
    self.lower = low
    self.upper = high
    let step = Self.roundStep((high - low) / Double(max(tickCount, 2)))
    let first = (low / step - 1e-9).rounded(.up)
    var ticks: [Double] = []
    while ticks.count < 50, (first + Double(ticks.count)) * step <= high + 1e-9 * step {
      ticks.append((first + Double(ticks.count)) * step)
    }
    self.ticks = ticks
    let largest = max(low.magnitude, high.magnitude)
    let decade = Self.decade(largest)
    // Powers of a thousand, where plain labels would be long.
    power = decade >= 5 || decade < -3 ? (decade - 2 * (decade < 0 ? 1 : 0)) / 3 * 3 : 0
    places = min(max(power - Self.decade(step * 1.0001), 0), 9)
  }

  /// An axis around some numbers that ends at ticks or midway between; those that are not finite are passed over.
  package init(
    label: String, unit: String = "", covering values: [Double], includingZero: Bool = false, tickCount: Int = 6
  ) {
    let finite = values.filter(\.isFinite) + (includingZero ? [0] : [])
    let low = finite.min() ?? 0
    let high = finite.max() ?? 1
    guard (high - low).isFinite, high - low > 1e-12 * max(low.magnitude, high.magnitude) else {
      self.init(label: label, unit: unit, lower: low, upper: low, tickCount: tickCount)
      return
    }
    let step = Self.roundStep((high - low) / Double(max(tickCount, 2)))
    self.init(
      label: label, unit: unit, lower: (2 * low / step + 1e-9).rounded(.down) * 0.5 * step,
      upper: (2 * high / step - 1e-9).rounded(.up) * 0.5 * step, tickCount: tickCount)
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper one.
  package func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// The label of a tick.
  package func text(_ tick: Double) -> String {
    let text = fixed(tick / Self.ten(power), places)
    return text.replacing("-", with: "−")
  }

  /// Label, unit and power of ten.
  package var title: String {
    let factor = power == 0 ? "" : "10" + Self.superscript(power)
    let bracket = [factor, unit].filter { !$0.isEmpty }.joined(separator: " ")
    return bracket.isEmpty ? label : label.isEmpty ? "[\(bracket)]" : "\(label) [\(bracket)]"
  }

  /// The smallest of 1, 2, 5 times a power of ten that is not below a step.
  private static func roundStep(_ step: Double) -> Double {
    guard step.isFinite, step > 0 else { return 1 }
    let unit = ten(decade(step))
    for factor in [1.0, 2, 5] where factor * unit >= step * (1 - 1e-9) { return factor * unit }
    return 10 * unit
  }

  /// The largest k with 10^k not above a number; 0 for zero.
  private static func decade(_ value: Double) -> Int {
    guard value > 0, value.isFinite else { return 0 }
    var exponent = 0
    while exponent < 308, ten(exponent + 1) <= value { exponent += 1 }
    while exponent > -307, ten(exponent) > value { exponent -= 1 }
    return exponent
  }

  private static func ten(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }

  private static func superscript(_ number: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (number < 0 ? "⁻" : "")
      + String(String(number.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}
