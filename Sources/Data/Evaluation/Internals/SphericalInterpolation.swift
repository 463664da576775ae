// The way from one latent point to another that a normal distribution finds plausible.
internal import CKernels

/// Points from one to the other along the great circle through both, with equal angles between them:
///
///     p(t) = sin((1 - t) w)/sin w · a + sin(t w)/sin w · b,   w the angle between a and b
///
/// The length changes from that of a to that of b; a straight line would pass through the rare region near zero. Where a
/// and b have one direction or opposite ones, as always with one coordinate, the way is the straight line. Source: T. White,
/// arXiv:1609.04468, section 2.1.
/// - Parameters:
///   - first, last: points of one number of coordinates.
///   - count: points on the way, both ends among them, at least 2.
/// - Returns: [point][coordinate].
package func sphericalInterpolation(from first: [Double], to last: [Double], count: Int) -> [[Double]] {
  precondition(first.count == last.count && count >= 2, "two points of one space, and two or more on the way")
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  let (a, b, both) = (product(first, first), product(last, last), product(first, last))
  // sin of the angle from the area of the parallelogram: exact near 0 and near a half turn.
  let area = max(0, a * b - both * both).squareRoot()
  let angle = fs_atan2(area, both)
  let sine = fs_sin(angle)
  return (0..<count).map { step in
    let t = Double(step) / Double(count - 1)
    if step == 0 { return first }
    if step == count - 1 { return last }
    let (near, far) = sine > 1e-6 ? (fs_sin((1 - t) * angle) / sine, fs_sin(t * angle) / sine) : (1 - t, t)
    return zip(first, last).map { near * $0 + far * $1 }
  }
}
