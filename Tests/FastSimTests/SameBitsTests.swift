// The first promise: the same inputs give the same bits, interrupted or not, at any number of threads.
import Foundation
import Testing

/// Everything about a run that must not depend on how it was computed.
private struct Fingerprint: Equatable {
  let parameterDigest: String
  let chainDigest: String
  /// Every loss of every step, as the store prints it, to the last bit.
  let losses: String
  let points: Int

  init(_ workshop: Workshop, run: String = "latest", store: String) throws {
    let shown = try workshop.fastsim("show", run, "--format", "json", "--store", store)
    let record = try #require(shown.object["run"] as? [String: Any])
    parameterDigest = try #require(record["parameter_digest"] as? String)
    chainDigest = try #require(record["chain_digest"] as? String)
    let history = try workshop.fastsim("history", run, "--steps", "--format", "json", "--store", store)
    losses = history.out
    points = history.list.count
  }
}

@Test
func twentyKillsLeaveTheSameBits() throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  try workshop.writeConfig(epochs: 12, steps: 250)
  let began = Date()
  let whole = try workshop.fastsim("train", "config.yaml", "--quiet", "--store", "whole.sqlite")
  let wall = Date().timeIntervalSince(began)
  #expect(whole.status == 0, "\(whole.err)")
  let record = try workshop.fastsim("runs", "--format", "json", "--store", "whole.sqlite").list.first
  let training = try #require(record?["seconds"] as? Double)

  // Moments from the preparation to one and a half epochs on, so that twenty kills come before the end.
  var kills = 0
  while kills < 20 {
    let begun = try workshop.fastsim("runs", "--format", "json", "--store", "killed.sqlite").list.isEmpty == false
    let process = try workshop.start(
      begun
        ? ["resume", "latest", "--quiet", "--store", "killed.sqlite"]
        : ["train", "config.yaml", "--quiet", "--store", "killed.sqlite"])
    let moment = (wall - training) * Double.random(in: 0.3...1) + training / 12 * Double.random(in: 0...1.5)
    usleep(UInt32(moment * 1e6))
    try #require(process.isRunning, "the run ended after \(kills) kills")
    process.send(SIGKILL)
    #expect(process.finish().signal == SIGKILL)
    kills += 1
  }
  let state = try workshop.fastsim("runs", "--format", "json", "--store", "killed.sqlite").list.first
  #expect(state?["status"] as? String == "crashed")
  let last = try workshop.fastsim("resume", "latest", "--quiet", "--store", "killed.sqlite")
  #expect(last.status == 0, "\(last.err)")

  let (one, other) = (
    try Fingerprint(workshop, store: "whole.sqlite"), try Fingerprint(workshop, store: "killed.sqlite")
  )
  #expect(one == other)
  #expect(one.points == 12 * 250 * 5)
}

@Test
func threadsChangeNoBit() throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  try workshop.writeConfig(epochs: 2)
  var fingerprints: [Fingerprint] = []
  for threads in ["1", "2", "4"] {
    let trained = try workshop.fastsim(
      "train", "config.yaml", "--threads", threads, "--quiet", "--store", "\(threads).sqlite")
    #expect(trained.status == 0, "\(trained.err)")
    fingerprints.append(try Fingerprint(workshop, store: "\(threads).sqlite"))
  }
  #expect(fingerprints[1] == fingerprints[0])
  #expect(fingerprints[2] == fingerprints[0])
}

@Test
func thePortableKernelsGiveTheSameRun() throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  try workshop.writeConfig(epochs: 1)
  for isa in ["portable", "sse2", ""] {
    let trained = try workshop.fastsim(
      ["train", "config.yaml", "--quiet", "--store", "store\(isa).sqlite"],
      environment: isa.isEmpty ? [:] : ["FASTSIM_ISA": isa])
    #if arch(x86_64)
      #expect(trained.status == 0, "\(trained.err)")
    #else
      #expect(trained.status == (isa == "sse2" ? 1 : 0), "\(trained.err)")
    #endif
  }
  let best = try Fingerprint(workshop, store: "store.sqlite")
  #expect(try Fingerprint(workshop, store: "storeportable.sqlite") == best)
  #if arch(x86_64)
    #expect(try Fingerprint(workshop, store: "storesse2.sqlite") == best)
  #endif
}

@Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
func aSignalStoresACheckpointAndTellsHowToGoOn(signal: Int32, status: Int32) throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  // One long epoch, so that the signal comes inside it.
  try workshop.writeConfig(epochs: 1, steps: 1500)
  let process = try workshop.start(["train", "config.yaml", "--store", "cut.sqlite"])
  let began = process.wait { _ in
    (try? workshop.fastsim("runs", "--format", "json", "--store", "cut.sqlite").list.first?["status"] as? String)
      == "running"
  }
  #expect(began)
  usleep(200_000)
  process.send(signal)
  let cut = process.finish()
  #expect(cut.status == status, "\(cut.err)")
  #expect(cut.signal == 0)
  #expect((cut.err + cut.out).contains("fastsim resume 1 --store cut.sqlite"))
  let state = try workshop.fastsim("runs", "--format", "json", "--store", "cut.sqlite").list.first
  #expect(state?["status"] as? String == "interrupted")
  #expect((state?["step"] as? Int ?? 0) > 0)

  #expect(try workshop.fastsim("resume", "latest", "--quiet", "--store", "cut.sqlite").status == 0)
  #expect(try workshop.fastsim("train", "config.yaml", "--quiet", "--store", "whole.sqlite").status == 0)
  #expect(try Fingerprint(workshop, store: "cut.sqlite") == Fingerprint(workshop, store: "whole.sqlite"))
}
