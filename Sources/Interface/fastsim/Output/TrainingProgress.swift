// What a person sees of a training: a bar on a terminal, else a line for each epoch.
import Foundation
import Numerics
import Output
import RunStore
import Text
import Training

/// Shows the events of a session on standard error.
///
/// Where there is no terminal, what the preparation says is kept back until it has succeeded: a refusal is then the one
/// line that its reader needs.
final class TrainingProgress {
  private let quiet: Bool
  private var line: ProgressLine
  private var began = ContinuousClock.now
  private var stepsDone = 0
  private var losses = ""
  private var keptBack: [String] = []

  /// - Parameter quiet: shows nothing.
  init(quiet: Bool) {
    self.quiet = quiet
    line = ProgressLine(quiet: quiet)
  }

  /// Takes the bar away.
  func end() { line.clear() }

  /// Takes the bar away, and says what was kept back.
  func finish() {
    end()
    release()
  }

  func observe(_ event: TrainingEvent) {
    switch event {
    case .preparing(let what): announce(what)
    case .warning(let text):
      if quiet { return }
      line.clear()
      note("fastsim: warning: " + oneLine(text))
    case .began(let run, let name, let first, let last):
      (began, stepsDone) = (.now, 0)
      let epochs = first > last ? "no epoch to train" : first == last ? "epoch \(last)" : "epochs \(first) to \(last)"
      announce("run \(run) \(printable(name)): \(epochs)")
      release()
    case .step(let epoch, let done, let steps, let last): step(epoch, done, steps, last)
    case .epoch(let record, let last): finished(record, last)
    case .evaluating(let role): if Terminal.error.isInteractive { announce("measuring the \(role) sample") }
    }
  }

  /// A line that stays where there is no terminal.
  private func announce(_ text: String) {
    if quiet { return }
    Terminal.error.isInteractive ? line.draw(text, always: true) : note(text)
  }

  private func note(_ text: String) {
    if Terminal.error.isInteractive { printNotice(text) } else { keptBack.append(text) }
  }

  private func release() {
    for text in keptBack { printNotice(text) }
    keptBack = []
  }

  private func step(_ epoch: Int, _ done: Int, _ steps: Int, _ last: Int) {
    stepsDone += 1
    let left = Double(max(0, last - epoch)) * Double(steps) + Double(steps - done)
    let total = Double(max(last, epoch)) * Double(steps)
    line.draw("epoch \(epoch)/\(max(last, epoch))  \(pace(left: left))\(losses)", fraction: 1 - left / total)
  }

  private func finished(_ record: EpochRecord, _ last: Int) {
    let values = record.points.map { "\($0.series) \(shortNumber($0.value))" }
    losses = values.map { "  " + $0 }.joined()
    if quiet || Terminal.error.isInteractive { return }
    let left = Double(last - record.epoch) * Double(record.step) / Double(max(record.epoch, 1))
    let facts = ["epoch \(record.epoch)/\(last)", "step \(record.step)", duration(record.seconds), pace(left: left)]
    printNotice((facts + values).joined(separator: "  "))
  }

  /// Steps a second since the session began, and how long the steps that are left will take.
  private func pace(left: Double) -> String {
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    guard stepsDone > 0, seconds > 0 else { return "" }
    let rate = Double(stepsDone) / seconds
    return "\(String(format: "%.1f", rate)) steps/s" + (left > 0 ? "  ETA \(clock(left / rate))" : "")
  }
}
