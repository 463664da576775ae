// `fastsim-evaluation-bench`: measures one part of the evaluation and prints one line of JSON.
internal import Evaluation
internal import Foundation

@main
struct EvaluationBench {
  static let usage =
    "usage: fastsim-evaluation-bench trees FILE [--rows 200000] [--columns 9] [--trees 100] [--threads 2]"

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2, arguments.count % 2 == 0, arguments[0] == "trees" else { return refuse() }
    var numbers = ["--rows": 200_000, "--columns": 9, "--trees": 100, "--threads": 2]
    for place in stride(from: 2, to: arguments.count, by: 2) {
      guard numbers[arguments[place]] != nil, let value = Int(arguments[place + 1]), (1...100_000_000).contains(value)
      else { return refuse() }
      numbers[arguments[place]] = value
    }
    try fitTrees(
      file: arguments[1], rows: numbers["--rows"]!, columns: numbers["--columns"]!, trees: numbers["--trees"]!,
      threads: numbers["--threads"]!)
  }

  /// Fits trees to a file of float64 numbers: the columns one after another, then the labels.
  private static func fitTrees(file: String, rows: Int, columns: Int, trees: Int, threads: Int) throws {
    let numbers = try Data(contentsOf: URL(filePath: file)).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    guard numbers.count == rows * (columns + 1) else { return refuse() }
    let table = (0..<columns).map { Array(numbers[$0 * rows..<($0 + 1) * rows]) }
    let labels = Array(numbers[columns * rows..<(columns + 1) * rows])
    let clock = ContinuousClock()
    let start = clock.now
    let features = try BinnedColumns(table, threads: threads)
    let binned = clock.now
    let model = try BoostedTrees.fit(
      features, targets: labels, objective: .logistic, options: TreeOptions(trees: trees), threads: threads)
    let fitted = clock.now
    let margins = model.margins(features, threads: threads)
    let predicted = clock.now
    let loss = zip(margins, labels).reduce(0) { $0 + log(1 + exp($1.0)) - $1.1 * $1.0 } / Double(rows)
    func seconds(_ duration: Duration) -> String { String(format: "%.4f", duration / .seconds(1)) }
    print(
      """
      {"tool": "fastsim", "bins": \(seconds(binned - start)), "fit": \(seconds(fitted - binned)), \
      "predict": \(seconds(predicted - fitted)), "loss": \(String(format: "%.5f", loss))}
      """)
  }

  private static func refuse() {
    FileHandle.standardError.write(Data((usage + "\n").utf8))
    exit(64)
  }
}
