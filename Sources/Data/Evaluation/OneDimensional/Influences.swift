// Errors of one-dimensional measures from the influence of an event at each value.
internal import Numerics

/// What an event at each distinct value contributes to a measure, up to a constant: the derivative of the measure by the
/// share of weight there, for an event of the first and of the second column. Shape [distinct values] each.
struct Influences {
  var first: [Double]
  var second: [Double]
}

extension MergedColumns {
  /// The sandwich error: sqrt(sum w^2 (a - mean a)^2 / W^2) over both columns; with replicas an event and its generated
  /// partners are one contribution, (a_i + mean over replicas of b_ri), each centred. O(n).
  func uncertainty(_ influences: Influences, _ name: String) throws -> Double {
    let means = (first.mean(influences.first), second.mean(influences.second))
    var total = CompensatedSum()
    if let replicas {
      let events = first.places.count
      for event in 0..<events {
        var partner = 0.0
        for replica in 0..<replicas {
          partner += influences.second[Int(second.places[replica * events + event])] - means.1
        }
        let own = influences.first[Int(first.places[event])] - means.0
        let contribution = first.rowWeights[event] / first.sums.sum * (own + partner / Double(replicas))
        total.add(contribution * contribution)
      }
    } else {
      for (side, values, mean) in [(first, influences.first, means.0), (second, influences.second, means.1)] {
        for index in values.indices where side.squares[index] != 0 {
          let influence = (values[index] - mean) / side.sums.sum
          total.add(side.squares[index] * influence * influence)
        }
      }
    }
    return try finite(total.value.squareRoot(), "the error of \(name)")
  }
}

extension MergedColumns.Side {
  /// The weighted mean of something known at each value.
  fileprivate func mean(_ values: [Double]) -> Double {
    compensatedSum(values.count) { weights[$0] * values[$0] } / sums.sum
  }
}
