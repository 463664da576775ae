// `fastsim figures`: trains the models of a sweep of species and draws all figures of their results.
import ArgumentParser
import Charts
import Configuration
import Files
import Foundation
import Glibc
import Numerics
import Output
import RunStore
import Text
import ToyDescriptions
import Training

struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Train the models of a sweep of species and draw all RICH results.",
    discussion: """
      Finished runs of the same config are not trained again; after an interruption the same command resumes. The folder \
      gets each figure as a file and index.html, a page with all of them. Kaons and pions are needed; with protons there is \
      the combined identification too.

      Example: fastsim figures Examples/rich-results.yaml -o rich-results
      """)

  @Argument(help: "The config, a YAML file with a sweep.")
  var config: String

  @OptionGroup var overrides: OverrideOptions

  @Option(
    name: [.short, .customLong("out")],
    help: ArgumentHelp("The folder of the figures, which is made if needed.", valueName: "folder"))
  var out: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Runs to train at the same time, each in its own process (default: 1).", valueName: "n"),
    transform: Bound.threads.parsed)
  var jobs: Int?

  @OptionGroup var checkpoint: CheckpointOptions

  @OptionGroup var selection: CutOptions
  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if !calibration.files.isEmpty, calibration.files.count != 2 {
      throw ValidationError("give --calibration twice, for the kaons and for the pions")
    }
  }

  func run() throws {
    let text = try configText(config)
    guard
      case .sweep(let plan) = try TrainingPlan.load(text: text, file: config, overrides: overrides.given.map(\.pair))
    else {
      throw CommandFailure("\(config): it has no sweep; the figures need models of kaons and of pions")
    }
    let places = try SpeciesPlaces(plan, of: config)
    guard mkdir(out, 0o777) == 0 || errno == EEXIST else { throw FileFailure(path: out, code: errno) }
    let outcome = try trainSweep(
      plan, yaml: text, folder: URL(filePath: config).deletingLastPathComponent().path, jobs: jobs,
      threads: threads.threads, quiet: quiet.quiet, requireClean: false, store)
    try report(outcome, store)
    func run(_ place: Int) throws -> String {
      guard let run = outcome.runs[place] else { throw CommandFailure("\(config): run \(place + 1) did not begin") }
      return "\(run.number)"
    }
    try draw(kaons: run(places.kaons), pions: run(places.pions), protons: places.protons.map(run))
  }

  private func draw(kaons: String, pions: String, protons: String?) throws {
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let work = FigureWork(
      store: try store.open(.write), engine: try Engine(threads: threads.threads), at: checkpoint.at ?? .last,
      calibration: calibration.calibration, observer: progress.observe)
    let cut = selection.cut
    var figures: [(name: String, title: String, chart: any Chart)] = [
      ("projections", "Projections", try work.projections([kaons, pions], score: nil).chart),
      ("auc-map", "Separation of kaons and pions", try work.map(kaons, against: pions).chart),
      (
        "efficiency", "Efficiency and misidentification",
        try work.efficiency([kaons, pions], score: nil, cut: cut).chart
      ),
    ]
    if let protons {
      figures.append(("combined-pid", "Combined identification", try work.combined([protons, pions], cut: cut).chart))
    }
    figures.append(("speed", "Speed", try work.speed(kaons).chart))
    progress.finish()
    var page = HTMLPage(title: "RICH results")
    page.add(
      .paragraph(
        "Models of \(protons == nil ? "" : "protons (run \(protons ?? "")), ")kaons (run \(kaons)) and pions (run \(pions)),"
          + " judged on events that they were not trained with."))
    for figure in figures {
      try writeFile(Array(figure.chart.svg.utf8), to: "\(out)/\(figure.name).svg")
      page.add(.heading(figure.title))
      page.add(.figure(svg: figure.chart.svg, caption: ""))
    }
    try writeFile(Array(page.html.utf8), to: "\(out)/index.html")
    if !quiet.quiet { printNotice("\(out)/index.html: \(counted(figures.count, "figure"))") }
  }
}

/// The members of a sweep whose figures are drawn: the first of each species.
private struct SpeciesPlaces {
  let kaons: Int
  let pions: Int
  let protons: Int?

  init(_ plan: SweepPlan, of config: String) throws {
    func place(_ species: RichSpecies) -> Int? {
      plan.members.firstIndex { member in
        if case .simulate(let source) = member.data.source { source.species == species.rawValue } else { false }
      }
    }
    guard let kaons = place(.kaon), let pions = place(.pion) else {
      throw CommandFailure("\(config): its sweep has no run of kaons or none of pions; the figures need both")
    }
    (self.kaons, self.pions, protons) = (kaons, pions, place(.proton))
  }
}
