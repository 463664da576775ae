// `fastsim-tracker-bench`: logs through the public API of `RunStore`, and prints one line of JSON.
internal import Foundation
internal import RunStore

@main
struct TrackerBench {
  static let usage = """
    usage: fastsim-tracker-bench log STORE [--runs 100] [--steps 1000] [--series 10] [--epoch 1000] [--parameters 20]
           fastsim-tracker-bench fill STORE [--runs 10000] [--steps 1000] [--series 10] [--epoch 1000] [--parameters 50]
           fastsim-tracker-bench work STORE [--seconds 60] [--epochs 20] [--floats 0]
           fastsim-tracker-bench migrate STORE
    """

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2, arguments.count.isMultiple(of: 2),
      ["log", "fill", "work", "migrate"].contains(arguments[0])
    else {
      return refuse()
    }
    var options = [
      "--runs": arguments[0] == "fill" ? 10_000 : 100, "--steps": 1000, "--series": 10, "--epoch": 1000,
      "--parameters": arguments[0] == "fill" ? 50 : 20, "--seconds": 60, "--epochs": 20, "--floats": 0,
    ]
    for place in stride(from: 2, to: arguments.count, by: 2) {
      guard options[arguments[place]] != nil, let value = Int(arguments[place + 1]), (0...1_000_000).contains(value)
      else { return refuse() }
      options[arguments[place]] = value
    }
    func option(_ name: String) -> Int { options["--" + name] ?? 0 }
    if arguments[0] == "migrate" { return try migrateToMadeUpSchema(arguments[1]) }
    let store = try RunStore(path: arguments[1], access: .write)
    switch arguments[0] {
    case "log":
      try logPoints(
        to: store, runs: option("runs"), parameters: option("parameters"),
        shape: HistoryShape(steps: option("steps"), series: option("series"), epoch: option("epoch")))
    case "fill":
      try fillLargeStore(
        store, runs: option("runs"), parameters: option("parameters"),
        shape: HistoryShape(steps: option("steps"), series: option("series"), epoch: option("epoch")))
    default:
      try work(on: store, seconds: option("seconds"), epochs: option("epochs"), floats: option("floats"))
    }
  }

  private static func refuse() {
    FileHandle.standardError.write(Data((usage + "\n").utf8))
    exit(64)
  }
}
