// One config that stands for many runs, as the store keeps it.
package import Digests

/// A sweep to be trained.
package struct NewSweep: Sendable {
  package var name: String
  /// The config with its section `sweep`, as written.
  package var yaml: String
  /// In the order in which they are to be trained; `json` is the canonical config of one run.
  package var members: [(name: String, json: String)]

  package init(name: String, yaml: String, members: [(name: String, json: String)]) {
    (self.name, self.yaml, self.members) = (name, yaml, members)
  }

  /// SHA-256 over "fastsim sweep 1\n" and, for each member in order, the digest of its config and "\n".
  package var digest: Digest {
    Digest(of: "fastsim sweep 1\n" + members.map { "\(Digest(of: $0.json).hex)\n" }.joined())
  }
}

/// A stored sweep.
package struct SweepRecord: Sendable {
  /// Its name in all stores.
  package let uuid: String
  package let name: String
  package let digest: Digest
  package let yaml: String
  package let created: String
  package let members: [Member]

  /// A run to be: its place, counted from 0, its name and its canonical config.
  package struct Member: Sendable {
    package let place: Int
    package let name: String
    package let json: String
  }
}

/// The place that a run takes in a sweep.
public struct SweepPlace: Hashable, Sendable {
  /// The sweep's uuid.
  public var sweep: String
  /// Counted from 0.
  public var member: Int

  package init(sweep: String, member: Int) {
    (self.sweep, self.member) = (sweep, member)
  }
}
