// What a run fits to its training part and generates events with: networks, a histogram or a mean shower.
package import Configuration
package import Digests
package import RunStore

/// A model in some state of its training.
package protocol GenerativeModel: AnyObject {
  /// SHA-256 of a text that says what a step computes: the run's program digest.
  var programDigest: Digest { get }
  /// Every trained number.
  var parameterCount: Int { get }
  /// The trained numbers, in the store's form.
  var parameterTensors: [TensorRecord] { get }
  /// Everything that the next step depends on, but for the transforms of the data.
  var stateTensors: [TensorRecord] { get }

  /// Takes the state before the first step.
  func initialise(seed: UInt64)
  /// Goes back to a stored state.
  /// - Throws: `TrainingError.stateDoesNotFit` naming the first tensor that is missing or of another shape.
  func restore(_ checkpoint: StoredCheckpoint) throws
  /// Runs this model's steps.
  /// - Parameter events: training rows of targets, conditions and, where there are weights, the weight, as the model sees
  ///   them.
  func trainer(_ configuration: Configuration, events: TrainingEvents) -> any Trainer
  /// Generates events with the model's state at the time of each call.
  /// - Parameter rowsAtOnce: how many rows are made together, which may decide their random numbers; nil for the number
  ///   that results are made with.
  func generator(seed: UInt64, rowsAtOnce: Int?) throws -> any EventGenerator
}

/// Runs steps. Everything that a step does is a function of the state before it and of its number.
package protocol Trainer {
  /// The names of the series, in the order of a step's values.
  var seriesNames: [String] { get }
  /// Training rows that a step consumes, some of them more than once.
  var rowsPerStep: Int { get }
  /// One step.
  /// - Parameter step: steps done before, from 0.
  /// - Returns: a value for each series.
  /// - Throws: `SampleError` where the file of the events cannot be read any more.
  func run(step: Int) throws -> [Double]
}

/// Draws targets as a model sees them.
package protocol EventGenerator {
  /// - Parameters:
  ///   - conditions: as the model sees them, row-major [rows, columns].
  ///   - replica: tells apart several events for the same row, below 2^16.
  ///   - series: tells apart the random numbers of samples for different purposes, below 256.
  ///   - write: takes the number of a first row and the targets of some rows from there, row-major [rows, targets].
  /// - Throws: what `write` throws.
  func generate(
    conditions: [Float], rows: Int, replica: Int, series: UInt64,
    write: (Int, UnsafeBufferPointer<Double>) throws -> Void
  ) rethrows
}

extension GenerativeModel {
  /// A checkpoint's tensors.
  package func state(_ data: TrainingData) -> [TensorRecord] { stateTensors + data.transformTensors }
}
