// Errors of one-dimensional measures from the influence of an event at each value.
internal import Numerics

extension MergedColumns {
  /// The sandwich error: sqrt(sum w^2 (a - mean a)^2 / W^2) over both columns; with replicas an event and its generated
  /// partners are one contribution, (a_i + mean over replicas of b_ri), each centred. O(n), sums in a fixed order.
  /// - Parameters:
  ///   - first, second: what an event at a distinct value contributes to the measure, up to a constant: the derivative of
  ///     the measure by the share of weight there, for each column; nil for a column that the measure does not look at.
  @inline(__always)
  func uncertainty(_ name: String, first one: ((Int) -> Double)?, second two: ((Int) -> Double)?) throws -> Double {
    let (mean1, mean2) = (one.map { first.mean($0) } ?? 0, two.map { second.mean($0) } ?? 0)
    var variance = 0.0
    if let replicas {
      let events = first.places.count
      first.places.withUnsafeBufferPointer { places in
        second.places.withUnsafeBufferPointer { others in
          first.rowWeights.withUnsafeBufferPointer { weights in
            for event in 0..<events {
              var influence = 0.0
              if let two {
                for replica in 0..<replicas { influence += two(Int(others[replica * events + event])) - mean2 }
                influence /= Double(replicas)
              }
              if let one { influence += one(Int(places[event])) - mean1 }
              let contribution = weights[event] / first.sums.sum * influence
              variance += contribution * contribution
            }
          }
        }
      }
    } else {
      if let one { variance += first.variance(one, mean1) }
      if let two { variance += second.variance(two, mean2) }
    }
    return try finite(variance.squareRoot(), "the error of \(name)")
  }

  /// The same for influences that differ in sign alone, as those of integrals over F1 - F2 do.
  func uncertainty(_ name: String, antisymmetric influences: [Double]) throws -> Double {
    try influences.withUnsafeBufferPointer { influences in
      try uncertainty(name, first: { influences[$0] }, second: { -influences[$0] })
    }
  }
}

extension MergedColumns.Side {
  /// w/W (a - mean a) of each row, shape [rows].
  /// - Parameter value: of an event at a distinct value.
  func contributions(_ value: (Int) -> Double) -> [Double] {
    let mean = mean(value)
    return places.indices.map { rowWeights[$0] / sums.sum * (value(Int(places[$0])) - mean) }
  }

  /// The weighted mean of something known at each value. Where that is the same for all events it is the mean itself, so that
  /// no rounding is taken for a spread.
  @inline(__always)
  fileprivate func mean(_ value: (Int) -> Double) -> Double {
    weights.withUnsafeBufferPointer { weights in
      var total = 0.0
      var first: Double?
      var isConstant = true
      for index in weights.indices where weights[index] != 0 {
        let value = value(index)
        total += weights[index] * value
        isConstant = isConstant && value == first ?? value
        first = first ?? value
      }
      return isConstant ? first ?? 0 : total / sums.sum
    }
  }

  /// sum w^2 (a - mean)^2/W^2.
  @inline(__always)
  fileprivate func variance(_ value: (Int) -> Double, _ mean: Double) -> Double {
    squares.withUnsafeBufferPointer { squares in
      var total = 0.0
      for index in squares.indices where squares[index] != 0 {
        let influence = (value(index) - mean) / sums.sum
        total += squares[index] * influence * influence
      }
      return total
    }
  }
}
