// What a schedule is worth at a step. Computed in float64 without the machine's mathematical library.
internal import CKernels
internal import Configuration

extension Schedule {
  /// - Parameter step: generator steps done so far.
  package func value(at step: Int) -> Double {
    let done = Double(step)
    return switch self {
    case .constant(let value): value
    case .exponential(let start, let factor, let every, let minimum):
      max(minimum, start * fs_pow(factor, done / Double(every)))
    case .decay(let start, let floor, let scale): floor + (start - floor) * fs_exp(-done / scale)
    case .linear(let start, let end, let steps):
      step >= steps ? end : start + (end - start) * (done / Double(steps))
    case .cosine(let start, let end, let steps):
      step >= steps ? end : end + (start - end) * ((1 + fs_cos(.pi * (done / Double(steps)))) / 2)
    case .arctangent(let limit, let scale): limit * (2 / Double.pi) * fs_atan(done / scale)
    case .warmUp(let steps, let then):
      step >= steps ? then.value(at: step - steps) : then.value(at: 0) * (done / Double(steps))
    }
  }
}
