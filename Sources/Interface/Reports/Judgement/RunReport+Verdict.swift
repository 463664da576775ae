// The verdict of a report: whether the generated events can be told from the real ones, by which values, against what.
internal import Charts
internal import Numerics
internal import Output
internal import RunStore
internal import Text

/// The first lines of a report.
struct ReportVerdict {
  let headline: String
  let mood: HTMLPage.Mood
  let sentences: [String]
}

extension RunReport {
  /// A value within this many uncertainties of its floor, or of zero, counts as equal to it.
  static let agreement = 2.0
  /// A value beyond this many uncertainties counts as different however many values there are.
  private static let discovery = 5.0

  var verdict: ReportVerdict {
    let run = details.run
    guard let evaluation else {
      let state = run.epoch == 0 ? "the run has no epochs" : "nothing was measured yet"
      return ReportVerdict(
        headline: "Not judged: \(state).", mood: .bad,
        sentences: [
          progress, missing("measures", "\(run.epoch == 0 ? "resume" : "evaluate") \(run.number)"), auditSentence,
        ])
    }
    let judged = evaluation.values.filter { $0.bin == nil && $0.significance != nil }
    let off = judged.filter { ($0.significance ?? 0).magnitude > Self.agreement }
    let far = judged.filter { ($0.significance ?? 0).magnitude > Self.discovery }
    let comparison = baselineComparison
    var sentences = [progress]
    let headline: String
    let mood: HTMLPage.Mood
    if judged.isEmpty {
      headline = "Measured, but not judged: no value has a floor or is a difference with an uncertainty."
      mood = .plain
    } else {
      // One value in twenty lies beyond two uncertainties by chance.
      let agrees = far.isEmpty && Double(off.count) <= max(1, 0.1 * Double(judged.count))
      let count = "\(judged.count - off.count) of \(counted(judged.count, "value"))"
      headline =
        agrees
        ? "The generated events agree with the real ones: \(count) lie within 2 uncertainties of the floor or of zero."
        : "The generated events differ from the real ones: only \(count) lie within 2 uncertainties of the floor or of zero."
      mood = agrees ? .good : comparison.map { $0.nearer.count < $0.farther.count } ?? false ? .bad : .plain
      let farthest = judged.sorted { ($0.significance ?? 0).magnitude > ($1.significance ?? 0).magnitude }.prefix(3)
      sentences.append("Farthest away: \(farthest.map(Self.described).joined(separator: "; ")).")
    }
    if !evaluation.values.contains(where: { $0.floor != nil }) {
      let remedy = isLoggedElsewhere ? "" : ": `fastsim evaluate \(run.number)` takes them"
      sentences.append(
        "No floors are stored, so that distances show how far the samples are apart but not how far two real ones are"
          + "\(remedy).")
    }
    sentences.append(comparison?.sentence ?? baselineSentence)
    sentences.append(auditSentence)
    return ReportVerdict(headline: headline, mood: mood, sentences: sentences)
  }

  /// `ks.RichDLLk, 0.085 ± 0.004, 15.4 uncertainties above its floor 0.008 ± 0.003`
  private static func described(_ value: ReportedValue) -> String {
    let significance = value.significance ?? 0
    let side = significance < 0 ? "below" : "above"
    let from =
      value.isDifference ? "zero" : "its floor \(value.floor.map { measured($0, value.floorUncertainty) } ?? "")"
    return
      "\(value.name), \(measured(value.value ?? .nan, value.uncertainty)),"
      + " \(oneDecimal(significance.magnitude)) uncertainties \(side) \(from)"
  }

  /// `Run 1 rich-kaon finished at epoch 12; judged at epoch 12 on its test part.`
  private var progress: String {
    let run = details.run
    let state =
      switch run.status {
      case .finished: "finished"
      case .running: "is still running,"
      case .interrupted: "was interrupted"
      case .crashed: "crashed"
      case .failed: "failed"
      }
    let judged = evaluation.map { "; judged at epoch \($0.epoch) on the part `\(printable($0.role))`\($0.size)" } ?? ""
    let message = details.attempts.last?.message.map { " (\(printable($0)))" } ?? ""
    return "Run \(run.number) \(printable(run.name)) \(state) at epoch \(run.epoch)\(message)\(judged)."
  }

  private var auditSentence: String {
    guard let last = details.audits.max(by: { $0.number < $1.number }) else {
      return isLoggedElsewhere
        ? "It was never audited."
        : "It was never audited: `fastsim audit \(details.run.number)` trains epochs again and compares every bit."
    }
    let intact = last.isIntact == false ? " The stored report was changed after the audit." : ""
    return
      "Last audit, \(OutputValue.time(last.at).shortText) (\(counted(details.audits.count, "audit")) in all):"
      + " \(printable(last.verdict)).\(intact)"
  }

  private var baselineSentence: String {
    guard let baseline else {
      return isBaseline
        ? "The run is itself a baseline; --baseline RUN names a run to compare it with."
        : "There is no baseline: `fastsim baseline CONFIG` makes one of the same data, --baseline RUN names another run."
    }
    return "The baseline, \(printable(baseline.title)), has no value in common with the run:"
      + " `fastsim evaluate \(baseline.details.run.number)` takes them."
  }

  /// Whether another program logged the run: no command of fastsim evaluates or audits its networks.
  var isLoggedElsewhere: Bool { details.run.programDigest == NewRun.noProgram }

  /// - Parameters:
  ///   - command: what makes them, without `fastsim`.
  ///   - condition: which runs can have them, such as `for a RICH run`.
  func missing(_ what: String, _ command: String, _ condition: String? = nil) -> String {
    isLoggedElsewhere
      ? "There are no \(what); the run was logged by another program."
      : "There are no \(what): `fastsim \(command)` makes them\(condition.map { " \($0)" } ?? "")."
  }
}

/// How a run and its baseline do in the values that both have.
struct BaselineComparison {
  let title: String
  let nearer: [String]
  let farther: [String]
  /// Whether both were judged on the same real events, as far as that is known.
  let sameData: Bool

  var sentence: String {
    let total = nearer.count + farther.count
    let data = sameData ? "" : " It was judged on other real events, so that the values do not compare exactly."
    let list = farther.isEmpty ? "" : "; not in \(farther.prefix(5).joined(separator: ", "))"
    let more = farther.count > 5 ? " and \(farther.count - 5) more" : ""
    return
      "Against the baseline, \(printable(title)): nearer to the real events in \(nearer.count) of"
      + " \(counted(total, "value"))\(list)\(more).\(data)"
  }
}

extension RunReport {
  /// nil without a baseline or a value that both have.
  var baselineComparison: BaselineComparison? {
    guard let baseline, let other = baseline.evaluation, let evaluation else { return nil }
    var (nearer, farther): ([String], [String]) = ([], [])
    for value in evaluation.values where value.bin == nil && !value.name.hasSuffix(".p_value") {
      guard let its = other.value(value.name, bin: nil), let isBetter = value.isBetter(than: its) else { continue }
      if isBetter { nearer.append(value.name) } else { farther.append(value.name) }
    }
    guard nearer.count + farther.count > 0 else { return nil }
    return BaselineComparison(
      title: baseline.title, nearer: nearer, farther: farther,
      sameData: evaluation.hasSameEvents(as: other) ?? (baseline.details.trainingData == details.trainingData))
  }
}
