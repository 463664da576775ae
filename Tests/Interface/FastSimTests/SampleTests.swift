// `sample`: events from a stored run, as a production would take them.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Conditions for the config of `writeEvents`, with a column of no concern.
  fileprivate func writeTracks(
    _ name: String = "tracks.csv", rows: Int, edit: (Int, inout [String]) -> Void = { _, _ in }
  ) throws {
    var lines = ["nTracks,id,P,ETA"]
    for row in 0..<rows {
      var cells = [
        "\(20 + (row * 37) % 400)", "\(row)", "\(3 + 90 * Double((row * 17) % 997) / 997)",
        "\(2 + Double(row % 31) / 11)",
      ]
      edit(row, &cells)
      lines.append(cells.joined(separator: ","))
    }
    try write(name, lines.joined(separator: "\n") + "\n")
  }

  fileprivate func trained(epochs: Int = 2, extra: String = "") throws -> Workshop {
    try writeEvents()
    try writeFileConfig(epochs: epochs, extra: extra)
    let made = try fastsim("train", "file.yaml", "--quiet")
    #expect(made.status == 0, "\(made.err)")
    return self
  }

  fileprivate func lines(_ name: String) throws -> [Substring] {
    String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n")
  }

  /// The numbers of a column of a CSV file.
  fileprivate func column(_ column: String, _ name: String) throws -> [Double] {
    let lines = try lines(name)
    let index = try #require(lines[0].split(separator: ",").firstIndex { $0 == column })
    return lines.dropFirst().compactMap { Double($0.split(separator: ",")[index]) }
  }

  @discardableResult
  fileprivate func sample(_ arguments: String..., environment: [String: String] = [:]) throws -> ProgramOutput {
    let made = try fastsim(["sample", "latest"] + arguments, environment: environment)
    #expect(made.status == 0, "\(made.err)")
    return made
  }
}

