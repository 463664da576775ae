// Gaussian kernel density estimates in one and more dimensions.
internal import CKernels
internal import Numerics

/// A Gaussian mixture with one component of width h on every event: p_h(x) = 1/W sum_j w_j N(x; y_j, h^2 I).
///
/// Unreliable above about ten dimensions. Source: E. Parzen, Ann. Math. Stat. 33 (1962) 1065.
package struct KernelDensity: Sendable {
  let model: WeightedPoints
  private let logWeights: [Double]
  private let kernels: DoubleKernels
  /// h, in the unit of the columns.
  package let bandwidth: Double

  /// - Throws: ``EvaluationError`` when a weight is negative (a density does not exist then), the sample is not
  ///   measurable, or the bandwidth is not positive.
  package init(_ model: WeightedPoints, bandwidth: Double) throws {
    let sums = try model.checked("the sample of the density")
    guard model.weights.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.undefined(
        measure: "a kernel density", reason: "the sample of the density has negative weights",
        alternative: positiveWeightsAlternative)
    }
    guard bandwidth > 0, bandwidth.isFinite, (1 / bandwidth).isFinite else {
      throw EvaluationError.badOption("the bandwidth \(bandwidth) is not positive: give the width of the kernel")
    }
    kernels = try DoubleKernels()
    self.model = model
    self.bandwidth = bandwidth
    let norm = Double(model.columns.count) * (fs_log(bandwidth) + 0.5 * fs_log(2 * Double.pi))
    logWeights = model.weights.map { $0 > 0 ? fs_log($0 / sums.sum) - norm : -.infinity }
  }

  /// ln p_h at each point, by a sum of exponentials taken relative to the largest. O(n m d).
  /// - Parameter columns: shape [dimensions][points].
  /// - Throws: ``EvaluationError`` when the dimensions differ, columns differ in length or a number is not finite.
  package func logDensity(at columns: [[Double]], threads: Int? = nil) throws -> [Double] {
    guard columns.count == model.columns.count else {
      throw EvaluationError.lengthMismatch("a point", count: columns.count, expected: model.columns.count)
    }
    for column in columns {
      guard column.count == columns[0].count else {
        throw EvaluationError.lengthMismatch("a column of points", count: column.count, expected: columns[0].count)
      }
      try requireFinite(column, "a column of points")
    }
    let chunks = RowChunks(columns[0].count, size: 64)
    let parts = mapChunks(chunks.count, threads: threads) { chunk in
      var terms = logWeights
      return chunks[chunk].map { row in logDensity(columns, row, &terms) }
    }
    return parts.flatMap { $0 }
  }

  /// ln p_h at a point.
  /// - Parameter terms: as long as the sample; afterwards the shares of the sample's events in the density, relative to
  ///   the largest.
  private func logDensity(_ columns: [[Double]], _ point: Int, _ terms: inout [Double]) -> Double {
    let (count, scale) = (terms.count, 1 / bandwidth)
    return terms.withUnsafeMutableBufferPointer { terms in
      for row in 0..<count { terms[row] = logWeights[row] }
      for (column, coordinates) in zip(model.columns, columns) {
        let coordinate = coordinates[point]
        column.withUnsafeBufferPointer { column in
          for row in 0..<count {
            let step = (column[row] - coordinate) * scale
            terms[row] -= 0.5 * step * step
          }
        }
      }
      let largest = terms.max() ?? -.infinity
      guard largest > -.infinity else { return largest }
      for row in 0..<count { terms[row] -= largest }
      kernels.exponentials(terms)
      return largest + fs_log(sumInBlocks(terms))
    }
  }

  /// ln p_h at each point, and the parts of p_h there that come from each of several groups of the density's own events.
  /// - Parameter groups: the group of each event, below `count`.
  func logDensityByGroups(
    at columns: [[Double]], groups: [Int], count: Int, threads: Int?
  ) -> [(log: Double, parts: [Double])] {
    let chunks = RowChunks(columns[0].count, size: 64)
    return mapChunks(chunks.count, threads: threads) { chunk in
      var terms = logWeights
      return chunks[chunk].map { row in
        let log = logDensity(columns, row, &terms)
        var parts = [Double](repeating: 0, count: count)
        for (event, term) in terms.enumerated() { parts[groups[event]] += term }
        let total = parts.reduce(0, +)
        return (log: log, parts: total > 0 ? parts.map { $0 / total } : parts)
      }
    }.flatMap { $0 }
  }

  /// ln p_h at each point of a sample, and how much each event of the density's own sample moves their mean: event j by
  /// the mean over x of N(x; y_j, h^2 I)/p_h(x), less one. `stretches` are the derivatives of the mean by the logarithms
  /// of the columns' units: the mean over x of the density's mean of ((x - y_j)/h)^2, column by column.
  /// - Parameter weights: of the points, adding up to `sum`.
  func logDensityWithInfluences(
    at columns: [[Double]], weights: [Double], sum: Double, threads: Int?
  ) -> (logs: [Double], influences: [Double], stretches: [Double]) {
    // At most 64 sums over blocks of points.
    let chunks = RowChunks(weights.count, size: max(16, (weights.count + 63) / 64))
    let parts = mapChunks(chunks.count, threads: threads) { chunk in
      var terms = logWeights
      var shares = [Double](repeating: 0, count: terms.count)
      var stretches = [Double](repeating: 0, count: columns.count)
      let logs = chunks[chunk].map { row in
        let value = logDensity(columns, row, &terms)
        let total = terms.withUnsafeMutableBufferPointer { sumInBlocks($0) }
        if total > 0 {
          let factor = weights[row] / sum / total
          for event in terms.indices { shares[event] += factor * terms[event] }
          for axis in columns.indices {
            let (own, point) = (model.columns[axis], columns[axis][row])
            var squares = 0.0
            for event in terms.indices {
              let step = (own[event] - point) / bandwidth
              squares += terms[event] * step * step
            }
            stretches[axis] += factor * squares
          }
        }
        return value
      }
      return (logs: logs, shares: shares, stretches: stretches)
    }
    let shares = combined(parts.map(\.shares), count: model.weights.count)
    let modelSum = compensatedSum(model.weights.count) { model.weights[$0] }
    let influences = shares.indices.map { event in
      model.weights[event] > 0 ? shares[event] / (model.weights[event] / modelSum) - 1 : 0
    }
    return (parts.flatMap(\.logs), influences, combined(parts.map(\.stretches), count: columns.count))
  }

  /// Scott's factor n_eff^(-1/(d+4)); the bandwidth is this times the sample's standard deviation (ddof 1).
  ///
  /// Source: D. Scott, Multivariate Density Estimation (1992), eq. 6.42.
  /// - Throws: ``EvaluationError`` when the sample is not measurable.
  package static func scottFactor(_ model: WeightedPoints) throws -> Double {
    let sums = try model.checked("the sample of the density")
    return fs_pow(sums.effectiveSize, -1 / Double(model.columns.count + 4))
  }
}

/// The sum of values, in eight lanes over blocks of 1024, the blocks compensated.
private func sumInBlocks(_ values: UnsafeMutableBufferPointer<Double>) -> Double {
  var total = CompensatedSum()
  let blocks = RowChunks(values.count, size: 1024)
  for block in 0..<blocks.count {
    let range = blocks[block]
    var lanes = SIMD8<Double>(repeating: 0)
    var place = range.lowerBound
    while place + 8 <= range.upperBound {
      lanes += SIMD8(
        values[place], values[place + 1], values[place + 2], values[place + 3], values[place + 4], values[place + 5],
        values[place + 6], values[place + 7])
      place += 8
    }
    var sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
    while place < range.upperBound {
      sum += values[place]
      place += 1
    }
    total.add(sum)
  }
  return total.value
}
