// `fastsim datasets`: the data that the runs of a store were trained and judged on.
import ArgumentParser
import Digests
import Output
import RunStore

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "List datasets with their digests and the runs that use them.",
    discussion: "Example: fastsim datasets --format json")

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let opened = try store.open()
    let roles = try rolesByDigest(opened)
    let datasets = try opened.allDatasets()
    let isJSON = format.format == .json
    let columns = [
      "digest", "name", "roles", "rows", "weight_sum", "effective_size", "runs",
    ]
    try Listing(
      columns: columns + (isJSON ? ["source", "weight_sum_squares", "columns"] : []),
      rows: datasets.map { dataset in
        let row: [OutputValue] = [
          .digest(dataset.digest), .text(dataset.name), OutputValue(roles[dataset.digest.hex] ?? []),
          OutputValue(dataset.rows), .number(dataset.weightSum), OutputValue(dataset.effectiveSize),
          .list(dataset.runs.map { OutputValue($0) }),
        ]
        return isJSON
          ? row + [.text(dataset.source), .number(dataset.weightSumSquares), columnList(dataset.columns)] : row
      }
    ).print(format.format)
  }
}

/// The parts that each dataset plays, in alphabetical order.
private func rolesByDigest(_ store: RunStore) throws -> [String: [String]] {
  var roles: [String: [String]] = [:]
  for row in try store.query("SELECT DISTINCT digest, role FROM datasets ORDER BY digest, role").rows {
    if case .text(let digest) = row[0], case .text(let role) = row[1] { roles[digest, default: []].append(role) }
  }
  return roles
}
