// The histogram of one target in one cell, from weights of either sign.
internal import CKernels

/// Bins with about as many events each, fewer towards the ends, and the cumulative distribution at their edges.
struct MarginalHistogram {
  /// Ascending; one more than there are bins.
  private(set) var edges: [Float]
  /// The cumulative distribution at the edges: from 0 to 1, nowhere descending.
  private(set) var heights: [Double]
  /// The sum of the negative bins over the sum of all, before they were evened out.
  let negativeWeight: Double

  /// - Parameters:
  ///   - order: rows in ascending order of their values, at least one.
  ///   - bins: the most bins.
  ///   - smoothing: as `HistogramSettings.smoothing`.
  init(order: [Int], values: [Float], weights: [Double], bins: Int, smoothing: Double) {
    let cut = Self.cut(Self.ties(order, values), into: bins, rows: order.count)
    edges = Self.edges(of: cut)
    var next = 0
    let sums = cut.map { bin in
      var sum = 0.0
      for row in order[next..<next + bin.count] { sum += weights[row] }
      next += bin.count
      return sum
    }
    var contents = smoothing > 0 ? Self.smoothed(sums, cut, width: smoothing) : sums
    var total = contents.reduce(0, +)
    if !(total > 0) {
      // Without a positive sum the weights say nothing about the shape.
      contents = cut.map { Double($0.count) }
      total = Double(order.count)
    }
    negativeWeight = -contents.reduce(0) { $0 + min(0, $1) } / total
    heights = Self.ascending(contents, total: total)
  }

  /// One more edge and height than there are bins: the last ones again, which nothing is drawn from.
  func padded(to bins: Int) -> (edges: [Float], heights: [Float]) {
    let missing = bins + 1 - edges.count
    return (
      edges + [Float](repeating: edges[edges.count - 1], count: missing),
      heights.map(Float.init) + [Float](repeating: 1, count: missing)
    )
  }

  /// The cumulative distribution at a value of an event: in the middle of the step where a bin has no width.
  func height(at value: Float) -> Double {
    var (low, high) = (0, edges.count - 1)
    // The first edge above the value.
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] > value { high = middle } else { low = middle + 1 }
    }
    var bin = max(0, min(low, edges.count - 1) - 1)
    if edges[bin] == value, bin > 0, edges[bin - 1] == value { bin -= 1 }
    let width = Double(edges[bin + 1]) - Double(edges[bin])
    let part = width > 0 ? min(1, max(0, (Double(value) - Double(edges[bin])) / width)) : 0.5
    return heights[bin] + part * (heights[bin + 1] - heights[bin])
  }

  // MARK: Bins

  /// Consecutive events, with the smallest and the largest value.
  private struct Bin {
    var lowest: Float
    var highest: Float
    var count: Int
    /// Whether it is one value that many events have.
    var isValue: Bool
  }

  /// Events with equal values.
  private static func ties(_ order: [Int], _ values: [Float]) -> [Bin] {
    var ties: [Bin] = []
    for row in order {
      let value = values[row]
      if let last = ties.last, last.lowest == value {
        ties[ties.count - 1].count += 1
      } else {
        ties.append(Bin(lowest: value, highest: value, count: 1, isValue: false))
      }
    }
    return ties
  }

  /// Ties are never divided; one with as many events as a bin is a bin without width. Towards the ends a bin has no more
  /// events than there are beyond it, so that the density inside the outermost bins is no flatter than the tails; where there
  /// are too few bins for that, all have about as many events.
  private static func cut(_ ties: [Bin], into bins: Int, rows: Int) -> [Bin] {
    for isTapered in [true, false] {
      var quota = max(1, (rows + bins - 1) / bins)
      // Beyond all rows a larger quota changes nothing.
      while quota <= 2 * rows {
        let cut = cut(ties, quota: quota, rows: rows, isTapered: isTapered)
        if cut.count <= bins { return cut }
        quota += (quota + 7) / 8
      }
    }
    // One bin of all ties.
    return cut(ties, quota: rows + 1, rows: rows, isTapered: false)
  }

  /// - Parameter quota: events of a bin, about.
  private static func cut(_ ties: [Bin], quota: Int, rows: Int, isTapered: Bool) -> [Bin] {
    var cut: [Bin] = []
    var room = 0
    var before = 0
    for tie in ties {
      defer { before += tie.count }
      if tie.count >= max(2, quota) {
        // Two bins without width have one without events between them.
        if let last = cut.last, last.isValue {
          cut.append(Bin(lowest: last.highest, highest: tie.lowest, count: 0, isValue: false))
        }
        cut.append(Bin(lowest: tie.lowest, highest: tie.highest, count: tie.count, isValue: true))
        room = 0
      } else if room > 0 {
        cut[cut.count - 1].highest = tie.highest
        cut[cut.count - 1].count += tie.count
        room -= tie.count
      } else {
        cut.append(tie)
        room = (isTapered ? min(quota, max(1, before), max(1, (rows - before) / 2)) : quota) - tie.count
      }
    }
    return cut
  }

  /// Half way between neighbours; at the value of a bin without width.
  private static func edges(of bins: [Bin]) -> [Float] {
    var edges = [bins[0].lowest]
    for (bin, next) in zip(bins, bins.dropFirst()) {
      edges.append(
        bin.isValue ? bin.highest : next.isValue ? next.lowest : 0.5 * bin.highest + 0.5 * next.lowest)
    }
    return edges + [bins[bins.count - 1].highest]
  }

  /// The bins' mean weights, averaged over neighbours with a Gaussian kernel: an s-weight's mean is a purity, which
  /// changes slowly from bin to bin. The numbers of events stay; bins without width neither give nor take.
  private static func smoothed(_ sums: [Double], _ bins: [Bin], width: Double) -> [Double] {
    let reach = Int(min(Double(bins.count), (4 * width).rounded(.up)))
    let kernel = (0...reach).map { fs_exp(-0.5 * (Double($0) / width) * (Double($0) / width)) }
    return bins.indices.map { bin in
      if bins[bin].isValue { return sums[bin] }
      var (sum, count) = (0.0, 0.0)
      for other in max(0, bin - reach)...min(bins.count - 1, bin + reach) where !bins[other].isValue {
        sum += kernel[abs(other - bin)] * sums[other]
        count += kernel[abs(other - bin)] * Double(bins[other].count)
      }
      return count > 0 ? sum / count * Double(bins[bin].count) : 0
    }
  }

  // MARK: The cumulative distribution

  /// The least-squares ascending sequence of the cumulative sums over their total (pool adjacent violators, Ayer et al.,
  /// Ann. Math. Stat. 26 (1955) 641), cut at 0 and 1. A negative bin takes its weight from its neighbours, where
  /// setting it to zero would add weight to all regions of few events.
  private static func ascending(_ contents: [Double], total: Double) -> [Double] {
    var pools: [(mean: Double, count: Int)] = []
    var sum = 0.0
    for content in contents.dropLast() {
      sum += content
      var pool = (mean: sum / total, count: 1)
      while let last = pools.last, last.mean > pool.mean {
        let count = last.count + pool.count
        pool = ((last.mean * Double(last.count) + pool.mean * Double(pool.count)) / Double(count), count)
        pools.removeLast()
      }
      pools.append(pool)
    }
    return [0] + pools.flatMap { [Double](repeating: min(1, max(0, $0.mean)), count: $0.count) } + [1]
  }
}
