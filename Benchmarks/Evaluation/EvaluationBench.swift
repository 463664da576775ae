// `fastsim-evaluation-bench`: measures one part of the evaluation and prints one line of JSON.
internal import Foundation

@main
struct EvaluationBench {
  static let usage = """
    usage: fastsim-evaluation-bench trees FILE [--rows 200000] [--columns 9] [--trees 100] [--threads 2]
           fastsim-evaluation-bench columns|energy|neighbours|auc-map|suite FILE --rows N --columns N [--threads 2]
    """

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2, arguments.count % 2 == 0 else { return refuse() }
    var numbers = ["--rows": 200_000, "--columns": 9, "--trees": 100, "--threads": 2]
    for place in stride(from: 2, to: arguments.count, by: 2) {
      guard numbers[arguments[place]] != nil, let value = Int(arguments[place + 1]), (1...100_000_000).contains(value)
      else { return refuse() }
      numbers[arguments[place]] = value
    }
    let (rows, columns, threads) = (numbers["--rows"]!, numbers["--columns"]!, numbers["--threads"]!)
    if arguments[0] == "trees" {
      let table = try read(arguments[1], rows: rows, columns: columns + 1)
      return try fitTrees(Array(table.dropLast()), labels: table[columns], trees: numbers["--trees"]!, threads: threads)
    }
    guard let task = MeasureTask(rawValue: arguments[0]) else { return refuse() }
    let table = try read(arguments[1], rows: rows, columns: 2 * (columns + 1))
    try time(task, table, columns: columns, threads: threads)
  }

  /// Columns of float64 numbers, one after another.
  private static func read(_ file: String, rows: Int, columns: Int) throws -> [[Double]] {
    let numbers = try Data(contentsOf: URL(filePath: file)).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    guard numbers.count == rows * columns else {
      refuse()
      return []
    }
    return (0..<columns).map { Array(numbers[$0 * rows..<($0 + 1) * rows]) }
  }

  private static func refuse() {
    FileHandle.standardError.write(Data((usage + "\n").utf8))
    exit(64)
  }
}

func seconds(_ duration: Duration) -> String { String(format: "%.4f", duration / .seconds(1)) }
