// Small symmetric matrices: Cholesky factors, solutions and inverses.

/// A symmetric matrix of a few rows.
struct SymmetricMatrix {
  let order: Int
  /// Row by row, both halves.
  private var elements: [Double]

  init(order: Int) {
    self.order = order
    elements = Array(repeating: 0, count: order * order)
  }

  /// From the rows of the lower half, diagonal included.
  init(order: Int, packed: [Double]) {
    self.init(order: order)
    var place = 0
    for row in 0..<order {
      for column in 0...row {
        self[row, column] = packed[place]
        place += 1
      }
    }
  }

  /// Writing one element writes its mirror image too.
  subscript(row: Int, column: Int) -> Double {
    get { elements[row * order + column] }
    set {
      elements[row * order + column] = newValue
      elements[column * order + row] = newValue
    }
  }

  var rows: [[Double]] { (0..<order).map { row in (0..<order).map { self[row, $0] } } }

  func times(_ vector: [Double]) -> [Double] {
    (0..<order).map { row in
      var sum = 0.0
      for column in 0..<order { sum += self[row, column] * vector[column] }
      return sum
    }
  }

  /// The part of the matrix that belongs to some of its rows.
  func block(_ indices: [Int]) -> SymmetricMatrix {
    var result = SymmetricMatrix(order: indices.count)
    for (row, from) in indices.enumerated() {
      for (column, other) in indices.enumerated() where column <= row { result[row, column] = self[from, other] }
    }
    return result
  }

  /// The inverse by a Cholesky factorisation of the matrix scaled to a unit diagonal; nil unless positive definite.
  func inverse() -> SymmetricMatrix? {
    var scales: [Double] = []
    for row in 0..<order {
      guard self[row, row] > 0, self[row, row].isFinite else { return nil }
      scales.append(1 / self[row, row].squareRoot())
    }
    var factor = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0...row {
        var sum = self[row, column] * scales[row] * scales[column]
        for inner in 0..<column { sum -= factor[row * order + inner] * factor[column * order + inner] }
        if row == column {
          guard sum > 1e-14 else { return nil }
          factor[row * order + row] = sum.squareRoot()
        } else {
          factor[row * order + column] = sum / factor[column * order + column]
        }
      }
    }
    var result = SymmetricMatrix(order: order)
    for target in 0..<order {
      var solution = [Double](repeating: 0, count: order)
      for row in 0..<order {
        var sum = row == target ? 1.0 : 0.0
        for inner in 0..<row { sum -= factor[row * order + inner] * solution[inner] }
        solution[row] = sum / factor[row * order + row]
      }
      for row in (0..<order).reversed() {
        var sum = solution[row]
        for inner in (row + 1)..<max(order, row + 1) { sum -= factor[inner * order + row] * solution[inner] }
        solution[row] = sum / factor[row * order + row]
      }
      for row in target..<order { result[row, target] = solution[row] * scales[row] * scales[target] }
    }
    return result
  }
}

/// The sum of products of two vectors.
func dot(_ left: [Double], _ right: [Double]) -> Double {
  var sum = 0.0
  for index in left.indices { sum += left[index] * right[index] }
  return sum
}
