// A config with a sweep stands for the runs that one would write by hand.
import Configuration
import Testing

private let base = complete[0].replacing("seed: 18446744073709551615", with: "seed: 5")

private func plan(_ sweep: String) throws -> SweepPlan {
  guard case .sweep(let plan) = try TrainingPlan.load(text: base + "\nsweep: \(sweep)\n", file: "test.yaml") else {
    throw NoSweep()
  }
  return plan
}

private struct NoSweep: Error {}

private func sweepRefusal(_ sweep: String) -> String {
  do {
    _ = try plan(sweep)
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite(.timeLimit(.minutes(20))) struct SweepTests {
  @Test
  func aGridIsEveryCombinationWithTheLastPathFastest() throws {
    let plan = try plan("{grid: {training.batch: [64, 128], training.critic_steps: [1, 2]}}")
    #expect(
      plan.members.map { [$0.training.batch, $0.training.criticSteps] } == [[64, 1], [64, 2], [128, 1], [128, 2]])
    #expect(plan.members[1].name == "\(plan.name)-batch-64-critic_steps-2")
  }

  @Test
  func aMemberIsTheConfigWithItsSettings() throws {
    let members = try plan("{grid: {training.batch: [64, 128]}}").members
    for (member, batch) in zip(members, [64, 128]) {
      let byHand = try load(base, [("training.batch", "\(batch)"), ("name", member.name)])
      #expect(member == byHand)
      #expect(member.digest == byHand.digest)
    }
  }

  @Test
  func aNumberOfSeedsBeginsWithTheConfigsOwn() throws {
    #expect(try plan("{seeds: 3}").members.map(\.seed) == [5, 6, 7])
    #expect(try plan("{seeds: [5, 1]}").members.map(\.seed) == [5, 1])
  }

  @Test
  func listsNameTheirRunsAndGoWithEverySeed() throws {
    let plan = try plan("{list: [{name: a, training.batch: 64}, {training.batch: 128}], seeds: [1, 2]}")
    #expect(
      plan.members.map(\.name) == [
        "a-seed-1", "a-seed-2", "\(plan.name)-batch-128-seed-1", "\(plan.name)-batch-128-seed-2",
      ])
    #expect(plan.members.map(\.training.batch) == [64, 64, 128, 128])
  }

  @Test
  func speciesAreTheSimulationsOwn() throws {
    let members = try plan("{species: [kaon, proton]}").members
    let species = members.compactMap { member in
      if case .simulate(let source) = member.data.source { source.species } else { nil }
    }
    #expect(species == ["kaon", "proton"])
  }

  @Test(arguments: [
    ("{}", "list, species, grid or seeds"),
    ("{grids: {training.batch: [1]}}", "did you mean \"grid\""),
    ("{grid: {training.batch: 64}}", "sweep.grid.training.batch"),
    ("{grid: {training.batch: []}}", "a list of 1 to 10000 values"),
    ("{grid: {training.batsh: [64, 128]}}", "did you mean \"batch\""),
    ("{grid: {training.batch: [64, minus]}}", "training.batch: found \"minus\""),
    ("{grid: {training.batch: [64, 64]}}", "the same settings in runs 1 and 2"),
    ("{seeds: 0}", "a whole number from 1 to 10000"),
    ("{seeds: [1, 1]}", "1 twice"),
    (
      "{seeds: 200, grid: {training.batch: [\((1...100).map(String.init).joined(separator: ", "))]}}",
      "more than 10000 runs"
    ),
    ("{seeds: 2, grid: {seed: [1, 2]}}", "found in two parts of the sweep"),
    ("{species: [kaon, kaom]}", "did you mean \"kaon\""),
    ("[1, 2]", "a section with list, species, grid and seeds"),
  ])
  func aSweepThatCannotBeIsRefusedWithItsPlace(sweep: String, words: String) {
    let message = sweepRefusal(sweep)
    #expect(message.contains(words), "\(message)")
    #expect(message.hasPrefix("test.yaml:"), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test
  func aConfigWithoutASweepIsOneRun() throws {
    guard case .run(let configuration) = try TrainingPlan.load(text: base, file: "test.yaml") else {
      Issue.record("it became a sweep")
      return
    }
    #expect(try configuration == load(base))
  }
}
