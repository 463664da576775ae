// What a run is made of before its first step.
public import Digests

/// A run to be created.
public struct NewRun: Sendable {
  public var name: String
  public var experiment: String?
  public var seed: UInt64
  /// The text as written, the canonical JSON with every default filled in, and `Digest(of: json)`.
  public var config: (yaml: String, json: String, digest: Digest)
  /// The digest of the step graph's canonical text.
  public var programDigest: Digest
  /// The configuration's leaves, paths such as `model.generator.layers`, each path once.
  public var parameters: [(path: String, value: ParameterValue)]
  /// One for each role; none may be repeated.
  public var datasets: [RunDataset]
  /// Trainable numbers of all networks together.
  public var parameterCount: Int?
  /// The place that the run takes in a sweep.
  public var place: SweepPlace?

  /// The program digest of a run whose steps another program takes, as one that `RunStore.begin` logs: SHA-256 of
  /// "fastsim program 1\n", the text of a program without a step.
  public static let noProgram = Digest(of: "fastsim program 1\n")

  public init(
    name: String, experiment: String? = nil, seed: UInt64, config: (yaml: String, json: String, digest: Digest),
    programDigest: Digest, parameters: [(path: String, value: ParameterValue)] = [], datasets: [RunDataset] = [],
    parameterCount: Int? = nil, place: SweepPlace? = nil
  ) {
    self.name = name
    self.experiment = experiment
    self.seed = seed
    self.config = config
    self.programDigest = programDigest
    self.parameters = parameters
    self.datasets = datasets
    self.parameterCount = parameterCount
    self.place = place
  }
}

/// A data set in the part that it plays for one run.
public struct RunDataset: Sendable {
  /// The part it plays: `train`, `reference`, …; a run has one data set for each.
  public var role: String
  public var name: String
  /// Where it comes from, in words or as a path.
  public var source: String
  /// JSON with the file's path or the simulation's settings, from which an audit can find or simulate it again.
  public var recipe: String
  public var rows: Int
  public var weightSum: Double
  public var weightSumSquares: Double
  /// In the order in which the digest takes them; types are `float64` and the like.
  public var columns: [(name: String, role: String, type: String, digest: Digest)]
  /// SHA-256 over "fastsim dataset 1\n" and, for each column, "<role>\t<column digest>\n".
  public var digest: Digest
  public var splitDigest: Digest?

  public init(
    role: String, name: String, source: String, recipe: String, rows: Int, weightSum: Double, weightSumSquares: Double,
    columns: [(name: String, role: String, type: String, digest: Digest)], digest: Digest, splitDigest: Digest? = nil
  ) {
    self.role = role
    self.name = name
    self.source = source
    self.recipe = recipe
    self.rows = rows
    self.weightSum = weightSum
    self.weightSumSquares = weightSumSquares
    self.columns = columns
    self.digest = digest
    self.splitDigest = splitDigest
  }
}

/// Who works on a run, where and with what. The process number and the boot identifier are added by the store.
public struct NewAttempt: Sendable {
  public var host: String
  public var cpu: String
  /// The instruction set that the kernels use: `avx2`, `neon`, …
  public var isa: String
  public var threads: Int
  public var toolchain: String
  public var sourceRevision: String?
  public var sourceDirty: Bool?
  /// The differences of the source from its revision, as text that begins with a header of ours. Equal ones are stored
  /// once; `RunStore.sourceDiff(of:attempt:)` reads it back, attempts that are read leave it nil.
  public var sourceDiff: [UInt8]?
  public var version: String
  public var os: String
  public var workingDirectory: String
  public var commandLine: String

  public init(
    host: String, cpu: String, isa: String, threads: Int, toolchain: String, sourceRevision: String? = nil,
    sourceDirty: Bool? = nil, sourceDiff: [UInt8]? = nil, version: String, os: String, workingDirectory: String,
    commandLine: String
  ) {
    self.host = host
    self.cpu = cpu
    self.isa = isa
    self.threads = threads
    self.toolchain = toolchain
    self.sourceRevision = sourceRevision
    self.sourceDirty = sourceDirty
    self.sourceDiff = sourceDiff
    self.version = version
    self.os = os
    self.workingDirectory = workingDirectory
    self.commandLine = commandLine
  }
}
