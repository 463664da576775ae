// The mean shower of a sample, scaled by the energy of the particle, with Poisson noise.
internal import Numerics
internal import ToySimulation

/// Showers of one shape: cell c of a particle of the energy E is q·N, where N has a Poisson distribution with the mean
/// E·m_c/q.
///
/// A cell has the mean E·m_c and the variance q·E·m_c, and cells are independent given E. A cell whose m_c is not positive is
/// empty, as all are where E is not positive.
package struct MeanShower: Sendable, Equatable {
  /// m_c: a cell divided by the particle's energy, on average.
  package let fractions: [Float]
  /// q, in the unit of the cells; 0 for showers without noise, whose cells are E·m_c.
  package let quantum: Float

  /// - Returns: nil for numbers that are not finite, and for a negative quantum.
  package init?(fractions: [Float], quantum: Float) {
    guard fractions.allSatisfy(\.isFinite), quantum.isFinite, quantum >= 0 else { return nil }
    (self.fractions, self.quantum) = (fractions, quantum)
  }

  /// One that makes empty showers.
  package init(cells: Int) {
    (fractions, quantum) = ([Float](repeating: 0, count: cells), 0)
  }

  /// The mean of S/E, where S is the sum of all cells.
  package var response: Double { compensatedSum(fractions.count) { Double(max(0, fractions[$0])) } }

  /// The largest mean that is drawn from; the width of a larger one is below the last digit of a float32.
  private static let largestMean = 0x1p50

  /// Draws a shower for each energy. Cost: a random number and an exponential for each cell, and a multiplication for each
  /// quantum.
  /// - Parameters:
  ///   - energies: of the particles.
  ///   - target: row-major, shape [energies, cells].
  package func sample(
    energies: [Double], draws: BaselineDraws, into target: UnsafeMutableBufferPointer<Double>, threads: Int? = nil
  ) {
    let cells = fractions.count
    precondition(target.count == energies.count * cells, "a buffer of another size")
    // Each row writes its own cells.
    nonisolated(unsafe) let target = target
    forEachChunk(energies.count, threads: threads) { row in
      var random = EventRandom(seed: draws.seed, stream: draws.stream, event: draws.first &+ UInt64(row))
      let quantum = Double(quantum)
      for cell in 0..<cells {
        let energy = max(0, energies[row] * Double(fractions[cell]))
        let mean = energy / quantum
        target[row * cells + cell] =
          mean < Self.largestMean ? quantum * Double(random.poisson(mean: mean)) : energy
      }
    }
  }
}
