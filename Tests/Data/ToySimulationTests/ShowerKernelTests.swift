// The inner loops of the shower simulation against closed forms, and the edges of cells.
import CKernels
import CShowers
import Foundation
import Testing

/// Energy spots of one shower.
private struct Spots {
  var weight: [Double] = []
  var depth: [Double] = []
  var across: [Double] = []
  var up: [Double] = []
  var total = 0.0

  init(_ kernels: fs_shower_kernels, _ profile: fs_shower, count: Int, event: fs_event, block: Int = 256) {
    var (event, profile) = (event, profile)
    for first in stride(from: 0, to: count, by: block) {
      let size = min(block, count - first)
      var columns = [[Double]](repeating: [Double](repeating: 0, count: size), count: 4)
      total += columns.withUnsafeMutableBufferPointer { pointers in
        pointers[0].withUnsafeMutableBufferPointer { weight in
          pointers[1].withUnsafeMutableBufferPointer { depth in
            pointers[2].withUnsafeMutableBufferPointer { across in
              pointers[3].withUnsafeMutableBufferPointer { up in
                kernels.spots(
                  &event, &profile, Int64(first), Int64(size), weight.baseAddress, depth.baseAddress,
                  across.baseAddress, up.baseAddress)
              }
            }
          }
        }
      }
      weight += columns[0]
      depth += columns[1]
      across += columns[2]
      up += columns[3]
    }
  }

  var radii: [Double] { zip(across, up).map { ($0 * $0 + $1 * $1).squareRoot() } }
}

private let names = ["portable", "sse2", "avx2", "avx512", "neon"]

private func kernels(_ name: String? = nil) -> fs_shower_kernels? {
  fs_kernels_named(name).flatMap { fs_shower_kernels_of($0) }?.pointee
}

/// A profile whose radii do not depend on the depth: R_C 0.1 and R_T 1.3 Moliere radii.
private func profile(alpha: Double, mixing: Double) -> fs_shower {
  fs_shower(
    alpha: alpha, depth_scale: 0.8, tau_scale: 0, core: 0.1, core_slope: 0,
    tail: 1.3 / (exp(2.59 * 0.645) + exp(-0.4 * 0.645)), tail_slope: 0.4, mixing: mixing, place: 0, width: 1,
    moliere: 30)
}

private let event = fs_event(seed: 11, event: 5, stream: 3)

