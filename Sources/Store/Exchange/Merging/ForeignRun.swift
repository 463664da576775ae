// Runs that another program recorded.
internal import Digests
internal import GRDB
internal import Numerics
package import RunStore

/// A run as another program kept it: numbers step by step, and how it ended. It has no states and no data sets.
package struct ForeignRun: Sendable {
  package var uuid: String
  package var name: String
  package var experiment: String?
  package var seed: UInt64 = 0
  package var config: (yaml: String, json: String)
  package var parameters: [(path: String, value: ParameterValue)] = []
  /// ISO 8601 in UTC with milliseconds, as all times.
  package var started: String
  package var ended: String?
  /// Never `running`: whether its process is running is not known here.
  package var status: RunStatus
  package var trashed: String?
  package var parent: String?
  package var tags: [(key: String, value: String)] = []
  package var notes: [(at: String, text: String)] = []
  package var artifacts: [(name: String, mediaType: String, bytes: [UInt8])] = []
  package var origin: RunOrigin
  /// What wrote it: the program, its source's revision, the command.
  package var attempt: (version: String, revision: String?, commandLine: String)
  package var epochs: [ForeignEpoch] = []

  package init(
    uuid: String, name: String, config: (yaml: String, json: String), started: String, status: RunStatus,
    origin: RunOrigin, attempt: (version: String, revision: String?, commandLine: String)
  ) {
    self.uuid = uuid
    self.name = name
    self.config = config
    self.started = started
    self.status = status
    self.origin = origin
    self.attempt = attempt
  }
}

/// All values of one step, which is an epoch of the run.
package struct ForeignEpoch: Sendable {
  /// At least 0, in ascending order.
  package var step: Int
  /// One value for each series.
  package var points: [(series: String, value: Double)]
  /// When the last of the values was recorded.
  package var stored: String

  package init(step: Int, points: [(series: String, value: Double)], stored: String) {
    self.step = step
    self.points = points
    self.stored = stored
  }
}

extension ForeignRun {
  /// Stores a run of another program as it is, in one transaction.
  ///
  /// - Throws: `refused` for an invalid name; SQLite rejects a uuid that exists.
  package func insert(into store: RunStore) throws -> RunNumber {
    try validate()
    let digest = Digest(of: config.json)
    let blobs = artifacts.map { Digest(of: $0.bytes) }
    return try store.write { db in
      try db.run(
        "INSERT INTO config (digest, yaml, json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [digest.hex, config.yaml, config.json])
      try db.run(
        """
        INSERT INTO run (uuid, name, status, experiment, seed, created, started, ended, config, program_digest,
          parent_uuid, parent_run, origin, trashed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, (SELECT id FROM config WHERE digest = ?8 AND yaml = ?9), ?10, ?11,
          (SELECT id FROM run WHERE uuid = ?11), ?12, ?13)
        """,
        [
          uuid, name, status.rawValue, experiment,
          Int64(exactly: seed)?.databaseValue ?? String(seed).databaseValue, started, ended, digest.hex,
          config.yaml, NewRun.noProgram.hex, parent, origin.json, trashed,
        ])
      let number = RunNumber(db.lastInsertedRowID)
      try db.run("UPDATE run SET parent_run = ? WHERE parent_uuid = ?", [number.value, uuid])
      for parameter in parameters {
        try db.run(
          "INSERT INTO parameter (run, path, type, value) VALUES (?, ?, ?, ?)",
          [number.value, parameter.path, parameter.value.type, parameter.value.databaseValue])
      }
      try db.insert(self, attemptOf: number)
      for tag in tags {
        try db.run("INSERT INTO tag (run, key, value) VALUES (?, ?, ?)", [number.value, tag.key, tag.value])
      }
      for note in notes {
        try db.run("INSERT INTO note (run, at, text) VALUES (?, ?, ?)", [number.value, note.at, note.text])
      }
      for (artifact, blob) in zip(artifacts, blobs) {
        try db.run(
          "INSERT INTO artifact (run, name, media_type, blob, stored) VALUES (?, ?, ?, ?, ?)",
          [
            number.value, artifact.name, artifact.mediaType, db.storeBlob(artifact.bytes, digest: blob),
            ended ?? started,
          ])
      }
      try db.insert(epochs, of: number)
      return number
    }
  }
}

extension ForeignRun {
  fileprivate func validate() throws {
    try requireName(name, "the run's name")
    for parameter in parameters { try requireName(parameter.path, "a parameter's path") }
    try requireUnique(parameters.map(\.path), "parameter")
    for tag in tags { try requireName(tag.key, "the tag's key") }
    try requireUnique(tags.map(\.key), "tag")
    for artifact in artifacts { try requireName(artifact.name, "the artifact's name") }
    try requireUnique(artifacts.map(\.name), "artifact")
    guard status != .running else { throw StoreError.refused("another program's run '\(name)' cannot be running here") }
    for epoch in epochs { try requireBound(.step, epoch.step, "a step of run '\(name)'") }
    var names: Set<String> = []
    for epoch in epochs { names.formUnion(epoch.points.map(\.series)) }
    for name in names { try requireName(name, "a series' name") }
  }
}

extension Database {
  /// The one attempt of a run of another program, with few details.
  fileprivate func insert(_ foreign: ForeignRun, attemptOf number: RunNumber) throws {
    let unknown = "unknown"
    try run(
      """
      INSERT INTO attempt (run, number, started, ended, outcome, host, boot, process, cpu, isa, threads, toolchain,
        source_revision, version, os, working_directory, command_line)
      VALUES (?1, 1, ?2, ?3, ?4, ?5, ?5, 0, ?5, ?5, 0, ?5, ?6, ?7, ?5, ?5, ?8)
      """,
      [
        number.value, foreign.started, foreign.ended, foreign.status.rawValue, unknown, foreign.attempt.revision,
        foreign.attempt.version, foreign.attempt.commandLine,
      ])
  }

  fileprivate func insert(_ epochs: [ForeignEpoch], of number: RunNumber) throws {
    let parameters = parameterDigest(of: [])
    var series = try SeriesNumbers(of: number, in: self)
    let summaries = try SummaryKeeper(self)
    let points = try PreparedStatement("INSERT INTO point (series, epoch, value) VALUES (?, ?, ?)", in: self)
    var chain: Digest?
    for (place, epoch) in epochs.enumerated() {
      chain = chainDigest(
        previous: chain, epoch: place + 1, step: epoch.step, points: epoch.points, traces: [],
        parameterDigest: parameters)
      try run(
        """
        INSERT INTO epoch (run, epoch, step, rows, seconds, parameter_digest, chain_digest, attempt, stored)
        VALUES (?, ?, ?, 0, 0, ?, ?, 1, ?)
        """, [number.value, place + 1, epoch.step, parameters.hex, chain?.hex, epoch.stored])
      for point in epoch.points {
        let identifier = try series.number(of: point.series, in: self)
        points.bind(identifier, at: 1)
        points.bind(Int64(place + 1), at: 2)
        points.bind(point.value, at: 3)
        try points.run()
        try summaries.add(series: identifier, epoch: place + 1, value: point.value)
      }
    }
    try run(
      "UPDATE run SET epoch = ?, step = ?, parameter_digest = ?, chain_digest = ? WHERE id = ?",
      [epochs.count, epochs.last?.step ?? 0, epochs.isEmpty ? nil : parameters.hex, chain?.hex, number.value])
  }
}
