// Simulated showers: any range of events, into memory of the caller.
internal import CKernels
internal import CShowers
internal import Numerics
package import Samples
package import ToyDescriptions

/// Electromagnetic showers in a calorimeter.
///
///     let simulation = try CalorimeterSimulation(of: .lhcb, seed: 1)
///     let conditions = try simulation.conditions(0..<1000)
///     simulation.fill(0..<1000, into: buffer)
///
/// Event i depends on detector, seed, options and i alone: the same bytes come at any number of threads, with any
/// instruction set and in any range.
package struct CalorimeterSimulation: Sendable {
  package let name: CalorimeterName
  package let seed: UInt64
  package let threads: Int?
  private let detector: any Calorimeter
  private let kernels: ShowerKernels

  /// - Parameters:
  ///   - threads: the largest number of threads, 1 or more; nil for all cores. The result does not depend on it.
  ///   - instructions: the instruction set, as FASTSIM_ISA names it; nil for the best one. The result does not depend on
  ///     it.
  /// - Throws: `SimulationError` for options out of range, or that the detector does not have.
  package init(
    of name: CalorimeterName, options: CalorimeterOptions = CalorimeterOptions(), seed: UInt64, threads: Int? = nil,
    instructions: String? = nil
  ) throws(SimulationError) {
    try options.require(for: name)
    if let threads, threads < 1 { throw .threadCount(threads) }
    (self.name, self.seed, self.threads) = (name, seed, threads)
    detector = name.detector(options)
    kernels = ShowerKernels(instructions)
  }

  /// The energies in MeV and the conditions of some events.
  /// - Returns: `CalorimeterName.energyName` and `CalorimeterName.conditions`.
  /// - Throws: `SimulationError.rowCount` for no event, an event below 0 or above 10⁹; `.memory`.
  package func conditions(_ events: Range<Int>) throws(SimulationError) -> [Column] {
    try requireRange(events)
    let names = [CalorimeterName.energyName] + name.conditions
    let loop = try RowLoop(rows: events.count, columns: names.count, threads: threads, progress: nil)
    let values = loop.columns(names.count) { rows, columns in
      for row in rows {
        var random = EventRandom(
          seed: seed, stream: name.streams.particles, event: UInt64(events.lowerBound + row))
        let particle = detector.particle(&random)
        columns.store(1000 * particle.energy, row: row, column: 0)
        for (place, value) in detector.conditions(of: particle).enumerated() {
          columns.store(value, row: row, column: 1 + place)
        }
      }
    }
    return zip(names, values).map { Column(name: $0, values: $1) }
  }

  /// The showers of some events in MeV, `name.cellCount` numbers each.
  /// - Precondition: the buffer holds them, and no event is below 0.
  package func fill(_ events: Range<Int>, into showers: UnsafeMutableBufferPointer<Float>) {
    let cells = name.cellCount
    precondition(
      events.lowerBound >= 0 && showers.count == events.count * cells, "a buffer for all cells of all events")
    // Each chunk writes showers of its own.
    nonisolated(unsafe) let showers = showers
    let chunks = RowChunks(events.count, size: max(1, 8192 / cells))
    forEachChunk(chunks.count, threads: threads) { chunk in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: cells) { sums in
        for row in chunks[chunk] {
          let shower = UnsafeMutableBufferPointer(rebasing: showers[row * cells..<(row + 1) * cells])
          simulate(UInt64(events.lowerBound + row), sums: sums, into: shower)
        }
      }
    }
  }

  private func simulate(
    _ event: UInt64, sums: UnsafeMutableBufferPointer<Double>, into shower: UnsafeMutableBufferPointer<Float>
  ) {
    let streams = name.streams
    var random = EventRandom(seed: seed, stream: streams.particles, event: event)
    let particle = detector.particle(&random)
    let development = ShowerDevelopment(detector.material, energy: particle.energy, &random)
    sums.initialize(repeating: 0)
    kernels.deposit(
      development, 1000 * detector.sampledFraction * development.visibleEnergy, in: detector.cells(around: particle),
      random: fs_event(seed: seed, event: event, stream: streams.spots), sums: sums)
    var block: UInt64 = 0
    for region in detector.noise where region.sigma > 0 {
      kernels.addNoise(
        region.sigma, to: UnsafeMutableBufferPointer(rebasing: sums[region.first..<region.first + region.count]),
        random: fs_event(seed: seed, event: event, stream: streams.noise), block: block)
      block += UInt64(region.count)
    }
    kernels.readOut(sums, threshold: detector.threshold, into: shower)
  }

  private func requireRange(_ events: Range<Int>) throws(SimulationError) {
    guard !events.isEmpty, events.lowerBound >= 0, events.upperBound <= RowLoop.maximumRows else {
      throw .rowCount(events.lowerBound < 0 ? events.lowerBound : events.isEmpty ? 0 : events.upperBound)
    }
  }
}

extension CalorimeterOptions {
  /// - Throws: `SimulationError.energy`, `.level` or `.notOf` for what no detector has, or this one does not.
  fileprivate func require(for name: CalorimeterName) throws(SimulationError) {
    if case .fixed(let energy) = energies, !Self.energyRange.contains(energy) { throw .energy(energy) }
    if energies == .points, name != .atlas { throw .notOf(option: "energy points", detector: name.rawValue) }
    if incidence != nil, name == .atlas { throw .notOf(option: "an incidence", detector: name.rawValue) }
    for level in [noise, threshold] {
      if let level, !Self.levelRange.contains(level) { throw .level(level) }
    }
  }
}