@Suite(.timeLimit(.minutes(20))) struct SampleTests {
  @Test
  func generatedEventsDependOnTheSeedAndTheRowAlone() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.trained()
    // More than two of the portions that pass through the generator together, and a part of one.
    try workshop.writeTracks(rows: 9000)
    try workshop.writeTracks("few.csv", rows: 5000)
    try workshop.sample("--conditions", "tracks.csv", "--out", "one.csv", "--threads", "1")
    try workshop.sample("--conditions", "tracks.csv", "--out", "two.csv", "--threads", "2", "--seed", "5")
    try workshop.sample(
      "--conditions", "tracks.csv", "--out", "portable.csv", "--quiet", environment: ["FASTSIM_ISA": "portable"])
    try workshop.sample("--conditions", "few.csv", "--out", "few-out.csv")
    try workshop.sample("--conditions", "tracks.csv", "--out", "other.csv", "--seed", "6")
    let all = try workshop.bytes("one.csv")
    // The config's seed is 5.
    #expect(try workshop.bytes("two.csv") == all)
    #expect(try workshop.bytes("portable.csv") == all)
    #expect(try workshop.bytes("other.csv") != all)
    #expect(try workshop.lines("few-out.csv")[...] == workshop.lines("one.csv").prefix(5001))
  }

  @Test
  func conditionsComeFirstThenTargetsThenWhatElseTheFileHas() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.trained()
    try workshop.writeTracks(rows: 40)
    for name in ["out.csv", "out.tsv", "out.npy", "out.npz"] {
      let made = try workshop.sample("--conditions", "tracks.csv", "--out", name)
      #expect(made.out.isEmpty && made.complaints.count == 1 && made.err.contains("40 rows, 6 columns"), "\(made.err)")
    }
    let lines = try workshop.lines("out.csv")
    #expect(lines[0] == "P,ETA,nTracks,RichDLLk,RichDLLp,id")
    #expect(try workshop.column("id", "out.csv") == (0..<40).map(Double.init))
    #expect(try workshop.column("P", "out.csv") == workshop.column("P", "tracks.csv"))
    #expect(
      try workshop.lines("out.tsv") == lines.map { Substring($0.replacing(",", with: "\t")) })
    // A file's own targets give way to the generated ones, and the command says so.
    let made = try workshop.sample("--conditions", "events.csv", "--out", "again.csv")
    #expect(made.err.contains("events.csv already has RichDLLk, RichDLLp"), "\(made.err)")
    #expect(try workshop.lines("again.csv")[0] == "P,ETA,nTracks,RichDLLk,RichDLLp,sWeight")
    #expect(try workshop.column("RichDLLk", "again.csv") != workshop.column("RichDLLk", "events.csv"))
  }

  @Test
  func generatedTargetsAreInPhysicalUnits() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.trained()
    try workshop.writeTracks(rows: 3000)
    try workshop.sample("--conditions", "tracks.csv", "--out", "out.csv")
    // The quantile transform gives nothing beyond the training part's extremes: -10 to 30 and -15 to 15 by writeEvents.
    for (name, range) in [("RichDLLk", -10.0...30), ("RichDLLp", -15.0...15)] {
      let values = try workshop.column(name, "out.csv")
      #expect(values.count == 3000 && values.allSatisfy(range.contains))
      #expect(Set(values).count > 2000)
    }
  }

  @Test
  func withoutAFileConditionsAreThoseOfTheTrainingPart() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.trained()
    try workshop.sample("--count", "1000", "--out", "some.csv")
    try workshop.sample("--count", "1000", "--out", "same.csv", "--threads", "1")
    try workshop.sample("--count", "300", "--out", "few.csv")
    #expect(try workshop.bytes("some.csv") == workshop.bytes("same.csv"))
    let lines = try workshop.lines("some.csv")
    #expect(lines[0] == "P,ETA,nTracks,RichDLLk,RichDLLp,sWeight")
    #expect(try workshop.lines("few.csv")[...] == lines.prefix(301))
    func rows(_ name: String) throws -> [String] {
      let columns = try ["P", "ETA", "nTracks", "sWeight"].map { try workshop.column($0, name) }
      return columns[0].indices.map { row in columns.map { "\($0[row])" }.joined(separator: " ") }
    }
    let (drawn, known) = (try rows("some.csv"), try rows("events.csv"))
    #expect(Set(drawn).isSubset(of: known))
    // Half of the 1200 rows are for training: all come once before one comes again.
    let training = Set(drawn).count
    #expect((500...700).contains(training) && Set(drawn.prefix(training)).count == training)

    try workshop.writeEvents(rows: 1200) { row, cells in if row == 7 { cells[0] = "50.5" } }
    let refused = try workshop.fastsim("sample", "latest", "--count", "10", "--out", "no.csv")
    #expect(refused.status == 1 && refused.complaints.count == 1 && refused.err.contains("column P differ"))
    // With conditions from a file the training data are not needed at all.
    try FileManager.default.removeItem(atPath: workshop.path("events.csv"))
    try workshop.writeTracks(rows: 5)
    try workshop.sample("--conditions", "tracks.csv", "--out", "yes.csv")
  }

  @Test
  func anEpochAndTheAveragedGeneratorAnswerWhereTheyAreAsked() throws {
    let (plain, averaged) = (try Workshop(), try Workshop())
    defer {
      plain.remove()
      averaged.remove()
    }
    _ = try plain.trained()
    try averaged.writeEvents()
    try averaged.writeFileConfig()
    let made = try averaged.fastsim("train", "file.yaml", "--quiet", "--set", "training.generator_average=0.9")
    #expect(made.status == 0, "\(made.err)")
    for workshop in [plain, averaged] {
      try workshop.writeTracks(rows: 50)
      try workshop.sample("--conditions", "tracks.csv", "--out", "last.csv")
      try workshop.sample("--conditions", "tracks.csv", "--out", "two.csv", "--at", "2")
      try workshop.sample("--conditions", "tracks.csv", "--out", "one.csv", "--at", "1")
      #expect(try workshop.bytes("last.csv") == workshop.bytes("two.csv"))
      #expect(try workshop.bytes("last.csv") != workshop.bytes("one.csv"))
    }
    // The average changes nothing of the training, so the trained generators are equal and the answers are not.
    #expect(try plain.bytes("last.csv") != averaged.bytes("last.csv"))
  }

  @Test
  func refusalsOfSampleSayWhatIsWrongBeforeAnythingIsWritten() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.trained()
    try workshop.writeTracks(rows: 20)
    try workshop.writeTracks("nan.csv", rows: 20) { row, cells in if row == 11 { cells[2] = "nan" } }
    try workshop.write("misnamed.csv", "P,ETA,nTrack\n10,3,50\n")
    try workshop.write("empty.csv", "P,ETA,nTracks\n")
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      (["--conditions", "misnamed.csv", "--out", "x.csv"], 1, "no column \"nTracks\", did you mean \"nTrack\"?"),
      (["--conditions", "nan.csv", "--out", "x.csv"], 1, "nan.csv: row 12, column P is NaN"),
      (["--conditions", "none.csv", "--out", "x.csv"], 1, "none.csv: there is no such file"),
      (["--conditions", "tracks.csv", "--out", "x.root"], 1, "x.root: the file name must end in"),
      (["--conditions", "tracks.csv", "--out", "no/x.csv"], 1, "there is no folder no/"),
      (["--conditions", "tracks.csv", "--out", "x.csv", "--at", "9"], 1, "no checkpoint of epoch 9"),
      (["--out", "x.csv"], 64, "either --conditions"),
      (["--conditions", "tracks.csv", "--count", "3", "--out", "x.csv"], 64, "either --conditions"),
      (["--count", "0", "--out", "x.csv"], 64, "give a whole number from 1 to 1000000000"),
      (["--count", "9223372036854775807", "--out", "x.csv"], 64, "give a whole number from 1 to 1000000000"),
      (["--conditions", "tracks.csv", "--out", "x.csv", "--at", "-1"], 64, "give a whole number from 0 to 1000000000"),
    ]
    for (arguments, status, words) in cases {
      let made = try workshop.fastsim(["sample", "latest"] + arguments)
      #expect(made.status == status && made.err.contains(words), "\(arguments): \(made.err)")
      if status == 1 { #expect(made.complaints.count == 1 && made.out.isEmpty) }
      #expect(!workshop.exists("x.csv"))
    }
    // An unknown ending is refused before the store is looked for.
    let early = try workshop.fastsim(
      "sample", "1", "--conditions", "tracks.csv", "--out", "x.root", "--store", "absent.sqlite")
    #expect(early.err.contains("x.root: the file name must end in"))
    // No rows are no fault.
    try workshop.sample("--conditions", "empty.csv", "--out", "none-out.csv")
    #expect(try workshop.lines("none-out.csv") == ["P,ETA,nTracks,RichDLLk,RichDLLp"])
  }

  @Test
  func aRunWithoutConditionsTrainsResumesAndGenerates() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    for objective in ["cramer", "wgan-gp"] {
      let store = "\(objective).sqlite"
      let network = "{layers: 1, units: 8}"
      let critic = objective == "cramer" ? "{layers: 1, units: 8, outputs: 4}" : network
      let settings = [
        "--set", "data.conditions=null", "--set",
        "model={objective: \(objective), latent: 4, generator: \(network), critic: \(critic)}", "--quiet", "--store",
        store,
      ]
      let made = try workshop.fastsim(["train", "file.yaml"] + settings)
      #expect(made.status == 0, "\(made.err)")
      #expect(try workshop.fastsim("resume", "latest", "--epochs", "3", "--quiet", "--store", store).status == 0)
      let audited = try workshop.fastsim("audit", "latest", "--replay", "all", "--store", store)
      #expect(audited.status == 0, "\(audited.out)\(audited.err)")
      for name in ["one.csv", "two.csv"] {
        let sampled = try workshop.fastsim("sample", "latest", "--count", "5000", "--out", name, "--store", store)
        #expect(sampled.status == 0, "\(sampled.err)")
      }
      #expect(try workshop.lines("one.csv").count == 5001)
      #expect(try workshop.lines("one.csv")[0] == "RichDLLk,RichDLLp")
      #expect(Set(try workshop.lines("one.csv")).count > 4000)
      #expect(try workshop.bytes("one.csv") == workshop.bytes("two.csv"))
    }
  }

  @Test
  func generatedEventsAreDrawnAgainstTheRealOnesOfTheTestPart() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.trained()
    try workshop.sample("--svg", "dll.svg")
    let picture = String(decoding: try workshop.bytes("dll.svg"), as: UTF8.self)
    #expect(picture.hasPrefix("<svg "))
    // A histogram of each target with 50 bins: a dot for each bin of the real events.
    #expect(picture.contains(">RichDLLk<") && picture.contains(">RichDLLp<"))
    #expect(picture.components(separatedBy: "<circle ").count > 100)
    #expect(picture.contains(" real events and as many generated for the same conditions"))
    #expect(picture.contains("prefers-color-scheme:dark"))
    try workshop.sample("--svg", "again.svg", "--threads", "1")
    #expect(try workshop.bytes("again.svg") == workshop.bytes("dll.svg"))
    #expect(try workshop.fastsim("sample", "latest", "--svg", "x.svg", "--count", "5").status == 64)
    #expect(try workshop.fastsim("sample", "latest", "--count", "5").status == 64)
  }
}
