// Options of commands that compute. None of them changes a result.
import ArgumentParser
import CanonicalJSON
import Configuration
import Numerics
import Training

/// The option `--threads`.
struct ThreadOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads to compute with (default: all cores).", valueName: "n"),
    transform: Bound.threads.parsed)
  var threads: Int?
}

/// The option `--quiet`.
struct QuietOptions: ParsableArguments {
  @Flag(help: "Print no progress and no warnings.")
  var quiet = false
}

/// The option `--require-clean`.
struct SourceOptions: ParsableArguments {
  @Flag(help: "Fail if the source has changes that are not committed to git.")
  var requireClean = false
}

extension SessionSettings {
  /// The settings given by the options of a command.
  init(
    _ store: StoreOptions, _ threads: ThreadOptions, _ progress: TrainingProgress, _ source: SourceOptions? = nil
  ) throws {
    self.init(
      storePath: store.path, engine: try Engine(threads: threads.threads), interruption: Interruption(),
      requireClean: source?.requireClean ?? false, observer: progress.observe)
  }
}

/// The option `--set`.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a setting, such as training.batch=2048; of a sweep in every run. May be repeated.",
      valueName: "path=value"), transform: Override.init(argument:))
  var given: [Override] = []
}

/// A setting that the command line replaces.
struct Override {
  let path: String
  /// YAML.
  let value: String

  init(path: String, value: String) {
    self.path = path
    self.value = value
  }

  /// Reads `path=value`.
  @Sendable init(argument: String) throws {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else {
      throw ValidationError("give it as path=value, such as training.batch=2048")
    }
    self.init(path: String(argument[..<sign]), value: String(argument[argument.index(after: sign)...]))
  }

  /// A name, quoted so that YAML reads it as text.
  static func name(_ name: String) -> Override { Override(path: "name", value: jsonString(name)) }

  var pair: (path: String, value: String) { (path, value) }
}
