// Start values from the data: slopes of backgrounds from the window's ends, peaks from a scan of positions and widths.
internal import CKernels

/// Finds starts for the shape parameters that were not given any.
struct StartValues {
  private let densities: [MassDensity]
  private let window: ClosedRange<Double>
  private let counts: [Double]
  private let centres: [Double]
  private static let bins = 300

  /// - Parameter masses: the events inside the window.
  init(densities: [MassDensity], window: ClosedRange<Double>, masses: [Double]) {
    self.densities = densities
    self.window = window
    var counts = [Double](repeating: 0, count: Self.bins)
    let length = window.upperBound - window.lowerBound
    for mass in masses {
      let bin = Int((mass - window.lowerBound) / length * Double(Self.bins))
      counts[min(max(bin, 0), Self.bins - 1)] += 1
    }
    self.counts = counts
    self.centres = (0..<Self.bins).map { window.lowerBound + (Double($0) + 0.5) * length / Double(Self.bins) }
  }

  /// Shape values to start from; several where the likelihood of such a model tends to have more than one minimum.
  func candidates(_ slots: [ShapeSlot]) -> [[Double]] {
    let peaks = scanPeaks(slots)
    let isIntricate = slots.contains { ($0.name == "f1" || $0.name == "alpha") && $0.floats }
    return (0..<(isIntricate ? 3 : 1)).map { variant in
      var values: [Double] = []
      for slot in slots {
        var value = slot.start
        if let shared = slot.shared {
          value = values[shared]
        } else if !slot.startIsGiven {
          let guess = guess(slot, peak: peaks[slot.component], variant: variant)
          let margin = 0.02 * (slot.limits.upperBound - slot.limits.lowerBound)
          value = min(max(guess, slot.limits.lowerBound + margin), slot.limits.upperBound - margin)
          if slot.name == "sigma" || slot.name == "s1" || slot.name == "s2" {
            value = min(max(guess, slot.limits.lowerBound * 1.05), slot.limits.upperBound - margin)
            if value < slot.limits.lowerBound { value = slot.limits.lowerBound + margin }
          }
        }
        values.append(value)
      }
      return values
    }
  }

  private struct Peak {
    var mean: Double
    var width: Double
  }

  private func guess(_ slot: ShapeSlot, peak: Peak?, variant: Int) -> Double {
    let length = window.upperBound - window.lowerBound
    switch slot.name {
    case "mu": return peak?.mean ?? 0.5 * (window.lowerBound + window.upperBound)
    case "sigma": return (peak?.width ?? length / 10) * [1, 0.85, 1.1][variant]
    case "s1": return (peak?.width ?? length / 10) * [0.85, 0.6, 1][variant]
    case "s2": return (peak?.width ?? length / 10) * [1.8, 1.2, 3.5][variant]
    case "f1": return [0.65, 0.4, 0.9][variant]
    case "alpha": return [1.5, 0.8, 2.5][variant]
    case "lam": return slope(component: slot.component)
    case "c1": return tilt
    default: return 0
    }
  }

  /// Events in the lowest and in the highest fifth of the window.
  private var ends: (low: Double, high: Double) {
    let fifth = Self.bins / 5
    return (counts.prefix(fifth).reduce(1, +), counts.suffix(fifth).reduce(1, +))
  }

  /// The slope that the ends suggest, spread where several exponentials would start alike.
  private func slope(component: Int) -> Double {
    let length = window.upperBound - window.lowerBound
    let earlier = densities[..<component].filter { $0 == .exponential }.count
    let spread = 3 * Double((earlier + 1) / 2) * (earlier.isMultiple(of: 2) ? 1 : -1)
    return (fs_log(ends.high / ends.low) / 0.8 + spread) / length
  }

  private var tilt: Double { min(max((ends.high - ends.low) / (ends.high + ends.low) / 0.8, -0.6), 0.6) }

