// One config that stands for many runs, as the store keeps it.
public import Digests

/// A sweep to be worked off.
public struct NewSweep: Sendable {
  public var name: String
  /// The config with its section `sweep`, as written.
  public var yaml: String
  /// In the order in which they are to be trained; `json` is the canonical config of one run.
  public var members: [(name: String, json: String)]

  public init(name: String, yaml: String, members: [(name: String, json: String)]) {
    (self.name, self.yaml, self.members) = (name, yaml, members)
  }

  /// SHA-256 over "fastsim sweep 1\n" and, for each member in order, the digest of its config and "\n".
  public var digest: Digest {
    Digest(of: "fastsim sweep 1\n" + members.map { "\(Digest(of: $0.json).hex)\n" }.joined())
  }
}

/// A stored sweep.
public struct SweepRecord: Sendable {
  /// Its name in all stores.
  public let uuid: String
  public let name: String
  public let digest: Digest
  public let yaml: String
  public let created: String
  public let members: [Member]

  /// A run to be: its place, counted from 0, its name and its canonical config.
  public struct Member: Sendable {
    public let place: Int
    public let name: String
    public let json: String
  }
}

/// The place that a run takes in a sweep.
public struct SweepPlace: Hashable, Sendable {
  /// The sweep's uuid.
  public var sweep: String
  /// Counted from 0.
  public var member: Int

  public init(sweep: String, member: Int) {
    (self.sweep, self.member) = (sweep, member)
  }
}
