// Errors of samples, each as one line: what, where and how to repair it.
internal import Numerics
internal import Suggestions
internal import Text

/// An error of reading, writing, weighting or transforming a sample.
///
/// Rows count from 1 at the first row of data; lines count from 1 at the top of the file.
package enum SampleError: Error, Equatable {
  // Files
  case missingFile(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case unknownFormat(path: String)
  case malformed(path: String, reason: String)
  case emptyFile(path: String)
  // Text
  case headerless(path: String, firstLine: String)
  case raggedRow(path: String, row: Int, line: Int, found: Int, expected: Int)
  case notANumber(path: String, row: Int, line: Int, column: String, text: String)
  // Tables
  case unknownColumn(name: String, origin: String, available: [String])
  case duplicateColumn(name: String, origin: String)
  case invalidColumnName(origin: String, name: String)
  case unequalColumns(origin: String, first: String, firstCount: Int, second: String, secondCount: Int)
  case notFinite(origin: String, column: String, row: Int, value: Double)
  case notNumeric(path: String, column: String, type: String)
  // Arrays of cells
  case otherCells(origin: String, name: String, found: [Int], expected: [Int])
  // Weights, splits and transforms
  case severalWeights(origin: String, first: String, second: String)
  case nonPositiveWeightSum(origin: String, sum: Double)
  case tooFewEffective(origin: String, effectiveSize: Double, rows: Int)
  case invalidFractions(train: Double, validation: Double, test: Double)
  case unfittable(column: String, reason: String)
  case invalidTransform(reason: String)
}

extension SampleError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingFile(let path):
      "\(path): there is no such file; check the path"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason); no partial file remains"
    case .unknownFormat(let path):
      "\(path): the file name must end in .csv, .tsv, .npy, .npz, .h5 or .hdf5; convert or rename the file"
    case .malformed(let path, let reason):
      "\(path): \(reason)"
    case .emptyFile(let path):
      "\(path): the file is empty; a table needs a header and rows"
    case .headerless(let path, let firstLine):
      "\(path): line 1 holds numbers (\(quoted(firstLine))) where the columns' names belong; add a header line"
    case .raggedRow(let path, let row, let line, let found, let expected):
      "\(path): row \(row) (line \(line)) has \(counted(found, "field")) and the header has \(expected); "
        + "correct or remove the line"
    case .notANumber(let path, let row, let line, let column, let text):
      "\(path): row \(row) (line \(line)), column \(column): \(quoted(text)) is not a number; "
        + "correct the value or omit the column"
    case .unknownColumn(let name, let origin, let available):
      "\(origin): no column \(quoted(name))\(suggestion(for: name, among: available)); \(listed(available))"
    case .duplicateColumn(let name, let origin):
      "\(origin): two columns are named \(quoted(name)); rename one"
    case .invalidColumnName(let origin, let name):
      name.isEmpty
        ? "\(origin): a column has no name; give it one"
        : "\(origin): the column name \(quoted(name)) has a control character; rename it"
    case .unequalColumns(let origin, let first, let firstCount, let second, let secondCount):
      "\(origin): column \(first) has \(counted(firstCount, "row")) and column \(second) has \(secondCount); "
        + "columns of a table must be equally long"
    case .notFinite(let origin, let column, let row, let value):
      "\(origin): row \(row), column \(column) is \(value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"); "
        + "remove such rows or leave the column out"
    case .notNumeric(let path, let column, let type):
      "\(path): column \(column) has the type \(quoted(type)), which is no real number that can be read; "
        + "convert it to float64 or leave it out"
    case .otherCells(let origin, let name, let found, let expected):
      "\(origin): the array \(name) has \(cellWords(found)) an event, not \(cellWords(expected)); "
        + "correct the shape or choose another file"
    case .severalWeights(let origin, let first, let second):
      "\(origin): columns \(first) and \(second) are both weights; multiply them into one"
    case .nonPositiveWeightSum(let origin, let sum):
      "\(origin): \(sum < 0 ? "negative" : sum == 0 ? "zero" : "undefined") sum of weights (\(shortNumber(sum))); "
        + "nothing is measurable with it, check the weight column"
    case .tooFewEffective(let origin, let effectiveSize, let rows):
      "\(origin): \(counted(rows, "row")) with an effective size of only \(shortNumber(effectiveSize)), below 5; "
        + "use more rows or better weights"
    case .invalidFractions(let train, let validation, let test):
      "the split's fractions \(roundTripNumber(train)), \(roundTripNumber(validation)), \(roundTripNumber(test)) "
        + "must each be at least 0 and add up to 1"
    case .unfittable(let column, let reason):
      "column \(column): no transform can be fitted: \(reason)"
    case .invalidTransform(let reason):
      "the stored transform is damaged: \(reason)"
    }
  }
}

/// At most 40 characters of a text in quotes, control characters shown as escapes.
private func quoted(_ text: String) -> String {
  let shown = text.count > 40 ? text.prefix(39) + "…" : text[...]
  return "\"" + printable(String(shown)) + "\""
}

private func suggestion(for name: String, among available: [String]) -> String {
  nearestName(to: name, among: available).map { ", did you mean \(quoted($0))?" } ?? ""
}

/// The first 40 names, for the end of a message.
private func listed(_ names: [String]) -> String {
  guard !names.isEmpty else { return "there are no columns" }
  let rest = names.count - 40
  return "there are " + names.prefix(40).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
