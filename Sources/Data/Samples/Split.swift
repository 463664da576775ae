// Which rows train, which validate and which test.
internal import CKernels
package import Digests
internal import Numerics

/// The fractions of a split; each at least 0, their sum 1.
package struct SplitFractions: Sendable, Equatable {
  package let train: Double
  package let validation: Double
  package let test: Double

  /// - Throws: `SampleError.invalidFractions` unless all are in [0, 1] and the sum is 1 within 1e-9.
  package init(train: Double, validation: Double, test: Double) throws(SampleError) {
    let all = [train, validation, test]
    guard all.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(train + validation + test - 1) <= 1e-9 else {
      throw .invalidFractions(train: train, validation: validation, test: test)
    }
    self.train = train
    self.validation = validation
    self.test = test
  }
}

/// A split of rows that depends on nothing but the seed, the row's number and the fractions.
///
///     let split = Split(seed: 7, rows: data.rowCount, fractions: fractions)
///     let batch = floatMatrix(columns: columns, rows: split.rows(of: .train))
package struct Split: Sendable {
  /// A part; its raw value is the row's byte in the digest.
  package enum Part: UInt8, BitwiseCopyable, Sendable, CaseIterable { case train, validation, test }

  /// Philox's stream for splits: "SPLT" in ASCII.
  package static let stream: UInt32 = 0x5350_4C54

  package let seed: UInt64
  package let fractions: SplitFractions
  /// The part of each row.
  package let parts: [Part]

  /// Row r draws u, uniform in [0, 1), from Philox (seed, stream, step 0, block r): train if u < train,
  /// else validation if u < train + validation, else test. What rounding leaves over goes to the last part
  /// whose fraction is not 0.
  package init(seed: UInt64, rows: Int, fractions: SplitFractions) {
    self.seed = seed
    self.fractions = fractions
    let last: Part = fractions.test > 0 ? .test : fractions.validation > 0 ? .validation : .train
    let first = last == .train ? 1 : fractions.train
    let second = last == .test ? fractions.train + fractions.validation : 1
    parts = filledInChunks(rows: rows, zero: Part.train) { range, buffer in
      for (offset, row) in range.enumerated() {
        let words = fs_philox(seed, Split.stream, 0, UInt64(row))
        let uniform = fs_uniform53(words.w0, words.w1)
        buffer[offset] = uniform < first ? .train : uniform < second ? .validation : .test
      }
    }
  }

  /// The rows of a part, ascending.
  package func rows(of part: Part) -> [Int] {
    parts.indices.filter { parts[$0] == part }
  }

  /// SHA-256 of `"fastsim split 1\n<seed>\n<train> <validation> <test>\n"`, the fractions as shortest decimals that
  /// read back to the same bits (0.5, 1.0, 1e-05), and one byte a row: 0 train, 1 validation, 2 test.
  package var digest: Digest {
    var stream = DigestStream()
    stream.update("fastsim split 1\n\(seed)\n\(fractions.train) \(fractions.validation) \(fractions.test)\n")
    stream.update(parts.map(\.rawValue))
    return stream.finalise()
  }
}
