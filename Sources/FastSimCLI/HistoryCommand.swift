// `fastsim history`: the losses of a run, epoch by epoch or step by step.
import ArgumentParser
import RunStore

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Print the values of a run's series.",
    discussion: """
      Tables have a row for each epoch and a column for each series; json and csv have a record for each value.
      fastsim history latest generator_loss --steps --format csv
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Argument(help: "The series (default: all).", completion: .series)
  var series: [String] = []

  @Flag(help: "Print the value of every step instead of the epoch's mean.")
  var steps = false

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let opened = try store.open()
    let points = try opened.history(
      of: opened.resolve(reference), series: series.isEmpty ? nil : unique(series), steps: steps)
    switch format.format {
    case .json, .csv: try recordListing(points).print(format.format)
    case .table, .markdown: try pivoted(points, steps: steps).print(format.format)
    }
  }
}

private func unique(_ names: [String]) -> [String] {
  names.enumerated().filter { index, name in !names[..<index].contains(name) }.map(\.element)
}

/// A record for each value.
private func recordListing(_ points: [HistoryPoint]) -> Listing {
  Listing(columns: ["series", "step", "epoch", "value"], rowCount: points.count) { row in
    let point = points[row]
    return [.text(point.series), OutputValue(point.step), OutputValue(point.epoch), .number(point.value)]
  }
}

/// A row for each epoch or step, a column for each series.
private func pivoted(_ points: [HistoryPoint], steps: Bool) -> Listing {
  var names: [String] = []
  for point in points where names.last != point.series { names.append(point.series) }
  var rows: [Int: (epoch: Int, step: Int, values: [OutputValue])] = [:]
  let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  for point in points {
    guard let place = places[point.series] else { continue }
    let key = steps ? point.step : point.epoch
    let empty = [OutputValue](repeating: .null, count: names.count)
    rows[key, default: (point.epoch, point.step, empty)].values[place] = .number(point.value)
  }
  let keys = rows.keys.sorted()
  return Listing(columns: ["epoch", "step"] + names, rowCount: keys.count) { row in
    guard let entry = rows[keys[row]] else { return [] }
    return [OutputValue(entry.epoch), OutputValue(entry.step)] + entry.values
  }
}