  /// Positions and widths of the peaking components, each found as the Gaussian that raises the likelihood of the
  /// histogram most, given the other components. Peaks without given means get them in ascending mass.
  private func scanPeaks(_ slots: [ShapeSlot]) -> [Peak?] {
    let smooth = densities.enumerated().filter { !$0.element.isPeak }.map {
      smoothColumn($0.element, component: $0.offset)
    }
    let peaking = densities.indices.filter { densities[$0].isPeak }
    var peaks = [Peak?](repeating: nil, count: densities.count)
    for pass in 0..<(peaking.count > 1 ? 2 : 1) {
      for component in peaking {
        let means = known(slots, component: component, names: ["mu"], peaks: peaks, \.mean)
        let widths = known(slots, component: component, names: ["sigma", "s1"], peaks: peaks, \.width)
        if pass > 0, means != nil, widths != nil { continue }
        let others = smooth + peaking.filter { $0 != component }.compactMap { peaks[$0].map { gaussianColumn($0) } }
        peaks[component] = bestPeak(beside: others, mean: means, width: widths)
      }
    }
    let unordered = peaking.filter { known(slots, component: $0, names: ["mu"], peaks: peaks, \.mean) == nil }
    let sorted = unordered.compactMap { peaks[$0] }.sorted { $0.mean < $1.mean }
    for (component, peak) in zip(unordered, sorted) { peaks[component] = peak }
    return peaks
  }

  /// A given start of one of the named parameters, or what an earlier peak that it is shared with has.
  private func known(
    _ slots: [ShapeSlot], component: Int, names: [String], peaks: [Peak?], _ value: (Peak) -> Double
  ) -> Double? {
    for slot in slots where slot.component == component && names.contains(slot.name) {
      if let shared = slot.shared {
        return slots[shared].startIsGiven ? slots[shared].start : peaks[slots[shared].component].map(value)
      }
      if slot.startIsGiven { return slot.start }
    }
    return nil
  }

  private func bestPeak(beside others: [[Double]], mean: Double?, width: Double?) -> Peak {
    let length = window.upperBound - window.lowerBound
    let widths = width.map { [$0] } ?? [250, 140, 80, 46, 26, 15, 8.7, 5].map { length / $0 }
    var best = (peak: Peak(mean: centres[Self.bins / 2], width: length / 10), gain: -Double.infinity)
    for width in widths {
      let steps = Int(min(max(length / max(width, length / 1000), 8), 120))
      let means =
        mean.map { [$0] }
        ?? (0..<steps).map { window.lowerBound + (Double($0) + 0.5) * length / Double(steps) }
      for mean in means {
        let peak = Peak(mean: mean, width: width)
        let gain = logLikelihood(others + [gaussianColumn(peak)])
        if gain > best.gain { best = (peak, gain) }
      }
    }
    return best.peak
  }

  private func gaussianColumn(_ peak: Peak) -> [Double] {
    normalised(
      centres.map {
        let distance = ($0 - peak.mean) / peak.width
        return -0.5 * distance * distance
      })
  }

  private func smoothColumn(_ density: MassDensity, component: Int) -> [Double] {
    switch density {
    case .exponential:
      let slope = slope(component: component)
      return normalised(centres.map { slope * ($0 - window.lowerBound) })
    default:
      let length = window.upperBound - window.lowerBound
      let column = centres.map { 1 + tilt * (2 * ($0 - window.lowerBound) / length - 1) }
      return column.map { $0 / Double(Self.bins) }
    }
  }

  /// exp of the values, scaled to the sum 1.
  private func normalised(_ logarithms: [Double]) -> [Double] {
    var column = logarithms
    column.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { exponentials(start, count: buffer.count) }
    }
    let sum = column.reduce(0, +)
    return sum > 0 ? column.map { $0 / sum } : column
  }

  /// The histogram's log-likelihood after a few EM rounds for the fractions.
  private func logLikelihood(_ columns: [[Double]]) -> Double {
    // The peak under trial, the last one, begins small: EM raises fractions faster than it lowers them.
    let share = columns.count > 1 ? 0.15 : 1
    var fractions = columns.dropLast().map { _ in (1 - share) / Double(columns.count - 1) } + [share]
    let events = counts.reduce(0, +)
    var total = [Double](repeating: 0, count: Self.bins)
    for round in 0..<11 {
      for bin in total.indices {
        total[bin] = 1e-12
        for component in columns.indices { total[bin] += fractions[component] * columns[component][bin] }
      }
      guard round < 10 else { break }
      for component in columns.indices {
        var share = 0.0
        for bin in total.indices { share += counts[bin] * columns[component][bin] / total[bin] }
        fractions[component] *= share / events
      }
    }
    var sum = 0.0
    for bin in total.indices where counts[bin] > 0 { sum += counts[bin] * fs_log(total[bin]) }
    return sum
  }
}
