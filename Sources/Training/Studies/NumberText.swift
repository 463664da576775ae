// Numbers in the words and tables of a study.
internal import Charts
internal import Numerics
internal import RunStore

/// A number rounded to some decimals, with a proper minus sign.
func rounded(_ value: Double, _ places: Int) -> String {
  decimal(value, places: places).replacing("-", with: "−")
}

/// A number with about three significant digits, for what spans decades.
func significant(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return rounded(value, 0) }
  var places = 2
  var size = value.magnitude
  while size < 1, places < 12 {
    size *= 10
    places += 1
  }
  return rounded(value, size >= 100 ? 0 : size >= 10 ? max(places - 1, 0) : places)
}

extension HTMLPage.Cell {
  /// A number in a table.
  static func number(_ value: Double?, _ places: Int = 3, mood: HTMLPage.Mood = .plain) -> HTMLPage.Cell {
    HTMLPage.Cell(value.map { rounded($0, places) } ?? "–", mood: mood, isNumber: true)
  }

  /// A measure with its uncertainty.
  static func measure(_ record: MetricRecord?, _ places: Int = 3, mood: HTMLPage.Mood = .plain) -> HTMLPage.Cell {
    guard let record else { return HTMLPage.Cell("–", mood: mood, isNumber: true) }
    let error = record.uncertainty.map { " ± " + rounded($0, places) } ?? ""
    return HTMLPage.Cell(rounded(record.value, places) + error, mood: mood, isNumber: true)
  }
}
