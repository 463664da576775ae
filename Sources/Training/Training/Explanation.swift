// The compiled steps of a config as text, and a profile of their time.
internal import CKernels
package import Configuration
internal import Foundation
internal import TensorGraph
internal import Text

/// The compiled steps of a config as text: stages, operations with their shapes, fusions, floating-point operations,
/// bytes and memory. Nothing is trained and no store is opened; equal configs give equal texts on equal machines.
/// - Parameter folder: the config's folder.
/// - Throws: what is wrong with the data or the networks, in one line.
package func explain(
  _ configuration: Configuration, folder: String, engine: Engine, observer: TrainingObserver
) throws -> String {
  let prepared = try PreparedRun(
    configuration, locations: DataLocations(folder: folder), engine: engine, observer: observer)
  let model = try networks(of: prepared)
  return """
    program \(model.programDigest)
    kernels \(engine.isa), \(counted(engine.threads, "thread"))

    \(eachStep(of: model, configuration) { $0.explanation })
    """
}

/// - Throws: `TrainingError.noCompiledSteps` for a histogram.
private func networks(of prepared: PreparedRun) throws -> AdversarialModel {
  guard let model = prepared.model as? AdversarialModel else {
    throw TrainingError.noCompiledSteps(objective: prepared.configuration.model.objective.rawValue)
  }
  return model
}

/// A text about each step, under its title.
private func eachStep(
  of model: AdversarialModel, _ configuration: Configuration, _ text: (Program) -> String
) -> String {
  let critic = model.criticStep.map {
    "critic step, \(configuration.training.criticSteps) for each generator step\n\(text($0))\n"
  }
  return "\(critic ?? "")generator step\n\(text(model.generatorStep))"
}

/// Trains a few steps of a config, stores nothing, and reports the time: each kind of kernel with its share of
/// the time and of the measured peak.
/// - Parameters:
///   - steps: how many of each step are timed.
///   - folder: the config's folder.
/// - Throws: what is wrong with the data or the networks, in one line.
package func profile(
  _ configuration: Configuration, steps: Int, folder: String, engine: Engine, observer: TrainingObserver
) throws -> String {
  let prepared = try PreparedRun(
    configuration, locations: DataLocations(folder: folder), engine: engine, observer: observer)
  let model = try networks(of: prepared)
  model.initialise(seed: configuration.seed)
  observer(.preparing("training \(steps) steps with a clock around each kernel"))
  // A whole generator step first: it fills the minibatches that the timed steps then compute with.
  _ = try prepared.trainer.run(step: 0)
  func profile(_ program: Program) -> String {
    table(program.profile(steps: steps, seed: configuration.seed, firstStep: 1))
  }
  return """
    kernels \(engine.isa)

    \(eachStep(of: model, configuration, profile))
    """
}

/// A profile as a table, one line for each kind of kernel.
private func table(_ profile: Profile) -> String {
  func line(_ name: String, _ cells: String...) -> String {
    name.padding(toLength: 16, withPad: " ", startingAt: 0)
      + zip(cells, [8, 10, 8, 9, 8, 8]).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }.joined()
  }
  func decimal(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
  let available = profile.seconds * Double(profile.threads)
  let idle = max(0, available - profile.kernels.reduce(0) { $0 + $1.seconds })
  var lines = [
    "\(decimal(1000 * profile.seconds, 3)) ms a step with \(counted(profile.threads, "thread")),"
      + " \(decimal(Double(profile.flops) / profile.seconds / 1e9)) GFLOP/s,"
      + " \(decimal(100 * profile.fractionOfPeak)) % of the measured peak of"
      + " \(decimal(profile.peak * Double(profile.threads) / 1e9)) GFLOP/s",
    line("kernel", "calls", "ms", "time %", "GFLOP/s", "peak %", "GB/s"),
  ]
  for kernel in profile.kernels {
    let rate = Double(kernel.flops) / kernel.seconds
    lines.append(
      line(
        kernel.kind, "\(kernel.calls)", decimal(1000 * kernel.seconds, 3),
        decimal(100 * kernel.seconds / available), decimal(rate / 1e9), decimal(100 * rate / profile.peak),
        decimal(Double(kernel.bytes) / kernel.seconds / 1e9)))
  }
  lines.append(line("between calls", "", decimal(1000 * idle, 3), decimal(100 * idle / available)))
  return lines.joined(separator: "\n") + "\n"
}
