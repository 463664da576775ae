// Eigenvalues and eigenvectors of real symmetric matrices.
internal import CKernels

/// A symmetric matrix as Q diag(values) Q^T.
///
/// Householder reduction to tridiagonal form, then the QL algorithm with implicit shifts. O(d^3) time, O(d^2) memory;
/// d = 512 takes about a second.
/// Source: H. Bowdler, R. Martin, C. Reinsch, J. Wilkinson, Numer. Math. 11 (1968) 293 (tred2, tql2).
struct SymmetricEigen {
  /// Ascending.
  let values: [Double]
  /// `vectors[k]` belongs to `values[k]` and has length one.
  let vectors: [[Double]]

  /// - Parameter matrix: shape [d][d]; the lower triangle is used.
  /// - Throws: ``EvaluationError`` where the matrix holds a number that is not finite.
  init(_ matrix: [[Double]]) throws {
    let n = matrix.count
    for row in matrix { try requireFinite(row, "a symmetric matrix") }
    var z = matrix.flatMap { $0 }
    var d = [Double](repeating: 0, count: n)
    var e = d
    // A scale of one keeps the squares of huge or tiny entries in range.
    let scale = z.reduce(0) { max($0, $1.magnitude) }
    guard scale > 0 else {
      values = d
      vectors = (0..<n).map { k in (0..<n).map { $0 == k ? 1 : 0 } }
      return
    }
    for index in z.indices { z[index] /= scale }
    tridiagonalise(&z, &d, &e, n)
    try diagonalise(&z, &d, &e, n)
    let order = (0..<n).sorted { d[$0] != d[$1] ? d[$0] < d[$1] : $0 < $1 }
    values = order.map { d[$0] * scale }
    vectors = order.map { k in (0..<n).map { z[k * n + $0] } }
  }

  /// Q diag(f(values)) Q^T, shape [d][d].
  func mapped(_ transform: (Double) -> Double) -> [[Double]] {
    let n = values.count
    let scaled = values.map(transform)
    var result = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for (vector, value) in zip(vectors, scaled) where value != 0 {
      for i in 0..<n {
        let factor = value * vector[i]
        result[i].withUnsafeMutableBufferPointer { row in
          for j in 0..<n { row[j] += factor * vector[j] }
        }
      }
    }
    return result
  }
}

/// The product of two square matrices, shape [d][d].
func matrixProduct(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
  a.map { row in
    var result = [Double](repeating: 0, count: b.first?.count ?? 0)
    for (factor, other) in zip(row, b) where factor != 0 {
      for j in result.indices { result[j] += factor * other[j] }
    }
    return result
  }
}

/// Reduces z (row-major) to diagonal d and subdiagonal e[1...]; z becomes the transposed transformation: row k of z
/// holds what is column k of the orthogonal matrix.
private func tridiagonalise(_ z: inout [Double], _ d: inout [Double], _ e: inout [Double], _ n: Int) {
  z.withUnsafeMutableBufferPointer { z in
    for i in stride(from: n - 1, to: 0, by: -1) {
      var h = 0.0
      if i > 1 {
        var scale = 0.0
        for k in 0..<i { scale += z[i * n + k].magnitude }
        if scale == 0 {
          e[i] = z[i * n + i - 1]
        } else {
          for k in 0..<i {
            z[i * n + k] /= scale
            h += z[i * n + k] * z[i * n + k]
          }
          let f = z[i * n + i - 1]
          let g = f >= 0 ? -fs_sqrt(h) : fs_sqrt(h)
          e[i] = scale * g
          h -= f * g
          z[i * n + i - 1] = f - g
          reflect(z, &e, i, h, n)
        }
      } else {
        e[i] = z[i * n + i - 1]
      }
      d[i] = h
    }
    d[0] = 0
    e[0] = 0
    accumulate(z, &d, n)
    // Transposed, so that the rotations of the next step run along rows.
    for i in 0..<n {
      for j in 0..<i {
        let value = z[i * n + j]
        z[i * n + j] = z[j * n + i]
        z[j * n + i] = value
      }
    }
  }
}

