// A sample as a config describes it: simulated or read, with its weights and its identity.
package import Configuration
internal import Evaluation
internal import Foundation
package import SPlot
package import Samples
internal import ToyDescriptions
internal import ToySimulation

/// Events with roles and weights, from a source that can be read or simulated again.
package struct EventSample: Sendable {
  package let dataset: Dataset
  /// The mass fit behind the weights, where there is one.
  package let fit: MassFit?
  /// JSON from which the sample can be reproduced.
  package let recipe: String

  /// The name of the weight column that a mass fit adds.
  package static let sWeightName = "sWeight"
  /// The name of the weight column of learnt probabilities.
  package static let probabilityName = "signalProbability"

  /// The name of the mass column; nil where no mass was fitted.
  var massName: String? { dataset.columns(.mass).first?.name }

  /// - Parameters:
  ///   - columns: the columns to take, with their roles; weights and the mass are added by `weights`.
  ///   - cells: the array that is the target in place of columns.
  ///   - locations: where the files are.
  /// - Throws: `SampleError`, `SPlotError` or `SimulationError`: what is wrong, where and how to repair it.
  package init(
    source: SampleSource, columns: [(role: ColumnRole, name: String)], cells: CellsConfiguration? = nil,
    weights: WeightsConfiguration, name: String, locations: DataLocations, engine: Engine, observer: TrainingObserver
  ) throws {
    var wanted = columns
    switch weights {
    case .none: break
    case .column(let column): wanted.append((.weight, column))
    case .splot(let splot), .probability(let splot): wanted.append((.mass, splot.mass))
    }
    let (table, description, recipe) = try Self.table(
      source, wanted.map(\.name), locations, engine.threads, observer)
    try table.requireFinite(columns: wanted.map(\.name))
    var roles: [(role: ColumnRole, column: Column)] = []
    for (role, name) in wanted { roles.append((role, try table.column(name))) }
    var fit: MassFit?
    if let splot = weights.massFit {
      let masses = try table.column(splot.mass).values
      observer(.preparing("fitting \(splot.mass) of \(masses.count) \(name) events for s-weights"))
      let result = try fitMass(masses, model: MassModel(splot), options: MassFitOptions(threads: engine.threads))
      for warning in result.warnings { observer(.warning("mass fit of \(name): \(warning)")) }
      var weight = Column(name: Self.sWeightName, values: try result.weights(component: splot.signal))
      if case .probability = weights {
        observer(.preparing("learning the signal probability of \(masses.count) \(name) events"))
        weight = Column(
          name: Self.probabilityName,
          values: try signalProbability(
            of: roles.filter { $0.role != .mass }.map(\.column), weights: weight.values,
            engine: engine, source: description))
      }
      roles.append((.weight, weight))
      fit = result
    }
    let array = try cells.map { try Self.cells($0, of: source, locations, engine.threads, observer) }
    dataset = try Dataset(name: name, source: description, columns: roles, cells: array)
    self.fit = fit
    self.recipe = recipe
    if case .none = weights { return }
    try dataset.weights.requireUsable(origin: "the weights of \(description)")
    if let warning = dataset.weights.warning { observer(.warning("\(name): \(warning)")) }
  }

  /// The array of cells of a file or a simulation.
  private static func cells(
    _ cells: CellsConfiguration, of source: SampleSource, _ locations: DataLocations, _ threads: Int,
    _ observer: TrainingObserver
  ) throws -> CellArray {
    switch source {
    case .simulate(let simulation):
      guard let array = try simulation.cells(cells, threads: threads, observer: observer) else {
        preconditionFailure("the config has cells of a simulation that has none")
      }
      return array
    case .file(let path):
      let found = locations.find(path)
      let array = try readCells(found, name: cells.name, shape: cells.shape)
      observer(.preparing("hashing \(array.rowCount) events of \(array.cellCount) cells"))
      return array
    }
  }

  private static func table(
    _ source: SampleSource, _ columns: [String], _ locations: DataLocations, _ threads: Int,
    _ observer: TrainingObserver
  ) throws -> (table: Table, description: String, recipe: String) {
    switch source {
    case .simulate(let simulation):
      return (
        try simulation.table(threads: threads, observer: observer), "simulate \(simulation.words)",
        "{\"simulate\":\(simulation.canonicalJSON)}"
      )
    case .file(let path):
      let found = locations.find(path)
      observer(.preparing("reading \(found)"))
      let table = columns.isEmpty ? try Table(columns: []) : try readTable(found, columns: unique(columns))
      let absolute = URL(filePath: found).standardizedFileURL.path
      return (table, absolute, DataLocations.recipe(file: absolute))
    }
  }
}

