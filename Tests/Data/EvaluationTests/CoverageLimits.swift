// The counts of covered pseudo-experiments that are accepted, from binomial statistics alone.
import CKernels

/// How many of some experiments a stated error must cover: counts that a true coverage from 0.6 to 0.75 may give.
///
/// A count is refused where it is less likely, by the exact binomial distribution, than half of a chosen chance both for 0.6
/// and below and for 0.75 and above. The limits follow from the number of experiments and that chance alone. The chance for
/// the whole catalogue is divided by the number of values that are tried (Bonferroni), whose correlations it need not know.
struct CoverageLimits {
  static let coverages = 0.6...0.75
  /// The chance that some value of the catalogue is refused although all errors cover in 0.6 to 0.75, at any seeds.
  static let ofCatalogue = 0.01

  let accepted: ClosedRange<Int>

  /// - Parameter falseAlarm: the chance that a value at either end of the range is refused, at most.
  init(count: Int, falseAlarm: Double) {
    func below(_ covered: Int, _ probability: Double) -> Double {
      (0...covered).reduce(0) { sum, k in
        let choices = fs_lgamma(Double(count + 1)) - fs_lgamma(Double(k + 1)) - fs_lgamma(Double(count - k + 1))
        return sum + fs_exp(choices + Double(k) * fs_log(probability) + Double(count - k) * fs_log(1 - probability))
      }
    }
    let least = (0...count).first { below($0, Self.coverages.lowerBound) >= falseAlarm / 2 } ?? 0
    // The mirrored count: those that are not covered.
    let most = (0...count).first { below($0, 1 - Self.coverages.upperBound) >= falseAlarm / 2 } ?? 0
    accepted = least...count - most
  }
}
