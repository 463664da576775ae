// Sandwich variances in which all replicas of an event count as one contribution.
internal import Numerics

/// Means over the replicas of each event.
/// - Parameter values: replica-major, shape [replicas * events]: element `r * events + i` is replica `r` of event `i`.
/// - Returns: shape [events].
func eventMeans(_ values: [Double], replicas: Int) -> [Double] {
  guard replicas > 1 else { return values }
  let events = values.count / replicas
  var means = [Double](repeating: 0, count: events)
  for replica in 0..<replicas {
    for event in 0..<events { means[event] += values[replica * events + event] }
  }
  for event in 0..<events { means[event] /= Double(replicas) }
  return means
}

/// The weights of replica-major rows: each event's weight shared out evenly among its replicas.
func replicaWeights(_ weights: [Double], replicas: Int) -> [Double] {
  guard replicas > 1 else { return weights }
  var shared: [Double] = []
  shared.reserveCapacity(weights.count * replicas)
  for _ in 0..<replicas { for weight in weights { shared.append(weight / Double(replicas)) } }
  return shared
}

/// sum w^2 psi^2 / W^2: the variance of an estimate whose influence function is `psi`, already centred.
func sandwichVariance(weights: [Double], sum: Double, influence: (Int) -> Double) -> Double {
  compensatedSum(weights.count) { event in
    let contribution = weights[event] / sum * influence(event)
    return contribution * contribution
  }
}
