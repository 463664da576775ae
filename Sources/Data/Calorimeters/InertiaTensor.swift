// Principal moments of inertia.

/// The eigenvalues of the tensor of inertia, ascending: (yy + zz, -xy, -xz; -xy, xx + zz, -yz; -xz, -yz, xx + yy).
///
/// Jacobi's rotations in a fixed order, until what is off the diagonal is below the rounding of what is on it.
func inertia(_ xx: Double, _ yy: Double, _ zz: Double, xy: Double, xz: Double, yz: Double) -> [Double] {
  var matrix = [[yy + zz, -xy, -xz], [-xy, xx + zz, -yz], [-xz, -yz, xx + yy]]
  for _ in 0..<20 {
    let size = matrix[0][0].magnitude + matrix[1][1].magnitude + matrix[2][2].magnitude
    let rest = matrix[0][1].magnitude + matrix[0][2].magnitude + matrix[1][2].magnitude
    guard rest > 1e-16 * size else { break }
    for (p, q) in [(0, 1), (0, 2), (1, 2)] where matrix[p][q] != 0 {
      let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
      let t = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
      let c = 1 / (t * t + 1).squareRoot()
      let s = t * c
      for k in 0..<3 {
        let (a, b) = (matrix[k][p], matrix[k][q])
        (matrix[k][p], matrix[k][q]) = (c * a - s * b, s * a + c * b)
      }
      for k in 0..<3 {
        let (a, b) = (matrix[p][k], matrix[q][k])
        (matrix[p][k], matrix[q][k]) = (c * a - s * b, s * a + c * b)
      }
    }
  }
  return [matrix[0][0], matrix[1][1], matrix[2][2]].sorted()
}
