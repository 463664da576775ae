// Runs of other programs: beginning and resuming them.
internal import CanonicalJSON
internal import Digests
internal import GRDB
internal import Numerics

extension RunStore {
  /// Begins a run that this program logs: it is `running` when the call returns, in the store and on the disk.
  ///
  /// ```swift
  /// let store = try RunStore(path: "fits.sqlite", access: .write)
  /// let run = try store.begin("fit", parameters: ["rate": 0.001], tags: ["sample": "2018"])
  /// ```
  ///
  /// - Parameters:
  ///   - experiment: a common name of runs that belong together.
  ///   - parameters: what the run is made with; a path such as `model.layers` groups them. Dictionaries with the same
  ///     values are one configuration, and have one digest.
  ///   - storing: when logged steps are stored without being asked.
  /// - Throws: `refused` for a name that is empty or has control characters; `locked`, `diskFull`, `inputOutput`.
  public func begin(
    _ name: String, experiment: String? = nil, seed: UInt64 = 0, parameters: [String: ParameterValue] = [:],
    tags: [String: String] = [:], storing: Storing = .epochs
  ) throws -> LoggedRun {
    try storing.validate()
    let leaves = parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let json = CanonicalJSON.object(leaves.map { ($0.key, $0.value.canonical) }).text
    let run = NewRun(
      name: name, experiment: experiment, seed: seed, config: (yaml: json, json: json, digest: Digest(of: json)),
      programDigest: NewRun.noProgram, parameters: leaves.map { ($0.key, $0.value) })
    try run.validate()
    for key in tags.keys { try requireName(key, "a tag's key") }
    let attempt = try write { db in
      let number = try insert(run, into: db, parent: nil)
      for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
        try db.run("INSERT INTO tag (run, key, value) VALUES (?, ?, ?)", [number.value, key, value])
      }
      // No other process sees the run before the transaction ends.
      guard try locks.acquire(number) else {
        throw StoreError.runIsHeld(run: number, process: 0, host: "this computer")
      }
      return try taken(number, .thisProcess, db)
    }
    return LoggedRun(attempt, of: self, epoch: 0, lastStep: -1, storing: storing)
  }

  /// Resumes a logged run that crashed or was ended, after its last stored epoch.
  ///
  /// ```swift
  /// let run = try store.resume("fit")
  /// ```
  ///
  /// - Parameter reference: a number, a name, the first characters of a uuid, `latest` or `best:METRIC`, as in
  ///   `resolve`.
  /// - Throws: as `resolve` and `resume(_:)` by number.
  public func resume(
    _ reference: String, storing: Storing = .epochs
  ) throws -> LoggedRun {
    try resume(resolve(reference), storing: storing)
  }

  /// Resumes a logged run that crashed or was ended, after its last stored epoch.
  ///
  /// - Throws: `noSuchRun`, `inTrash`; `runIsHeld` while a process works on it; `refused` for a run that fastsim trains
  ///   itself.
  public func resume(
    _ run: RunNumber, storing: Storing = .epochs
  ) throws -> LoggedRun {
    try storing.validate()
    guard try self.run(run).programDigest == NewRun.noProgram else {
      throw StoreError.refused(
        "run \(run) is trained by fastsim; only runs that `begin` made can be resumed by logging")
    }
    let attempt = try beginAttempt(of: run, .thisProcess)
    let last = try epochs(of: run).last
    return LoggedRun(attempt, of: self, epoch: last?.epoch ?? 0, lastStep: last?.step ?? -1, storing: storing)
  }

  /// An attempt at a run whose lock is held; the lock is free again where that fails.
  private func taken(_ run: RunNumber, _ machine: NewAttempt, _ db: Database) throws -> Attempt {
    do {
      return Attempt(run: run, number: try insert(machine, of: run, db), locks: locks)
    } catch {
      locks.release(run)
      throw error
    }
  }
}

extension Storing {
  fileprivate func validate() throws {
    switch self {
    case .steps(let most) where most < 1:
      throw StoreError.refused("steps cannot be stored every \(most); give 1 or more")
    case .seconds(let most) where !(most >= 0):
      throw StoreError.refused("steps cannot be stored every \(roundTripNumber(most)) seconds; give 0 or more")
    default: break
    }
  }
}
