// The figures of a RICH analysis: what is measured of stored runs, stored with them, and drawn.
import Charts
import Evaluation
import Foundation
import Numerics
import Output
import Reports
import RunStore
import Text
import ToyDescriptions
import Training

/// A figure with the values that it shows.
struct ResultFigure {
  let chart: any Chart
  /// Of which run, and what is stored with it; empty for what is no result, such as times.
  let values: [(run: RunNumber, metrics: [MetricRecord])]
}

/// Makes figures of stored runs; events that several figures need are made once.
final class FigureWork {
  let store: RunStore
  private let engine: Engine
  private let epoch: EpochChoice
  private let calibration: Calibration
  private let observer: TrainingObserver
  private var known: [String: SpeciesEvents] = [:]

  /// The independent sample of efficiencies.
  struct Calibration {
    /// One for each run, in their order; empty for simulated ones.
    var files: [String] = []
    /// nil for the seed of the run's own sample and 1000 more.
    var seed: UInt64?
    /// nil for as many as the run's own sample has.
    var rows: Int?
    /// The name under which the values are stored.
    var role: String?
  }

  init(
    store: RunStore, engine: Engine, at epoch: EpochChoice, calibration: Calibration,
    observer: @escaping TrainingObserver
  ) {
    (self.store, self.engine, self.epoch) = (store, engine, epoch)
    (self.calibration, self.observer) = (calibration, observer)
  }

  /// Projections of real and generated tracks; their histograms are stored as artifacts.
  func projections(_ runs: [String], score: String?) throws -> ResultFigure {
    var species: [(title: String, columns: [ColumnHistogram])] = []
    for run in runs {
      let events = try tested(run)
      let histograms = try ColumnHistograms(events.comparison)
      try store.addArtifact(
        name: ColumnHistograms.artifactName(role: events.record.role, epoch: events.epoch),
        mediaType: ColumnHistograms.mediaType, bytes: histograms.encoded, to: events.run)
      let columns = histograms.columns.filter { score == nil || $0.name == score }
      guard !columns.isEmpty else {
        throw CommandFailure("run \(events.run): its model has no target \(oneLine(score ?? ""))")
      }
      species.append((title: events.species.plural, columns: columns))
    }
    return ResultFigure(chart: ResultFigures.projections(species), values: [])
  }

  /// The map of the separation of two species, stored with the first run.
  func map(_ run: String, against other: String) throws -> ResultFigure {
    let (first, second) = (try tested(run), try tested(other))
    let metrics = first.metrics(try first.separationMap(against: second, threads: engine.threads))
    let score = SpeciesScore(separating: first.species, second.species) ?? .dll(of: first.species)
    try store.addMetrics(metrics, of: first.record, to: first.run)
    guard
      let chart = ResultFigures.map(
        metrics, pair: "\(score.positive.symbol) and \(score.negative.symbol)",
        score: score.name.replacingOccurrences(of: "-", with: "−"))
    else { throw CommandFailure("run \(first.run) has no tracks in any bin") }
    return ResultFigure(chart: chart, values: [(first.run, metrics)])
  }

  /// Efficiencies and misidentifications of a cut on a score, each stored with the run whose events they are of.
  func efficiency(_ runs: [String], score name: String?, cut: Double) throws -> ResultFigure {
    let score = try score(named: name, runs)
    var charts: [any Chart] = []
    var values: [(run: RunNumber, metrics: [MetricRecord])] = []
    for (place, run) in runs.enumerated() {
      let events = try calibrated(run, place: place)
      let metrics = events.metrics(try events.efficiency(of: score, above: cut))
      try store.addMetrics(metrics, of: events.record, to: events.run)
      values.append((events.run, metrics))
      let isSought = events.species == score.positive
      let condition = "\(score.name) > \(shortNumber(cut))"
      let chart = ResultFigures.curve(
        metrics, name: events.efficiencyName(of: score),
        title: isSought
          ? "\(events.species.symbol) with \(condition)"
          : "\(events.species.symbol) → \(score.positive.symbol), \(condition)",
        yLabel: isSought ? "efficiency" : "misidentification",
        caption:
          "Fraction of \(events.species.plural) with \(condition): tracks of an independent calibration sample with their"
          + " weights, and tracks generated for the same conditions. Below, generated/real, and (generated − real) in units"
          + " of its uncertainty; band: ±2.")
      guard let chart else { throw CommandFailure("run \(events.run) has no tracks in any bin") }
      charts.append(chart)
    }
    return ResultFigure(chart: sheet(charts, "Identification by \(score.name)"), values: values)
  }

