// What a config's training computes, in words, and where its time goes.
internal import CKernels
internal import TensorGraph

/// The compiled steps of a config as text: stages, operations with their shapes, fusions, floating-point operations,
/// bytes and memory. Nothing is trained and no store is opened; equal configs give equal texts on equal machines.
/// - Parameter folder: the config's folder.
/// - Throws: what is wrong with the data or the networks, in one line.
package func explain(
  _ configuration: Configuration, folder: String, engine: Engine, observer: TrainingObserver
) throws -> String {
  let prepared = try PreparedRun(
    configuration, locations: DataLocations(folder: folder), engine: engine, observer: observer)
  let model = prepared.model
  return """
    program \(model.programDigest)
    kernels \(engine.isa), \(engine.threads) thread\(engine.threads == 1 ? "" : "s")

    critic step, \(configuration.training.criticSteps) for each generator step
    \(model.criticStep.explanation)
    generator step
    \(model.generatorStep.explanation)
    """
}

/// Trains a few steps of a config, stores nothing, and says where the time went: each sort of kernel with its share of
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
  let model = prepared.model
  model.initialise(seed: configuration.seed)
  observer(.preparing("training \(steps) steps with a clock around each kernel"))
  // A whole generator step first: it fills the minibatches that the timed steps then compute with.
  _ = prepared.trainer.run(step: 0)
  func profile(_ program: Program) -> String {
    program.profile(steps: steps, seed: configuration.seed, firstStep: 1).description
  }
  return """
    kernels \(engine.isa)

    critic step, \(configuration.training.criticSteps) for each generator step
    \(profile(model.criticStep))
    generator step
    \(profile(model.generatorStep))
    """
}
