// How an image's power is spread over spatial frequencies.
internal import CKernels
internal import Numerics

/// The mean over images of |F|^2, F the discrete Fourier transform over all axes, in rings of integer radius.
///
/// A frequency belongs to the ring nearest to its distance from 0 in index units; rings reach up to half of the shortest
/// axis. Weights may have any sign. O(images cells (sum of lengths)): direct sums, exact for any length.
/// - Returns: the mean power of each ring, shape [shortest / 2]; at least one.
/// - Throws: ``EvaluationError/overflow(_:)``.
package func radialPowerSpectrum(_ sample: ImageSample, threads: Int? = nil) throws -> [Double] {
  let sums = WeightSums(sample.weights)
  let spectra = radialPowers(sample, threads: threads)
  return try (0..<spectra[0].count).map { ring in
    try finite(
      compensatedSum(spectra.count) { sample.weights[$0] / sums.sum * spectra[$0][ring] }, "the power spectrum")
  }
}

/// The power of each image in each ring, shape [images][rings].
func radialPowers(_ sample: ImageSample, threads: Int?) -> [[Double]] {
  let transform = FourierTransform(sample.shape)
  let chunks = RowChunks(sample.count, size: 16)
  return mapChunks(chunks.count, threads: threads) { chunk in
    chunks[chunk].map { transform.ringPowers(Array(sample[$0])) }
  }.flatMap { $0 }
}

/// The transform of images of one shape, one axis after another.
private struct FourierTransform: Sendable {
  let shape: [Int]
  /// cos and sin of 2 pi k / length for each axis.
  let tables: [(cosines: [Double], sines: [Double])]
  /// The ring of each cell, -1 beyond the last.
  let rings: [Int]
  let ringCount: Int

  init(_ shape: [Int]) {
    self.shape = shape
    tables = shape.map { length in
      var (cosines, sines) = ([Double](), [Double]())
      for step in 0..<length {
        var (sine, cosine) = (0.0, 0.0)
        fs_sincos2pi(Double(step) / Double(length), &sine, &cosine)
        cosines.append(cosine)
        sines.append(sine)
      }
      return (cosines, sines)
    }
    let count = max(1, (shape.min() ?? 2) / 2)
    ringCount = count
    rings = (0..<shape.reduce(1, *)).map { cell in
      var (rest, square) = (cell, 0)
      for length in shape.reversed() {
        let index = rest % length
        rest /= length
        let frequency = min(index, length - index)
        square += frequency * frequency
      }
      let ring = Int(Double(square).squareRoot().rounded())
      return ring < count ? ring : -1
    }
  }

  func ringPowers(_ cells: [Double]) -> [Double] {
    var (real, imaginary) = (cells, [Double](repeating: 0, count: cells.count))
    for axis in shape.indices { transform(&real, &imaginary, axis) }
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: ringCount)
    var counts = [Double](repeating: 0, count: ringCount)
    for (cell, ring) in rings.enumerated() where ring >= 0 {
      sums[ring].add(real[cell] * real[cell] + imaginary[cell] * imaginary[cell])
      counts[ring] += 1
    }
    return zip(sums, counts).map { $0.value / $1 }
  }

  private func transform(_ real: inout [Double], _ imaginary: inout [Double], _ axis: Int) {
    let length = shape[axis]
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    var (nextReal, nextImaginary) = (
      [Double](repeating: 0, count: real.count), [Double](repeating: 0, count: real.count)
    )
    real.withUnsafeBufferPointer { real in
      imaginary.withUnsafeBufferPointer { imaginary in
        nextReal.withUnsafeMutableBufferPointer { nextReal in
          nextImaginary.withUnsafeMutableBufferPointer { nextImaginary in
            for block in 0..<outer {
              for frequency in 0..<length {
                let target = (block * length + frequency) * inner
                for place in 0..<length {
                  let turn = frequency * place % length
                  let (cosine, sine) = (tables[axis].cosines[turn], tables[axis].sines[turn])
                  let source = (block * length + place) * inner
                  for cell in 0..<inner {
                    let (a, b) = (real[source + cell], imaginary[source + cell])
                    nextReal[target + cell] += a * cosine + b * sine
                    nextImaginary[target + cell] += b * cosine - a * sine
                  }
                }
              }
            }
          }
        }
      }
    }
    (real, imaginary) = (nextReal, nextImaginary)
  }
}