  /// The efficiency of a combination of the Cherenkov detector with a toy of the other ones, and how often tracks of another
  /// run's species pass.
  /// - Parameter runs: that of the sought species, and perhaps one of another species.
  func combined(_ runs: [String], cut: Double) throws -> ResultFigure {
    let samples = try runs.map { try calibrated($0, place: nil) }
    let sought = samples[0].species
    guard samples.dropFirst().allSatisfy({ $0.species != sought }) else {
      throw CommandFailure("both runs are of \(sought.plural); give one of another species with --against")
    }
    observer(.preparing("learning the combination of detectors"))
    let combination = try CombinedIdentification(of: sought, seed: 1, threads: engine.threads)
    var charts: [any Chart] = []
    var values: [(run: RunNumber, metrics: [MetricRecord])] = []
    for events in samples {
      let (plural, isSought) = (events.species.plural, events.species == sought)
      let metrics = events.metrics(try combination.efficiency(of: events, above: cut))
      try store.addMetrics(metrics, of: events.record, to: events.run)
      values.append((events.run, metrics))
      let condition = "log odds > \(shortNumber(cut))"
      let chart = ResultFigures.curve(
        metrics, name: combination.name(of: events.species),
        title: isSought
          ? "\(sought.symbol) by all detectors, \(condition)"
          : "\(events.species.symbol) → \(sought.symbol) by all detectors, \(condition)",
        yLabel: isSought ? "efficiency" : "misidentification",
        caption:
          "Fraction of \(plural) above a cut on a logistic combination of all RICH log-likelihoods with toy variables of the"
          + " muon chambers and the calorimeter, learnt from simulated \(sought.plural) against the four other species."
          + " Real: an independent calibration sample; generated: RICH by the model, the others by the toy. Below,"
          + " generated/real, and (generated − real) in units of its uncertainty; band: ±2.")
      guard let chart else { throw CommandFailure("run \(events.run) has no tracks in any bin") }
      charts.append(chart)
    }
    return ResultFigure(chart: sheet(charts, "Identification by all detectors"), values: values)
  }

  /// Rates of a model and of the simulation; nothing is stored.
  func speed(_ run: String) throws -> (chart: any Chart, speeds: [ModelSpeed]) {
    let number = try store.resolve(run)
    let sampler = try Sampler("\(number)", at: store.epoch(epoch, of: number), store: store, engine: engine)
    let speeds = try ModelSpeed.measure(sampler, store: store) { [observer] in
      observer(.preparing("timing \($0) tracks at once"))
    }
    let chart = ResultFigures.rates(
      title: "Run \(sampler.run): tracks per second with \(counted(engine.threads, "thread"))",
      batches: speeds.map(\.batch),
      rates: [("model", speeds.map(\.model)), ("photon-level simulation", speeds.map(\.simulation))],
      caption:
        "Median of five rounds on this machine, kernels \(engine.isa). The simulation is a toy, which makes a track from"
        + " photon angles in microseconds: the ratio does not tell how much faster the model is than a detector's full"
        + " simulation.")
    return (chart, speeds)
  }

  // MARK: - Parts

  /// The score of a column, or that of the species that the runs are about.
  private func score(named name: String?, _ runs: [String]) throws -> SpeciesScore {
    if let name {
      guard let score = SpeciesScore(column: name) else {
        let known = RichSpecies.allCases.compactMap(\.dll).joined(separator: ", ")
        throw CommandFailure("--score: \(oneLine(name)) is the score of no species; give one of \(known)")
      }
      return score
    }
    let species = try runs.map { try store.species(of: store.resolve($0)) }
    if species.count == 2, let pair = SpeciesScore(separating: species[0], species[1]) {
      return .dll(of: pair.positive)
    }
    guard let first = species.first, first.dll != nil else {
      throw CommandFailure("pions have no score of their own; name one with --score, or a run of another species first")
    }
    return .dll(of: first)
  }

  private func sheet(_ charts: [any Chart], _ title: String) -> any Chart {
    charts.count == 1 ? charts[0] : ChartSheet(title: title, charts: charts, columns: 2)
  }

  private func tested(_ run: String) throws -> SpeciesEvents {
    try events(run, "test") { _ in .part(nil) }
  }

  /// - Parameter place: that of the run's file among those given; nil for a simulated sample.
  private func calibrated(_ run: String, place: Int?) throws -> SpeciesEvents {
    try events(run, "calibration \((calibration.files.isEmpty ? nil : place) ?? -1)") { number in
      let role = calibration.role ?? "calibration"
      if let place, !calibration.files.isEmpty {
        guard place < calibration.files.count else {
          throw CommandFailure("run \(number) has no calibration sample; give --calibration for each run")
        }
        return .file(calibration.files[place], weights: nil, role: role)
      }
      return .simulation(seed: calibration.seed, rows: calibration.rows, role: role)
    }
  }

  private func events(
    _ run: String, _ what: String, _ source: (RunNumber) throws -> JudgedSource
  ) throws -> SpeciesEvents {
    let number = try store.resolve(run)
    let key = "\(number) \(what)"
    if let events = known[key] { return events }
    let events = try SpeciesEvents(
      "\(number)", at: epoch, on: source(number), store: store, engine: engine, observer: observer)
    known[key] = events
    return events
  }
}

extension RichSpecies {
  var plural: String { rawValue + "s" }

  /// As physicists write it.
  var symbol: String {
    switch self {
    case .electron: "e"
    case .muon: "μ"
    case .pion: "π"
    case .kaon: "K"
    case .proton: "p"
    }
  }
}