@Suite(.timeLimit(.minutes(20))) struct ShowerKernelTests {
  @Test(arguments: [1.05, 1.5, 4, 12.5, 40]) func depthsAreGammaDistributed(_ alpha: Double) throws {
    let spots = Spots(try #require(kernels()), profile(alpha: alpha, mixing: 0), count: 20_000, event: event)
    #expect(scaledKolmogorovDistance(spots.depth) { 1 - fs_gamma_q(alpha, $0 / 0.8) } < 2.3)
    let found = moments(spots.depth)
    #expect(abs(found.mean / (0.8 * alpha) - 1) < 5 / (alpha * 20_000).squareRoot())
  }

  @Test func weightsAreGammaOfShapeTwo() throws {
    let spots = Spots(try #require(kernels()), profile(alpha: 3, mixing: 0), count: 20_000, event: event)
    #expect(scaledKolmogorovDistance(spots.weight) { 1 - (1 + $0) * exp(-$0) } < 2.3)
    #expect(abs(spots.total / spots.weight.reduce(0, +) - 1) < 1e-12)
    // A spot's numbers are independent of each other.
    let bound = 5 / 20_000.0.squareRoot()
    for (first, second) in [
      (spots.weight, spots.depth), (spots.weight, spots.radii.map { log($0) }),
      (spots.depth, spots.radii.map { log($0) }), (spots.weight, Array(spots.weight.dropFirst()) + [2]),
    ] {
      #expect(abs(correlation(first, second)) < bound)
    }
  }

  /// With U uniform in (0, 0.99), R sqrt(U/(1-U)) < r with probability r^2/(r^2 + R^2)/0.99.
  @Test(arguments: [0.0, 0.3, 0.9, 1.4]) func radiiAreAMixtureOfCoreAndTail(_ fraction: Double) throws {
    // pc = mixing exp(w - exp(w)) at w = 0.
    let spots = Spots(
      try #require(kernels()), profile(alpha: 3, mixing: fraction * exp(1)), count: 20_000, event: event)
    let core = min(fraction, 1)
    func below(_ r: Double, _ radius: Double) -> Double { min(1, r * r / (r * r + radius * radius) / 0.99) }
    #expect(scaledKolmogorovDistance(spots.radii) { core * below($0, 3) + (1 - core) * below($0, 39) } < 2.3)
    let turns = zip(spots.across, spots.up).map { atan2($1, $0) / (2 * .pi) + 0.5 }
    #expect(scaledKolmogorovDistance(turns) { $0 } < 2.3)
  }

  @Test func bitsDoNotDependOnInstructionsOrBlocks() throws {
    let shape = profile(alpha: 1.2, mixing: 1.5)
    let reference = Spots(try #require(kernels("portable")), shape, count: 3000, event: event)
    for name in names {
      guard let table = kernels(name) else { continue }
      for block in [256, 7] {
        let found = Spots(table, shape, count: 3000, event: event, block: block)
        #expect(found.weight == reference.weight && found.depth == reference.depth, "\(name)")
        #expect(found.across == reference.across && found.up == reference.up, "\(name)")
      }
    }
  }

  @Test func aBoxKeepsItsLowEdgesAndLosesItsHighOnes() throws {
    var box = fs_shower_box(
      entry: (0, 0, 0), step: (0, 0, 10), e1: (1, 0, 0), e2: (0, 1, 0), side: (20, 20, 15), count: (4, 3, 2),
      stride: (6, 2, 1))
    // x from -40 to 40, y from -30 to 30, z from 0 to 30.
    let spots: [(x: Double, y: Double, depth: Double, cell: Int?)] = [
      (-40, -30, 0, 0), (-40.001, -30, 0, nil), (-40, -30.001, 0, nil), (0, 0, 1.5, 2 * 6 + 1 * 2 + 1),
      (39.999, 29.999, 2.999, 23), (40, 0, 0, nil), (0, 30, 0, nil), (0, 0, 3, nil), (0, 0, -0.001, nil),
      (-20, -10.001, 1.499, 6), (.nan, 0, 0, nil), (1e300, 0, 0, nil),
    ]
    var expected = [Double](repeating: 0, count: 24)
    var found = expected
    for (place, spot) in spots.enumerated() {
      if let cell = spot.cell { expected[cell] += Double(place + 1) }
    }
    try #require(kernels()).fill_box(
      &box, Int64(spots.count), spots.indices.map { Double($0 + 1) }, spots.map(\.depth), spots.map(\.x),
      spots.map(\.y), &found)
    #expect(found == expected)
  }

  @Test func layersKeepTheirLowEdgesAndWhatLiesBetweenThemIsLost() throws {
    let layers = [
      fs_shower_layer(
        first: 2, last: 4, eta_per_mm: 0.001, phi_per_mm: 0.01, eta_side: 0.02, phi_side: 0.1, eta_count: 4,
        phi_count: 3,
        offset: 0),
      fs_shower_layer(
        first: 5, last: 6, eta_per_mm: 0.002, phi_per_mm: 0.02, eta_side: 0.1, phi_side: 0.1, eta_count: 1,
        phi_count: 2,
        offset: 12),
    ]
    let spots: [(x: Double, y: Double, depth: Double, cell: Int?)] = [
      (0, 0, 1.999, nil), (0, 0, 2, 2 * 3 + 1), (0, 0, 4, nil), (0, 0, 5, 13), (0, 0, 6, nil), (-40.001, 0, 3, nil),
      (-39.999, -14.999, 3, 0), (39.999, 14.999, 3, 11), (40.001, 0, 3, nil), (0, -0.5, 5.5, 12), (25.001, 0, 5.5, nil),
    ]
    var expected = [Double](repeating: 0, count: 14)
    var found = expected
    for (place, spot) in spots.enumerated() {
      if let cell = spot.cell { expected[cell] += Double(place + 1) }
    }
    try #require(kernels()).fill_layers(
      2, layers, 0, 0, Int64(spots.count), spots.indices.map { Double($0 + 1) }, spots.map(\.depth), spots.map(\.x),
      spots.map(\.y), &found)
    #expect(found == expected)
  }

  /// Whatever does not leave the box is found in it.
  @Test func energyIsConserved() throws {
    let table = try #require(kernels())
    let spots = Spots(table, profile(alpha: 4, mixing: 1), count: 256, event: event)
    let length = (1 + 0.3 * 0.3 + 0.1 * 0.1).squareRoot()
    var box = fs_shower_box(
      entry: (1, 2, 0), step: (3 / length, 1 / length, 10 / length), e1: (1, 0, -0.3), e2: (0, 1, -0.1),
      side: (1e4, 1e4, 1e6), count: (40, 40, 1), stride: (1, 40, 0))
    box.entry.2 = 5e5
    var cells = [Double](repeating: 0, count: 1600)
    table.fill_box(&box, 256, spots.weight, spots.depth, spots.across, spots.up, &cells)
    #expect(abs(cells.reduce(0, +) / spots.total - 1) < 1e-13)
    table.scale(1600, 5 / spots.total, &cells)
    #expect(abs(cells.reduce(0, +) - 5) < 1e-12)
  }

  @Test func noiseIsNormalAndContinuesAcrossBlocks() throws {
    var event = event
    let table = try #require(kernels())
    var cells = [Double](repeating: 0, count: 20_001)
    table.noise(&event, 0, 2.5, 20_001, &cells)
    #expect(scaledKolmogorovDistance(cells) { 0.5 * erfc(-$0 / (2.5 * 2.0.squareRoot())) } < 2.3)
    for lag in 1...4 {
      #expect(abs(correlation(Array(cells.dropFirst(lag)), Array(cells.dropLast(lag)))) < 5 / 20_000.0.squareRoot())
    }
    var rest = [Double](repeating: 1, count: 801)
    table.noise(&event, 300, 2.5, 801, &rest)
    #expect(rest == cells[1200..<2001].map { 1 + $0 })
    for name in names {
      guard let other = kernels(name) else { continue }
      var found = [Double](repeating: 0, count: 20_001)
      other.noise(&event, 0, 2.5, 20_001, &found)
      #expect(found == cells, "\(name)")
    }
  }

  @Test func cellsAtTheThresholdAreZero() throws {
    let table = try #require(kernels())
    let cells = [-1, 0, 2.999, 3, 3.000_000_01, 3.001, 100, 1e300]
    var found = [Float](repeating: -1, count: cells.count)
    table.read_out(Int64(cells.count), cells, 3, &found)
    // The fifth rounds to 3, which is not above 3.
    #expect(found == [0, 0, 0, 0, 0, 3.001, 100, .infinity])
    table.read_out(Int64(cells.count), cells, 0, &found)
    #expect(found == cells.map { Float($0) })
  }
}
