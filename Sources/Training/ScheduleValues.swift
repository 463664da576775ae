// What a schedule is worth at a step. Computed in float64 without the machine's mathematical library.
internal import CKernels

extension Schedule {
  /// - Parameter step: generator steps done so far.
  package func value(at step: Int) -> Double {
    let step = Double(step)
    switch self {
    case .constant(let value): return value
    case .exponential(let start, let factor, let every, let minimum):
      return max(start * fs_pow(factor, step / every), minimum ?? -Double.infinity)
    case .arctangent(let limit, let scale):
      return limit * (2 / Double.pi) * fs_atan(step / scale)
    case .linear(let start, let end, let steps):
      return step >= steps ? end : start + (end - start) * (step / steps)
    }
  }
}
