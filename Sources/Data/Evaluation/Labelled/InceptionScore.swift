// The inception family: scores of generated events by what a classifier says of them.
internal import CKernels
package import Numerics

/// IS = exp(E_x KL(p(y|x) || p(y))), from 1 to the number of classes; higher is better.
///
/// O(n K). The error is the infinitesimal jackknife: the influence of an event is IS (KL(p(y|x) || p(y)) - ln IS).
/// Source: T. Salimans et al., arXiv:1606.03498.
package func inceptionScore(_ generated: ClassProbabilities) throws -> Estimate {
  let marginal = generated.marginal
  let divergences = zip(generated.negativeEntropies, generated.rows).map { entropy, row in
    entropy - compensatedSum(row.count) { row[$0] > 0 ? row[$0] * fs_log(marginal[$0]) : 0 }
  }
  // Rounding must not take the score below 1.
  let score = fs_exp(max(0, generated.mean(divergences)))
  return Estimate(score, uncertainty: score * generated.uncertainty(divergences))
}

/// The mean of the inception score over consecutive parts of the events and its standard deviation over the parts, as the
/// paper gives them: the deviation is that of one part and no error of the mean.
/// - Parameter splits: 2 or more; each part must be measurable.
package func splitInceptionScore(_ generated: ClassProbabilities, splits: Int = 10) throws -> Spread {
  guard splits >= 2, generated.rows.count >= 5 * splits else {
    throw EvaluationError.badOption(
      "\(splits) parts of \(generated.rows.count) events: give 2 or more parts of 5 events")
  }
  let scores = try bucketRanges(generated.rows.count, count: splits).map { range in
    try inceptionScore(
      ClassProbabilities(
        Array(generated.rows[range]), weights: Array(generated.weights[range]), name: "a part of the events")
    ).value
  }
  return Spread(of: scores)
}

/// m-IS = exp(E_i E_j KL(p(y|x_i) || p(y|x_j))) over all ordered pairs, an event with itself included; higher is better.
///
/// O(n K): the mean is mean_i sum p_i ln p_i - sum over y of p(y) mean_j ln p_j(y). The error is the infinitesimal
/// jackknife. Source: S. Gurumurthy et al., arXiv:1706.02071.
/// - Parameter floor: probabilities are taken as at least this, so that a class that is ruled out leaves a finite score.
/// - Throws: ``EvaluationError`` where the score overflows, or a probability is 0 and `floor` too.
package func modifiedInceptionScore(_ generated: ClassProbabilities, floor: Double = 1e-300) throws -> Estimate {
  guard floor >= 0, floor < 1 else {
    throw EvaluationError.badOption("the smallest probability is \(floor): give a number from 0 to 1")
  }
  let logarithms = generated.rows.map { row in row.map { fs_log(max($0, floor)) } }
  guard logarithms.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
    throw EvaluationError.undefined(
      measure: "modified-inception-score", reason: "a class has probability 0 for an event",
      alternative: "inception-score")
  }
  let marginal = generated.marginal
  let meanLogarithms = (0..<generated.classes).map { y in generated.mean(logarithms.map { $0[y] }) }
  let entropies = generated.negativeEntropies
  // The derivative of the mean by the weight of an event, in both of its roles.
  let influences = generated.rows.indices.map { event in
    entropies[event]
      - compensatedSum(generated.classes) {
        generated.rows[event][$0] * meanLogarithms[$0] + marginal[$0] * logarithms[event][$0]
      }
  }
  let exponent =
    generated.mean(entropies) - compensatedSum(generated.classes) { marginal[$0] * meanLogarithms[$0] }
  let score = try finite(fs_exp(max(0, exponent)), "the modified inception score")
  return Estimate(
    score, uncertainty: try finite(score * generated.uncertainty(influences), "the modified inception score's error"))
}

