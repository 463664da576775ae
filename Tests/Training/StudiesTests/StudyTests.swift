// Studies load, train what is missing and nothing twice, and say what their runs show.
import Charts
import Configuration
import Digests
import Foundation
import RunStore
import Studies
import Synchronization
import TestSupport
import Testing
import Training

private func temporaryStore() -> String {
  FileManager.default.temporaryDirectory.appending(path: "studies-\(UUID().uuidString).sqlite").path
}

private func remove(_ store: String) {
  for ending in ["", "-wal", "-shm", "-lock"] { try? FileManager.default.removeItem(atPath: store + ending) }
}

/// Of a study, some members with a handful of steps.
private struct Reduced: Study {
  let base: AdjustedStudy
  let count: Int

  init(_ name: String, count: Int) throws {
    base = AdjustedStudy(
      try studies(named: name)[0],
      [
        ("training.epochs", "2"), ("training.steps", "5"), ("training.batch", "64"), ("data.simulate.rows", "2000"),
        ("model.generator.units", "8"), ("model.critic.units", "8"),
      ])
    self.count = count
  }

  var name: String { base.name }
  var question: String { base.question }
  var config: String { base.config }
  var members: [StudyMember] { Array(base.members.prefix(count)) }
  func report(_ runs: StudyRuns) throws -> StudyReport { try base.report(runs) }
}

private final class Log: Sendable {
  let trained = Mutex<[String]>([])
  let begun = Mutex<[Int]>([])

  @Sendable func observe(_ event: StudyEvent) {
    switch event {
    case .began(_, _, let finished): begun.withLock { $0.append(finished) }
    case .trained(_, let member, _, _, _): trained.withLock { $0.append(member) }
    case .progress: break
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct StudyTests {
  @Test func everyMemberOfEveryStudyIsAValidConfig() throws {
    #expect(Set(studies.map(\.name)).count == studies.count)
    for study in studies {
      #expect(!study.members.isEmpty && Set(study.members.map(\.name)).count == study.members.count)
      var digests: Set<String> = []
      for member in study.members {
        let configuration = try Configuration.load(
          text: study.config, file: "\(study.name).yaml", overrides: member.overrides)
        #expect(configuration.name == study.name)
        #expect(configuration.data.conditions.isEmpty || study.name == "splot")
        digests.insert(configuration.digest.hex)
      }
      // A member that differs from the others in its name alone would be a run twice.
      #expect(digests.count == study.members.count, "\(study.name)")
    }
  }

  @Test func theConfigsAreThoseOfTheExamples() throws {
    let folder = packageFolder.appending(path: "Examples/studies")
    for study in studies {
      #expect(try String(contentsOf: folder.appending(path: "\(study.name).yaml"), encoding: .utf8) == study.config)
    }
  }

  @Test func aWrongNameGetsTheNearestRightOne() {
    #expect(throws: StudyError.self) { _ = try studies(named: "mode-colapse") }
    do { _ = try studies(named: "mode-colapse") } catch {
      #expect("\(error)".contains("did you mean \"mode-collapse\"?") && "\(error)".contains("swiss-roll"))
    }
    #expect((try? studies(named: "all").count) == studies.count)
  }

  @Test func whatIsThereIsNotTrainedAgain() throws {
    let path = temporaryStore()
    defer { remove(path) }
    let log = Log()
    let work = StudyWork(storePath: path, jobs: 2, interruption: Interruption(), observer: log.observe)
    let first = try #require(try work.runs(of: Reduced("mode-collapse", count: 2)))
    #expect(first.map(\.member.name) == ["gan/1", "gan/2"] && first.allSatisfy { $0.status == .finished })
    let more = try #require(try work.runs(of: Reduced("mode-collapse", count: 3)))
    #expect(more.prefix(2).map(\.number) == first.map(\.number))
    #expect(log.trained.withLock { $0.sorted() } == ["gan/1", "gan/2", "gan/3"])
    #expect(log.begun.withLock(\.self) == [0, 2])
    let store = try RunStore(path: path, access: .read)
    #expect(try store.tags(of: first[0].number).map(\.value) == ["mode-collapse"])
  }

  @Test func aStudysPicturesAreKeptWithItsRunsAndComeAgain() throws {
    let path = temporaryStore()
    defer { remove(path) }
    let work = StudyWork(storePath: path, jobs: 2, interruption: Interruption()) { _ in }
    let study = try Reduced("eight-gaussians", count: 1)
    let runs = try #require(try work.runs(of: study))
    let report = try work.report(on: study, runs)
    #expect(!report.checks.isEmpty)
    let store = try RunStore(path: path, access: .read)
    let names = try store.artifacts(of: runs[0].number).map(\.name)
    #expect(names == ["critic.svg", "eight-gaussians.surfaces.svg", "events.svg"])
    let svg = try store.artifact(named: "eight-gaussians.surfaces.svg", of: runs[0].number).bytes
    #expect(report.figures.map { Array($0.chart.svg.utf8) } == [svg])
    #expect(try work.report(on: study, runs).figures.map(\.chart.svg) == report.figures.map(\.chart.svg))
    let page = studyPage([(study, report, runs)])
    #expect(page.contains("<svg") && !page.contains("http://") == !page.contains("http://www.w3.org/2000/svg"))
    #expect(!page.contains("src=") && !page.contains("href="))
  }

  /// The pictures in docs/studies that need no trained run are those that the study makes.
  @Test func theClosedFormPicturesOfTheHandbookAreTheStudys() throws {
    let path = temporaryStore()
    defer { remove(path) }
    let docs = packageFolder.appending(path: "docs/studies")
    let work = StudyWork(storePath: path, jobs: 2, interruption: Interruption()) { _ in }
    for (name, figures) in [
      ("vanishing-gradients", ["closed-form"]), ("biased-gradients", ["exact", "descents"]),
      ("mode-collapse", ["optimal-discriminator"]),
    ] {
      let study = try Reduced(name, count: 1)
      let report = try work.report(on: study, try #require(try work.runs(of: study)))
      for figure in figures {
        let svg = try #require(report.figures.first { $0.name == figure }).chart.svg
        let file = docs.appending(path: "\(name).\(figure).svg")
        #expect(try String(contentsOf: file, encoding: .utf8) == svg, "\(name).\(figure)")
      }
    }
  }
}