/// Applies the reflection in row i of z to the leading block.
private func reflect(_ z: UnsafeMutableBufferPointer<Double>, _ e: inout [Double], _ i: Int, _ h: Double, _ n: Int) {
  for j in 0..<i {
    e[j] = 0
    z[j * n + i] = z[i * n + j] / h
  }
  // e = A u of the symmetric block whose lower triangle is stored, row by row.
  for j in 0..<i {
    var g = 0.0
    let u = z[i * n + j]
    for k in 0..<j {
      g += z[j * n + k] * z[i * n + k]
      e[k] += z[j * n + k] * u
    }
    e[j] += g + z[j * n + j] * u
  }
  var f = 0.0
  for j in 0..<i {
    e[j] /= h
    f += e[j] * z[i * n + j]
  }
  let half = f / (h + h)
  for j in 0..<i { e[j] -= half * z[i * n + j] }
  for j in 0..<i {
    let (f, g) = (z[i * n + j], e[j])
    for k in 0...j { z[j * n + k] -= f * e[k] + g * z[i * n + k] }
  }
}

/// The product of the reflections, in z; the diagonal goes to d.
private func accumulate(_ z: UnsafeMutableBufferPointer<Double>, _ d: inout [Double], _ n: Int) {
  var sums = [Double](repeating: 0, count: n)
  for i in 0..<n {
    if i > 0, d[i] != 0 {
      for j in 0..<i { sums[j] = 0 }
      for k in 0..<i {
        let factor = z[i * n + k]
        for j in 0..<i { sums[j] += factor * z[k * n + j] }
      }
      for k in 0..<i {
        let factor = z[k * n + i]
        for j in 0..<i { z[k * n + j] -= sums[j] * factor }
      }
    }
    d[i] = z[i * n + i]
    z[i * n + i] = 1
    for j in 0..<i {
      z[j * n + i] = 0
      z[i * n + j] = 0
    }
  }
}

/// QL with implicit shifts on diagonal d and subdiagonal e[1...]; the rows of z become the eigenvectors.
private func diagonalise(_ z: inout [Double], _ d: inout [Double], _ e: inout [Double], _ n: Int) throws {
  for i in 1..<max(1, n) { e[i - 1] = e[i] }
  if n > 0 { e[n - 1] = 0 }
  for l in 0..<n {
    for iteration in 0... {
      var m = l
      while m < n - 1 {
        let size = d[m].magnitude + d[m + 1].magnitude
        if e[m].magnitude <= Double.ulpOfOne / 2 * size { break }
        m += 1
      }
      if m == l { break }
      guard iteration < 60 else {
        throw EvaluationError.undefined(
          measure: "an eigenvalue", reason: "the QL iteration does not converge", alternative: nil)
      }
      var g = (d[l + 1] - d[l]) / (2 * e[l])
      var r = fs_hypot(g, 1)
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
      var (s, c, p) = (1.0, 1.0, 0.0)
      var split = false
      z.withUnsafeMutableBufferPointer { z in
        for i in stride(from: m - 1, through: l, by: -1) {
          let f = s * e[i]
          let b = c * e[i]
          r = fs_hypot(f, g)
          e[i + 1] = r
          if r == 0 {
            d[i + 1] -= p
            e[m] = 0
            split = true
            break
          }
          s = f / r
          c = g / r
          g = d[i + 1] - p
          r = (d[i] - g) * s + 2 * c * b
          p = s * r
          d[i + 1] = g + p
          g = c * r - b
          for k in 0..<n {
            let (upper, lower) = (z[(i + 1) * n + k], z[i * n + k])
            z[(i + 1) * n + k] = s * lower + c * upper
            z[i * n + k] = c * lower - s * upper
          }
        }
      }
      if split { continue }
      d[l] -= p
      e[l] = g
      e[m] = 0
    }
  }
}