/// Where the divergence of the classes' frequencies stands in the mode score.
package enum ModeScoreForm: String, Sendable, CaseIterable {
  /// exp(E KL(p(y|x) || p_train(y)) - KL(p(y) || p_train(y))), equal to the inception score.
  case original
  /// exp(E KL(p(y|x) || p_train(y))) - KL(p(y) || p_train(y)), as the table of arXiv:1802.03446 prints it.
  case table
}

/// The mode score in either form. Higher is better.
///
/// O(n K). The error is the infinitesimal jackknife, the frequencies of the training sample held fixed.
/// Source: T. Che et al., arXiv:1612.02136; A. Borji, arXiv:1802.03446, table 1.
/// - Parameter training: p_train(y), one for each class; see ``ClassProbabilities/marginal``.
/// - Throws: ``EvaluationError`` where a class never occurs in training although the classifier finds it.
package func modeScore(
  _ generated: ClassProbabilities, training: [Double], form: ModeScoreForm = .original
) throws -> Estimate {
  let training = try trainingShares(training, classes: generated.classes)
  let name = "mode-score"
  let marginal = generated.marginal
  let outer = try divergence(marginal, from: training, measure: name)
  let entropies = generated.negativeEntropies
  func cross(_ row: [Double], _ logarithms: [Double]) -> Double {
    compensatedSum(row.count) { row[$0] > 0 ? row[$0] * logarithms[$0] : 0 }
  }
  let byTraining = training.map { $0 > 0 ? fs_log($0) : 0 }
  // The derivative of KL(p(y) || p_train) by an event's weight, up to a constant.
  let byShares = zip(marginal, byTraining).map { $0 > 0 ? fs_log($0) - $1 : 0 }
  let inner = zip(entropies, generated.rows).map { $0 - cross($1, byTraining) }
  let shares = generated.rows.map { cross($0, byShares) }
  switch form {
  case .original:
    let score = fs_exp(max(0, generated.mean(inner) - outer))
    return Estimate(
      try finite(score, "the mode score"),
      uncertainty: score * generated.uncertainty(zip(inner, shares).map { $0 - $1 }))
  case .table:
    let exponential = fs_exp(generated.mean(inner))
    return Estimate(
      try finite(exponential - outer, "the mode score"),
      uncertainty: try finite(
        generated.uncertainty(zip(inner, shares).map { exponential * $0 - $1 }), "the error of the mode score"))
  }
}

/// AM = KL(p_train(y) || p(y)) + E_x H(y|x) in nats; lower is better.
///
/// O(n K). The error is the infinitesimal jackknife, the frequencies of the training sample held fixed.
/// Source: Z. Zhou et al., arXiv:1703.02000.
/// - Throws: ``EvaluationError`` where a class of the training sample is never generated.
package func activationMaximisationScore(_ generated: ClassProbabilities, training: [Double]) throws -> Estimate {
  let training = try trainingShares(training, classes: generated.classes)
  let marginal = generated.marginal
  let entropies = generated.negativeEntropies
  let value = try divergence(training, from: marginal, measure: "am-score") - generated.mean(entropies)
  let slopes = zip(training, marginal).map { $0 > 0 ? $0 / $1 : 0 }
  let influences = zip(entropies, generated.rows).map { entropy, row in
    -entropy - compensatedSum(row.count) { row[$0] * slopes[$0] }
  }
  return Estimate(
    try finite(value, "the AM score"),
    uncertainty: try finite(generated.uncertainty(influences), "the error of the AM score"))
}

private func trainingShares(_ training: [Double], classes: Int) throws -> [Double] {
  guard training.count == classes else {
    throw EvaluationError.lengthMismatch("the training frequencies", count: training.count, expected: classes)
  }
  try requireFinite(training, "the training frequencies")
  let sum = compensatedSum(classes) { training[$0] }
  guard sum > 0, sum.isFinite, training.allSatisfy({ $0 >= 0 }) else {
    throw EvaluationError.badOption("the training frequencies are negative or all zero: give the share of each class")
  }
  return training.map { $0 / sum }
}
