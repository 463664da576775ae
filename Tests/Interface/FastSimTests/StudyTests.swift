// `study` and `simulate` as somebody who learns uses them.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct StudyTests {
  @Test
  func toysAreSimulatedByTheirNames() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let list = try workshop.fastsim("simulate", "--list")
    #expect(list.status == 0)
    for name in [
      "rich", "two-gaussians", "eight-gaussians", "twenty-five-gaussians", "swiss-roll", "gaussian", "bernoulli",
    ] {
      #expect(list.out.contains(name))
      let made = try workshop.fastsim(
        "simulate", name, "--rows", "40", "--seed", "2", "--out", "\(name).csv", "--quiet")
      #expect(made.status == 0, "\(made.err)")
      #expect(String(decoding: try workshop.bytes("\(name).csv"), as: UTF8.self).split(separator: "\n").count == 41)
    }
    for (arguments, complaint) in [
      (["swis-roll", "--rows", "9", "--out", "x.csv"], "did you mean swiss-roll?"),
      (["swiss-roll", "--rows", "9", "--out", "x.csv", "--species", "kaon"], "--species does not apply to swiss-roll"),
      (["gaussian", "--rows", "9", "--out", "x.csv", "--sigma", "0"], "--sigma takes"),
      (["gaussian", "--out", "x.csv"], "--rows"), (["gaussian", "--rows", "9"], "--out is required"), ([], "--list"),
    ] {
      let refused = try workshop.fastsim(["simulate"] + arguments)
      #expect(refused.status == 64 && refused.err.contains(complaint), "\(refused.err)")
      #expect(!workshop.exists("x.csv"))
    }
  }

  @Test
  func studiesAreListedAndWrongNamesRefused() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let list = try workshop.fastsim("study", "--list", "--format", "json")
    #expect(list.status == 0)
    #expect(
      list.list.compactMap { $0["study"] as? String } == [
        "vanishing-gradients", "mode-collapse", "eight-gaussians", "twenty-five-gaussians", "swiss-roll",
        "biased-gradients", "architectures", "splot",
      ])
    for arguments in [
      ["study"], ["study", "swiss"], ["study", "splot", "--jobs", "0"], ["study", "splot", "--out", "no/x.html"],
    ] {
      let refused = try workshop.fastsim(arguments)
      #expect(refused.status == 64 && refused.complaints.count >= 1, "\(arguments)")
    }
    #expect(!workshop.exists("fastsim.sqlite"))
  }

  @Test
  func aKilledStudyIsResumed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let quick = [
      "--set", "training.steps=40", "--set", "training.epochs=3", "--set", "training.batch=32", "--set",
      "data.simulate.rows=400", "--jobs", "1",
    ]
    let running = try workshop.start(["study", "biased-gradients"] + quick)
    #expect(running.wait { $0.contains("run 1") })
    running.send(SIGKILL)
    _ = running.finish()
    let done = try workshop.fastsim(
      ["study", "biased-gradients", "--pictures", "pictures", "--format", "json"] + quick)
    #expect(done.status == 0, "\(done.err)")
    #expect(done.list.allSatisfy { $0["verdict"] as? String == "holds" } && done.list.count >= 2)
    #expect(done.err.contains("1 of them done"))
    let page = String(decoding: try workshop.bytes("study-biased-gradients.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<svg") && !page.contains("src="))
    #expect(workshop.exists("pictures/biased-gradients.exact.svg"))
    let runs = try workshop.fastsim("runs", "--columns", "name,status,tags.study", "--format", "json")
    #expect(
      runs.list.compactMap { $0["name"] as? String }.sorted() == [
        "biased-gradients/cramer", "biased-gradients/wgan-gp",
      ])
    #expect(runs.list.allSatisfy { $0["status"] as? String == "finished" })
    // A second time nothing is trained, and the page has the same bytes but for the seconds.
    let again = try workshop.fastsim(["study", "biased-gradients"] + quick)
    #expect(again.status == 0 && again.err.contains("2 of them done"))
    #expect(String(decoding: try workshop.bytes("study-biased-gradients.html"), as: UTF8.self) == page)
  }
}
