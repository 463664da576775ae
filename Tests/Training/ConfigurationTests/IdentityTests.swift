// What changes a config's digest and its identity, and what does not.
import Configuration
import Testing

@Suite(.timeLimit(.minutes(20))) struct IdentityTests {
  @Test
  func styleOrderAndCommentsChangeNoDigest() throws {
    let other = """
      # The same in another style.
      training:
          optimiser:
              rate: 1e-3     # a comment
              kind: "rmsprop"
          batch: +32
          steps: 10
          epochs: 3
      model: {critic: {outputs: 4, units: 8, layers: 2}, objective: 'cramer', generator: {units: 8, layers: 2},
        latent: 4}
      data: &data
        targets:
        - x
        - y
        conditions: [p,]
        file: >-
          events.csv
      name: small
      checkpoint: ~
      evaluation: {}
      """
    let (first, second) = (try load(shortest), try load(other))
    #expect(first == second)
    #expect(first.canonicalJSON == second.canonicalJSON)
    #expect(first.digest == second.digest)
    #expect(first.identity == second.identity)
    let windowsLines = shortest.split(separator: "\n").joined(separator: "\r\n")
    #expect(try load(windowsLines).digest == first.digest)
    #expect(try load("\u{FEFF}" + shortest).digest == first.digest)
  }

  @Test(arguments: [
    ("name", "other"), ("training.epochs", "4"), ("checkpoint", "{every: 7, keep: 2, minutes: 3}"),
  ])
  func whatChangesNoNumberChangesTheDigestAndNotTheIdentity(path: String, value: String) throws {
    let (first, second) = (try load(shortest), try load(shortest, [(path, value)]))
    #expect(first.digest != second.digest)
    #expect(first.identity == second.identity)
  }

  @Test(arguments: [
    ("seed", "2"), ("data.file", "other.csv"), ("data.targets", "[y, x]"), ("data.split_seed", "1"),
    ("data.transform", "none"), ("model.latent", "5"), ("model.generator.activation", "tanh"),
    ("model.penalty.weight", "9"), ("training.steps", "11"), ("training.critic_steps", "4"), ("training.batch", "33"),
    ("training.optimiser.rate", "0.002"), ("evaluation.every", "9"), ("evaluation.replicas", "4"),
  ])
  func whatChangesANumberChangesTheIdentity(path: String, value: String) throws {
    let penalty = (path: "model.penalty", value: "{kind: one-sided, weight: 10}")
    let (first, second) = (try load(shortest), try load(shortest, [penalty, (path, value)]))
    #expect(first.digest != second.digest)
    #expect(first.identity != second.identity)
  }

  @Test
  func numbersThatReadAsTheSameBitsAreTheSame() throws {
    func digest(_ rate: String) throws -> String {
      try load(shortest, [("training.optimiser.rate", rate)]).canonicalJSON
    }
    #expect(try digest("0.1") == digest("1.0000000000000000001e-1"))
    #expect(try digest("0.1") != digest("0.10000000000000002"))
    #expect(try digest("-0.0") == digest("0"))
  }
}
