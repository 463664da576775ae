// Errors of the simulations, each as one line that says how to repair it.
internal import Numerics

/// A request that a simulation cannot fulfil.
package enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// The number of rows is not within 1 … 10⁹.
  case rowCount(Int)
  /// Fewer than one thread.
  case threadCount(Int)
  /// A signal fraction that is not within 0 … 1.
  case purity(Double)
  /// The columns would not fit into the memory that one request may take; both sizes in bytes.
  case memory(rows: Int, needed: Int, available: Int)
  /// The columns of conditions differ in length.
  case unequalConditions(momenta: Int, pseudorapidities: Int, trackCounts: Int)
  /// A condition outside its range, in row `row` counted from 0.
  case condition(name: String, row: Int, value: Double, range: ClosedRange<Double>)
  /// An energy in GeV for which no shower can be simulated.
  case energy(Double)
  /// Noise or a threshold in MeV out of range.
  case level(Double)
  /// An option that the detector does not have.
  case notOf(option: String, detector: String)

  package var description: String {
    switch self {
    case .rowCount(let rows):
      return "cannot simulate \(rows) rows; ask for 1 to \(RowLoop.maximumRows)"
    case .threadCount(let threads):
      return "cannot simulate on \(threads) threads; ask for 1 or more, or for none to use all cores"
    case .purity(let purity):
      return "a signal fraction of \(roundTripNumber(purity)) is impossible; give a number from 0 to 1"
    case .memory(let rows, let needed, let available):
      return
        "\(rows) rows take \(needed >> 20) MiB of memory and \(available >> 20) MiB are usable; simulate fewer rows at a time"
    case .unequalConditions(let momenta, let pseudorapidities, let trackCounts):
      return
        "conditions differ in length: \(momenta) of P, \(pseudorapidities) of ETA, \(trackCounts) of nTracks; give as many of each"
    case .condition(let name, let row, let value, let range):
      return
        "\(name) is \(roundTripNumber(value)) in row \(row); the simulated detector takes "
        + "\(roundTripNumber(range.lowerBound)) to \(roundTripNumber(range.upperBound))"
    case .energy(let energy):
      return "a shower of \(roundTripNumber(energy)) GeV cannot be simulated; ask for 0.5 to 10000 GeV"
    case .level(let level):
      return "noise or a threshold of \(roundTripNumber(level)) MeV is impossible; give a number from 0 to 1000000"
    case .notOf(let option, let detector):
      return "the \(detector) has no choice of \(option); leave it out"
    }
  }
}
