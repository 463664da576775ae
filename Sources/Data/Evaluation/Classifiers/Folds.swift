// Which part of a sample judges a classifier that the other parts trained.
internal import CKernels

/// A shuffled division of rows into parts of sizes that differ by one at most; a function of (seed, stream, row).
///
/// - Returns: the part of each row, 0 ..< folds, shape [rows].
func foldOfEachRow(_ rows: Int, folds: Int, seed: UInt64, stream: UInt32) -> [Int] {
  var order = [Int64](repeating: 0, count: rows)
  fs_permuted_indices(seed, stream, UInt64(rows), 0, Int64(rows), &order)
  var fold = [Int](repeating: 0, count: rows)
  for (place, row) in order.enumerated() { fold[Int(row)] = place % folds }
  return fold
}

/// A division in which every class is divided evenly, each class by itself.
func stratifiedFolds(labels: [Int], classes: Int, folds: Int, seed: UInt64, stream: UInt32) -> [Int] {
  var fold = [Int](repeating: 0, count: labels.count)
  for label in 0..<classes {
    let rows = labels.indices.filter { labels[$0] == label }
    let own = foldOfEachRow(rows.count, folds: folds, seed: seed, stream: stream + UInt32(label))
    for (place, row) in rows.enumerated() { fold[row] = own[place] }
  }
  return fold
}

/// The Philox streams of divisions: "fol" and the use.
enum FoldStream {
  static let classifierTest: UInt32 = 0x666f_6c00
  static let regression: UInt32 = 0x666f_6c10
  static let halves: UInt32 = 0x666f_6c20
  static let subset: UInt32 = 0x666f_6c30
  /// Labelled samples take a stream a class.
  static let labels: UInt32 = 0x666f_8000
}

extension WeightedPoints {
  /// Some rows.
  func rows(_ rows: [Int]) -> WeightedPoints {
    WeightedPoints(columns: columns.map { column in rows.map { column[$0] } }, weights: rows.map { weights[$0] })
  }

  /// Some columns; nil for all.
  func columns(_ indices: [Int]?) -> WeightedPoints {
    guard let indices else { return self }
    return WeightedPoints(columns: indices.map { columns[$0] }, weights: weights)
  }
}
