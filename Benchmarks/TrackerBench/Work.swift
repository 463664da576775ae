// A program that logs until it is stopped or killed, and says what was stored.
internal import Foundation
internal import RunStore

/// Logs runs one after another. After each call that has stored something a line `stored RUN EPOCH STEP` goes to
/// standard output, at the same time. An epoch of run r has 5 steps; `count` is the step, `mirror` its negative,
/// `inverse` 1 / step.
///
/// - Parameters:
///   - seconds: after which the run in progress is finished, and the work is done.
///   - epochs: of a run.
///   - floats: numbers in a checkpoint at every other epoch; 0 for none.
func work(on store: RunStore, seconds: Int, epochs: Int, floats: Int) throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  var number = 0
  repeat {
    let run = try store.begin(
      "logger-\(ProcessInfo.processInfo.processIdentifier)-\(number)",
      parameters: ["floats": .integer(Int64(floats)), "epochs": .integer(Int64(epochs))], tags: ["kind": "logger"])
    acknowledge("began \(run.number)")
    var step = 0
    for epoch in 1...max(1, epochs) where ContinuousClock.now < deadline || epoch == 1 {
      for _ in 0..<5 {
        step += 1
        try run.log(["count": Double(step), "mirror": -Double(step), "inverse": 1 / Double(step)])
      }
      if floats > 0, epoch.isMultiple(of: 2) {
        let weights = (0..<floats).map { Float(epoch * 1000 + Int(run.number.value) + $0) }
        try run.checkpoint([TensorRecord("weight", weights), TensorRecord("fixed", [1.5, 2.5])])
      } else {
        try run.endEpoch(["epochs": Double(epoch)])
      }
      acknowledge("stored \(run.number) \(epoch) \(step)")
      if epoch.isMultiple(of: 5) {
        try run.metric("score", 1 / Double(epoch))
        acknowledge("measured \(run.number) \(epoch)")
      }
    }
    try run.finish()
    acknowledge("finished \(run.number)")
    number += 1
  } while ContinuousClock.now < deadline
}

private func acknowledge(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
