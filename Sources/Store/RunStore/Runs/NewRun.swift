// What a run is made of before its first step.
package import Digests

/// A run to be created.
package struct NewRun: Sendable {
  package var name: String
  package var experiment: String?
  package var seed: UInt64
  /// The text as written, the canonical JSON with every default filled in, and `Digest(of: json)`.
  package var config: (yaml: String, json: String, digest: Digest)
  /// The digest of the step graph's canonical text.
  package var programDigest: Digest
  /// The configuration's leaves, paths such as `model.generator.layers`, each path once.
  package var parameters: [(path: String, value: ParameterValue)]
  /// One for each role; none may be repeated.
  package var datasets: [RunDataset]
  /// Trainable numbers of all networks together.
  package var parameterCount: Int?
  /// The place that the run takes in a sweep.
  package var place: SweepPlace?

  /// The program digest of a run whose steps another program takes, as one that `RunStore.begin` logs: SHA-256 of
  /// "fastsim program 1\n", the text of a program without a step.
  package static let noProgram = Digest(of: "fastsim program 1\n")

  package init(
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

/// Who works on a run, where and with what. The process number and the boot identifier are added by the store.
package struct NewAttempt: Sendable {
  package var host: String
  package var cpu: String
  /// The instruction set that the kernels use: `avx2`, `neon`, …
  package var isa: String
  package var threads: Int
  package var toolchain: String
  package var sourceRevision: String?
  package var sourceDirty: Bool?
  /// The differences of the source from its revision, as text that begins with a header of ours. Equal ones are stored
  /// once; `RunStore.sourceDiff(of:attempt:)` reads it back, attempts that are read leave it nil.
  package var sourceDiff: [UInt8]?
  package var version: String
  package var os: String
  package var workingDirectory: String
  package var commandLine: String

  package init(
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
