// The density of a normal distribution.
internal import CKernels

/// exp(−(x − mean)² / 2σ²) / (σ √2π).
package func gaussianDensity(_ x: Double, mean: Double, sigma: Double) -> Double {
  let z = (x - mean) / sigma
  return fs_exp(-0.5 * z * z) / (sigma * (2 * Double.pi).squareRoot())
}
