// `report` writes one page that needs nothing else, or pictures, from what the store holds, and names what is missing.
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

private func requireWellFormed(_ svg: Data) throws {
  let parser = XMLParser(data: svg)
  if !parser.parse() { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
}

/// Adds histograms, a map and efficiencies to run 1 of a store, as an evaluation does.
private let additions = """
  import hashlib, json, sqlite3, sys
  connection = sqlite3.connect("fastsim.sqlite")
  run, epoch, step = connection.execute("SELECT run, max(epoch), step FROM metric WHERE role = 'test' AND run = 1").fetchone()
  def side(shift):
      contents = [100.0 - (bin - 2 - shift) ** 2 for bin in range(5)]
      return {"contents": contents, "errors": [10.0] * 5, "below": 1.5, "above": 2.5}
  columns = [{"name": name, "edges": [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], "real": side(0), "generated": side(1)}
      for name in ("RichDLLk", "../RichDLLp <a>")]
  text = json.dumps({"columns": columns, "format": "fastsim-histograms-1"}, sort_keys=True, separators=(",", ":"))
  if len(sys.argv) > 1: text = sys.argv[1]
  data = text.encode()
  blob = connection.execute("INSERT INTO blob (digest, size) VALUES (?, ?)",
      (hashlib.sha256(data).hexdigest(), len(data))).lastrowid
  connection.execute("INSERT INTO blob_chunk (blob, number, bytes) VALUES (?, 0, ?)", (blob, data))
  connection.execute("INSERT INTO artifact (run, name, media_type, blob, stored) VALUES (1, ?, 'application/json', ?, ?)",
      (f"evaluation/test-{epoch}-histograms.json", blob, "2026-11-27T21:00:00.000Z"))
  def add(name, bin, value, error, masked=0):
      connection.execute("INSERT INTO metric (run, name, role, epoch, bin, step, value, uncertainty, masked)"
          " VALUES (1, ?, 'test', ?, ?, ?, ?, ?, ?)", (name, epoch, bin, step, value, error, masked))
  for low, high in ((2, 5), (5, 9.3), (9.3, 40)):
      for first, last in ((1.8, 2.5), (2.5, 5)):
          for ending, value in (("real", 0.9), ("generated", 0.88), ("difference", -0.02)):
              comma = "" if low == 5 else ","
              add(f"auc.K_pi.{ending}", f"P {low}-{high}{comma} ETA {first}-{last}", value, 0.01, int(low == 2 and first == 2.5))
      for ending, value in (("real", 0.8), ("generated", 0.84), ("difference", 0.04)):
          add(f"efficiency.kaon.{ending}", f"P {low}-{high}", value, 0.02)
  for bin in ("cos theta -1--0.5", "cos theta -0.5-1e-05"):
      for ending, value in (("real", 0.1), ("generated", 0.2), ("difference", 0.1)):
          add(f"misidentification.pion.{ending}", bin, value, 0.02, int(ending == "real" and bin.endswith("5")))
  for bin in ("P 2-9", "P 5-9.3", "everything"):
      add("efficiency.proton.real", bin, 0.5, 0.1)
  connection.commit()
  """

@Suite(.timeLimit(.minutes(20))) struct ReportTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.writeConfig(epochs: 2, steps: 4)
  }

  private func train(_ extra: String...) throws {
    let trained = try workshop.fastsim(["train", "config.yaml", "--quiet"] + extra)
    try #require(trained.status == 0, "\(trained.err)")
  }

  private func page(_ arguments: String...) throws -> String {
    let output = try workshop.fastsim(["report"] + arguments + ["-o", "report.html"])
    #expect(output.status == 0 && output.out.isEmpty && output.err.isEmpty, "\(output.err)")
    return String(decoding: try workshop.bytes("report.html"), as: UTF8.self)
  }

  @Test func thePageStandsAloneAndNamesWhatIsMissing() throws {
    defer { workshop.remove() }
    try train()
    let page = try page("1")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    for loaded in ["<script", "src=", "href=", "@import", "url(http", "http://", "https://"] {
      let known = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
      #expect(!known.contains(loaded), "\(loaded)")
    }
    let parts = [
      "Measures", "Measures through training", "Projections", "Separation of species", "Efficiencies", "Losses",
      "Configuration", "Data",
      "Environment", "Audit",
    ]
    let places = parts.compactMap { page.range(of: "<h2>\($0)</h2>")?.lowerBound }
    #expect(places.count == parts.count && places == places.sorted())
    for text in [
      "There are no histograms: `fastsim evaluate 1` makes them.", "It was never audited: `fastsim audit 1`",
      "`fastsim figure efficiency 1 -o efficiency.svg` makes them for a RICH run.",
      "`fastsim figure auc-map 1 --against RUN -o auc-map.svg` makes them for RICH runs of two species.",
      "There is no baseline", "ks.RichDLLk", "critic_loss", "training.steps: 4", "simulate rich kaon rows=3000 seed=3",
      "@page { size: A4;", "prefers-color-scheme: dark",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(try workshop.fastsim("report", "latest").out == page)
  }

  @Test func theVerdictSaysWhichValuesAgreeWithWhat() throws {
    defer { workshop.remove() }
    try train()
    try workshop.tamper(
      """
      UPDATE metric SET floor = NULL, floor_uncertainty = NULL;
      UPDATE metric SET value = 0.1, uncertainty = 1 WHERE bin = '' AND name LIKE '%.difference'
      """)
    let good = try page("1")
    #expect(good.contains("No floors are stored") && good.contains("`fastsim evaluate 1` takes them"))
    #expect(good.contains("<p class=\"banner good\">The generated events agree with the real ones: 10 of 10 values"))
    try workshop.tamper("UPDATE metric SET value = -12 WHERE name = 'mean.RichDLLk.difference'")
    let bad = try page("1")
    #expect(bad.contains("The generated events differ from the real ones: only 9 of 10 values"))
    #expect(bad.contains("mean.RichDLLk.difference, -12.0 ± 1.0, 12.0 uncertainties below zero"))
  }

  @Test func valuesAreJudgedAgainstTheirFloors() throws {
    defer { workshop.remove() }
    try train()
    let evaluated = try workshop.fastsim("evaluate", "1", "--quiet", "--measures", "kolmogorov-smirnov,energy-distance")
    #expect(evaluated.status == 0, "\(evaluated.err)")
    try workshop.tamper(
      """
      UPDATE metric SET value = 0.5, uncertainty = 0.03, floor = 0.1, floor_uncertainty = 0.04 WHERE name = 'ks.RichDLLk';
      UPDATE metric SET masked = 1, uncertainty = NULL, reason = 'the column is <constant>' WHERE name = 'ks.RichDLLe'
      """)
    let page = try page("1")
    // (0.5 - 0.1)/sqrt(0.03² + 0.04²)
    #expect(page.contains("ks.RichDLLk, 0.500 ± 0.030, 8.0 uncertainties above its floor 0.100 ± 0.040"))
    #expect(page.contains("<th>floor</th>") && !page.contains("No floors are stored"))
    #expect(page.contains("<td>the column is &lt;constant&gt;</td>"))
    #expect(page.contains(" real events, effective size ") && page.contains("digest of the judged events"))
  }

  @Test func picturesShowHistogramsMapsAndEfficiencies() throws {
    defer { workshop.remove() }
    try train()
    try workshop.python(additions)
    let page = try page("1")
    #expect(!page.contains("There are no histograms") && !page.contains("There are no efficiencies"))
    #expect(page.contains(">pseudorapidity η</text>") && page.contains(">momentum p [GeV]</text>"))
    #expect(
      page.contains("<figcaption>Difference of generated and real auc.K_pi in units of its statistical uncertainty"))
    // Edges of negative numbers are read; bins that overlap have no chart.
    #expect(
      page.contains(">cos theta</text>") && page.contains(">−0.5</text>") && page.contains("Hatched bins are masked."))
    #expect(!page.contains("efficiency.proton</text>"))
    #expect(page.contains(">−2.0</text>") && page.contains(">masked</text>"))
    let written = try workshop.fastsim("report", "1", "--format", "svg", "-o", "pictures")
    #expect(written.status == 0, "\(written.err)")
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: workshop.path("pictures")))
    #expect(
      names.isSuperset(of: [
        "projection-RichDLLk.svg", "projection-..-RichDLLp--a-.svg", "auc.K_pi-P-ETA.svg", "efficiency.kaon-P.svg",
        "loss-critic_loss.svg",
      ]), "\(names)")
    for name in names { try requireWellFormed(try workshop.bytes("pictures/\(name)")) }
    // A second time over the first ones.
    #expect(try workshop.fastsim("report", "1", "--format", "svg", "-o", "pictures").status == 0)
  }

  @Test func measuresAreDrawnOverTheEpochsWithTheirFloors() throws {
    defer { workshop.remove() }
    try train("--set", "training.epochs=4", "--set", "evaluation={measures: [ks], every: 1}")
    let page = try page("1")
    #expect(page.contains("at the epochs that were judged; the floor is dashed."))
    #expect(page.contains(">validation</text>") && page.contains(">validation, floor</text>"))
    #expect(!page.contains("No measure was taken at two epochs"))
    let written = try workshop.fastsim("report", "1", "--format", "svg", "-o", "pictures")
    #expect(written.status == 0 && workshop.exists("pictures/course-ks.RichDLLk.svg"), "\(written.err)")
    try requireWellFormed(try workshop.bytes("pictures/course-ks.RichDLLk.svg"))
    let classes = try workshop.fastsim("evaluate", "1", "--labels", "species")
    #expect(classes.status == 64 && classes.err.contains("write them with `fastsim sample`"), "\(classes.err)")
  }

  @Test func damagedHistogramsAreNamedAndTheRestIsShown() throws {
    defer { workshop.remove() }
    try train()
    try workshop.python(additions, "{\"format\": \"other\"}")
    let page = try page("1")
    #expect(page.contains("the histograms cannot be read: their format is not fastsim-histograms-1"))
    #expect(page.contains("<h2>Losses</h2>"))
  }

  @Test func aBaselineIsNamedOrFoundByItsObjectiveAndData() throws {
    defer { workshop.remove() }
    try train("--name", "pidgen")
    try train("--name", "model", "--set", "seed=8")
    try train("--name", "elsewhere", "--set", "data.simulate.seed=4")
    #expect(try page("model").contains("There is no baseline"))
    let named = try page("model", "--baseline", "pidgen")
    #expect(named.contains("Against the baseline, run 1 pidgen: nearer to the real events in"))
    #expect(named.contains("<th>baseline (run 1 pidgen)</th>"))
    try workshop.tamper("UPDATE parameter SET value = 'histogram' WHERE path = 'model.objective' AND run IN (1, 3)")
    #expect(try page("model") == named)
    #expect(try page("model", "--baseline", "3").contains("It was judged on other real events"))
    // A histogram is not compared with another one, unless that is named.
    try workshop.tamper("UPDATE parameter SET value = 'histogram' WHERE path = 'model.objective' AND run = 2")
    #expect(try page("model").contains("The run is itself a baseline; --baseline RUN names a run to compare it with."))
    #expect(try page("model", "--baseline", "pidgen").contains("Against the baseline, run 1 pidgen"))
  }

  @Test func runsWithoutEpochsOrFromElsewhereHavePagesToo() throws {
    defer { workshop.remove() }
    try train("--epochs", "0")
    try workshop.tamper("DELETE FROM metric WHERE epoch = 0")
    let empty = try page("1")
    #expect(empty.contains("Not judged: the run has no epochs.") && empty.contains("`fastsim resume 1`"))
    _ = try workshop.run(Workshop.beside("log-a-run"), ["fits.sqlite"])
    let logged = try page("1", "--store", "fits.sqlite")
    #expect(
      logged.contains("Run 1 parabola finished at epoch 5") && logged.contains("Measured, but not judged"))
    #expect(logged.contains("loss over steps") && !logged.contains("fastsim evaluate"))
    #expect(logged.contains("There are no histograms; the run was logged by another program."))
  }

  @Test func aCrashedRunSaysSo() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 400, steps: 40)
    let training = try workshop.start(["train", "config.yaml"])
    #expect(training.wait { $0.contains("epoch 2") })
    training.send(SIGKILL)
    _ = training.finish()
    let page = try page("1")
    #expect(page.contains("Run 1 small crashed at epoch ") && page.contains("Not judged: nothing was measured yet."))
  }

  @Test func wrongRequestsEndInOneLineAndLeaveNothing() throws {
    defer { workshop.remove() }
    try train()
    try workshop.write("file", "")
    for (arguments, status, text) in [
      (["9", "-o", "r.html"], 1, "no run '9'"), (["1", "--baseline", "9", "-o", "r.html"], 1, "no run '9'"),
      (["1", "-o", "nowhere/r.html"], 1, "nowhere/r.html can't be written"), (["1", "-o", "."], 1, "it is a folder"),
      (["1", "--at", "1", "-o", "r.html"], 1, "no measures of epoch 1, only of 2; `fastsim evaluate 1 --at 1`"),
      (["1", "--at", "-1"], 64, "--at"), (["1", "--format", "svg"], 64, "--format svg needs -o FOLDER"),
      (["1", "--format", "svg", "-o", "nowhere/pictures"], 1, "nowhere/pictures can't be written"),
      (["1", "--format", "svg", "-o", "file"], 1, "file"), (["1", "--format", "pdf"], 64, "pdf"),
    ] {
      let output = try workshop.fastsim(["report"] + arguments)
      #expect(Int(output.status) == status && output.err.contains(text), "\(arguments): \(output.err)")
      #expect(output.complaints.count == 1 && output.out.isEmpty, "\(output.err)")
    }
    #expect(!workshop.exists("r.html") && !workshop.exists("nowhere"))
    try train("--epochs", "0")
    try workshop.tamper("DELETE FROM metric WHERE epoch = 0")
    let empty = try workshop.fastsim("report", "2", "--format", "svg", "-o", "pictures")
    #expect(empty.status == 1 && empty.err.contains("run 2 has nothing to draw"), "\(empty.err)")
    #expect(!workshop.exists("pictures"))
  }
}
