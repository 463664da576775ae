// Epochs and parts of samples, as options and arguments write them.
import ArgumentParser
import Numerics
import Output
import RunStore
import Samples
import Training

extension EpochChoice {
  /// Reads an epoch, `last` or `best`.
  @Sendable init(argument: String) throws {
    self =
      switch argument {
      case "best": .best
      case "last": .last
      default: .number(try Bound.epochs.parsed(argument))
      }
  }
}

/// The option `--at` of commands that take a checkpoint of each run.
struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The epoch whose checkpoint is taken, or best (default: the last).", valueName: "epoch|best"),
    transform: EpochChoice.init(argument:))
  var at: EpochChoice?
}

extension Split.Part {
  @Sendable init(argument: String) throws {
    guard let part = Split.Part.allCases.first(where: { "\($0)" == argument }) else {
      throw ValidationError("\(oneLine(argument)) is no part of a sample; choose train, validation or test")
    }
    self = part
  }
}

/// A run with one of its epochs, as an argument writes it: `RUN` or `RUN@EPOCH`.
struct RunAtEpoch {
  let reference: String
  let epoch: EpochChoice

  init(reference: String, epoch: EpochChoice) {
    (self.reference, self.epoch) = (reference, epoch)
  }

  /// - Parameter epoch: where the argument names none.
  /// - Throws: `StoreError` where there is no such run.
  init(_ argument: String, in store: RunStore, epoch: EpochChoice = .last) throws {
    if let sign = argument.lastIndex(of: "@"), (try? store.resolve(argument)) == nil,
      let named = try? EpochChoice(argument: String(argument[argument.index(after: sign)...]))
    {
      (reference, self.epoch) = (String(argument[..<sign]), named)
    } else {
      (reference, self.epoch) = (argument, epoch)
    }
    _ = try store.resolve(reference)
  }
}
