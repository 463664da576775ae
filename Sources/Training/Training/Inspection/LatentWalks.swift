// Events of given latent points at fixed conditions.
internal import Calorimeters
internal import Configuration
internal import Evaluation
internal import Samples
internal import TensorGraph

/// A generator at fixed conditions.
struct LatentWalks {
  private static let batch = 64
  private let program: Program
  private let conditions: [Float]
  private let latent: Int
  private let targets: Int
  private let batch: Int

  /// - Parameter conditions: one row, as the networks see it.
  init(_ model: AdversarialModel, conditions: [Float]) throws {
    // Of cells a way of 21 points at a time, and no more than 2^20 cells.
    batch = model.inputs.cells == nil ? Self.batch : max(1, min(21, (1 << 20) / model.inputs.targets))
    program = try model.walk(batch: batch)
    (self.conditions, latent, targets) = (conditions, model.latent, model.inputs.targets)
  }

  /// - Parameter points: [point][latent variable].
  /// - Returns: as the networks see them, [target][point].
  func events(_ points: [[Double]]) -> [[Double]] {
    var events = [[Double]](repeating: [], count: targets)
    forEachBlock(of: points) { taken, output in
      for target in 0..<targets { events[target] += (0..<taken).map { Double(output[$0 * targets + target]) } }
    }
    return events
  }

  /// Some points at a time.
  /// - Parameter body: given how many points were taken, and their events as the networks see them, row-major.
  func forEachBlock(of points: [[Double]], _ body: (Int, UnsafeBufferPointer<Float>) -> Void) {
    let repeated = RowBatches(points.flatMap { _ in conditions }, count: points.count, size: batch)
    let places = RowBatches(points.flatMap { $0.map(Float.init) }, count: points.count, size: batch)
    for index in 0..<places.count {
      let taken = places.fill(program.input("latent"), batch: index)
      _ = repeated.fill(program.input("conditions"), batch: index)
      program.run(seed: 0, step: 0)
      body(taken, program.output("generated"))
    }
  }
}

/// Showers of given latent points: their observables, and pictures of some of them.
struct ShowerWalks {
  private let walks: LatentWalks
  private let observables: CellObservables
  private let conditions: [Column]
  private let transform: CellTransform
  private let divisor: Double
  private let threads: Int
  let views: ShowerViews
  /// Of the cells; empty where it is not known.
  let unit: String

  /// - Parameters:
  ///   - shape: the extents of an event.
  ///   - conditions: those at which the generator is held, in physical units, one row.
  init(_ walks: LatentWalks, _ cells: CellsConfiguration, shape: [Int], conditions: [Column], threads: Int) throws {
    let names = conditions.map(\.name)
    self.walks = walks
    observables = CellObservables(cells, shape: shape, conditions: names)
    self.conditions = conditions
    transform = CellTransform(power: cells.power)
    divisor = try cells.divisors(conditions, count: 1)[0]
    self.threads = threads
    views = ShowerViews(
      of: CalorimeterObservables(shape: shape, conditions: names)?.detector, shape: shape)
    unit = conditions.map { ShowerCondition(name: $0.name, values: $0.values) }.unitOfCells
  }

  /// - Parameters:
  ///   - positions: of the points along their way.
  ///   - points: [point][latent variable].
  ///   - drawn: points of which pictures are kept.
  /// - Returns: the observables as targets, and the pictures.
  func walk(
    _ positions: [Double], _ points: [[Double]], drawn: [Int]
  ) -> (numbers: NetworkInternals.Walk, images: [[[Float]]]) {
    let cells = views.shape.reduce(1, *)
    var targets = [[Double]](repeating: [], count: observables.names.count)
    var images: [[[Float]]] = []
    var done = 0
    walks.forEachBlock(of: points) { taken, seen in
      var showers = [Float](repeating: 0, count: taken * cells)
      let numbers = (0..<taken * cells).map { Double(seen[$0]) }
      showers.withUnsafeMutableBufferPointer { showers in
        numbers.withUnsafeBufferPointer { transform.inverse($0, divisor: divisor, to: showers) }
        let found = observables.values(
          of: UnsafeBufferPointer(showers),
          conditions: conditions.map { $0.rows([Int](repeating: 0, count: taken)) }, threads: threads)
        for (place, value) in found.enumerated() { targets[place % targets.count].append(value) }
        for row in 0..<taken where drawn.contains(done + row) {
          let shower = UnsafeBufferPointer(rebasing: showers[row * cells..<(row + 1) * cells])
          images.append(views.pictures.map { $0.sums(shower).map(Float.init) })
        }
      }
      done += taken
    }
    return (NetworkInternals.Walk(positions: positions, targets: targets), images)
  }
}