extension SimulationSource {
  /// The simulated events without what was true of them.
  fileprivate func table(threads: Int, observer: TrainingObserver) throws -> Table {
    switch kind {
    case .rich(let species, let correlatedMass):
      observer(.preparing("simulating \(rows) \(species.rawValue) tracks (seed \(seed))"))
      return try RichSimulation(
        species: species, seed: seed, threads: threads, correlatedMass: correlatedMass
      ).table(rows: rows, truth: false)
    case .calorimeter(let name, let options):
      let simulation = try CalorimeterSimulation(of: name, options: options, seed: seed, threads: threads)
      return try Table(columns: simulation.conditions(0..<rows), origin: "simulated showers")
    case .toy(let toy):
      observer(.preparing("simulating \(rows) events of \(toy.name.rawValue) (seed \(seed))"))
      return try toy.table(rows: rows, seed: seed, threads: threads)
    }
  }

  /// The simulated showers, in a private temporary file; nil for a simulation without cells.
  fileprivate func cells(
    _ cells: CellsConfiguration, threads: Int, observer: TrainingObserver
  ) throws -> CellArray? {
    guard case .calorimeter(let name, let options) = kind else { return nil }
    let simulation = try CalorimeterSimulation(of: name, options: options, seed: seed, threads: threads)
    observer(.preparing("simulating \(rows) showers of \(name.rawValue) (seed \(seed))"))
    return try CellArray(
      name: cells.name, origin: "simulated showers", rows: rows, shape: cells.shape ?? name.shape
    ) { events, buffer in
      simulation.fill(events, into: buffer)
    }
  }

  /// What was simulated, as lists of datasets show it.
  fileprivate var words: String {
    let what =
      switch kind {
      case .rich(let species, let correlatedMass): "rich \(species.rawValue)\(correlatedMass ? " mass=correlated" : "")"
      case .calorimeter(let name, let options): name.rawValue + options.words
      case .toy(.gaussian(let mean, let sigma)): "gaussian mean=\(mean) sigma=\(sigma)"
      case .toy(.bernoulli(let probability)): "bernoulli probability=\(probability)"
      case .toy(let toy): toy.name.rawValue
      }
    return "\(what) rows=\(rows) seed=\(seed)"
  }
}

extension CalorimeterOptions {
  /// What differs from the detector's own, as lists of datasets show it.
  fileprivate var words: String {
    let energy: String? =
      switch energies {
      case .spectrum: nil
      case .fixed(let energy): " energy=\(energy)"
      case .points: " energy=points"
      }
    return [
      energy, incidence.map { " incidence=\($0.rawValue)" }, noise.map { " noise=\($0)" },
      threshold.map { " threshold=\($0)" },
    ].compactMap(\.self).joined()
  }
}

private func unique(_ names: [String]) -> [String] {
  names.enumerated().filter { index, name in !names[..<index].contains(name) }.map(\.element)
}

extension MassModel {
  /// The mass model of a config's `weights.splot`.
  package init(_ splot: SPlotConfiguration) {
    self.init(
      components: splot.components.map { component in
        let density = component.density
        var result = MassComponent(name: component.name, density: MassDensity(density))
        for start in density.start { result.set(start.name) { ($0.start, $0.fixed) = (start.value, false) } }
        for fixed in density.fixed { result.set(fixed.name) { ($0.start, $0.fixed) = (fixed.value, true) } }
        for limit in density.limits {
          result.set(limit.name) { ($0.limits, $0.fixed) = (limit.range, $0.fixed ?? false) }
        }
        for shared in density.shared {
          result.set(shared.name) {
            $0.shared = SharedParameter(component: shared.component, parameter: shared.parameter)
          }
        }
        return result
      }, window: splot.window)
  }
}

extension MassDensity {
  init(_ density: DensityConfiguration) {
    self =
      switch density.kind {
      case .gaussian: .gaussian
      case .doubleGaussian: .doubleGaussian
      case .crystalBall: .crystalBall(tail: density.tail == .left ? .left : .right)
      case .exponential: .exponential
      case .chebyshev: .chebyshev(degree: density.degree ?? 1)
      }
  }
}
