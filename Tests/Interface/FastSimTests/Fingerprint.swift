// What two runs with the same bits have in common.
import Foundation
import TestSupport
import Testing

/// Everything about a run that must not depend on how it was computed.
struct Fingerprint: Equatable {
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

extension Workshop {
  /// Trains, kills the process once an epoch is stored, and resumes.
  /// - Parameter arguments: of a training into `store`.
  func trainKilledOnce(_ arguments: [String], store: String) throws {
    let process = try start(arguments)
    _ = process.wait { _ in
      (try? fastsim("history", "latest", "--format", "json", "--store", store).list.isEmpty) == false
    }
    process.send(SIGKILL)
    _ = process.finish()
    let state = try fastsim("runs", "--format", "json", "--store", store).list.first
    if state?["status"] as? String != "finished" {
      let resumed = try fastsim("resume", "latest", "--quiet", "--store", store)
      #expect(resumed.status == 0, "\(resumed.err)")
    }
  }
}
