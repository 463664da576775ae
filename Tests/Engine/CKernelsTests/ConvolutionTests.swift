// Convolutions over routes against their definition, bit for bit.
import CKernels
import Testing

struct ConvolutionCase: Sendable {
  let rows: Int, channels: Int, filters: Int, cells: Int
  /// Targets and taps of each route.
  let routes: [(targets: Int, taps: Int)]
  let extreme: Bool
}

let convolutionCases: [ConvolutionCase] = [
  ConvolutionCase(rows: 2, channels: 1, filters: 1, cells: 4, routes: [(3, 2)], extreme: false),
  ConvolutionCase(rows: 3, channels: 1, filters: 17, cells: 20, routes: [(20, 9)], extreme: true),
  ConvolutionCase(rows: 2, channels: 3, filters: 5, cells: 30, routes: [(9, 4), (8, 2), (7, 0)], extreme: true),
  ConvolutionCase(rows: 1, channels: 5, filters: 70, cells: 12, routes: [(12, 3)], extreme: false),
  ConvolutionCase(rows: 1, channels: 40, filters: 3, cells: 60, routes: [(58, 9), (2, 1)], extreme: false),
  ConvolutionCase(rows: 1, channels: 3, filters: 2, cells: 240, routes: [(230, 22)], extreme: false),
]

private struct Routes {
  let targets: [[Int32]], taps: [[Int32]], sources: [[Int32]]

  /// Targets that interleave from route to route, and sources anywhere or beyond the edge.
  init(_ shape: ConvolutionCase) {
    var targets: [[Int32]] = []
    var taps: [[Int32]] = []
    var sources: [[Int32]] = []
    var owner = shape.routes.enumerated().flatMap { Array(repeating: $0, count: $1.targets) }
    for place in owner.indices { owner.swapAt(place, Int(fs_philox(7, 91, 0, UInt64(place)).w0) % owner.count) }
    for (number, route) in shape.routes.enumerated() {
      targets.append(owner.indices.filter { owner[$0] == number }.map(Int32.init))
      taps.append((0..<Int32(route.taps)).map { $0 * Int32(shape.routes.count) + Int32(number) })
      sources.append(
        (0..<route.targets * route.taps).map { place in
          let words = fs_philox(7, 92, UInt64(number), UInt64(place))
          // Half of them are neighbours of the one before.
          return words.w0 % 8 == 0
            ? -1 : Int32(words.w0 % 2 == 0 ? place % shape.cells : Int(words.w1 % 1024) % shape.cells)
        })
    }
    (self.targets, self.taps, self.sources) = (targets, taps, sources)
  }

  var tapCount: Int { Int(taps.flatMap { $0 }.max() ?? -1) + 1 }
  var targetCount: Int { targets.reduce(0) { $0 + $1.count } }

  /// The same as the C structure, for as long as `body` runs.
  func withRoutes(_ body: (UnsafePointer<fs_route>, Int64) -> Void) {
    let flat = (targets + taps + sources).map { $0.isEmpty ? [0] : $0 }
    let memory = UnsafeMutablePointer<Int32>.allocate(capacity: flat.reduce(0) { $0 + $1.count })
    defer { memory.deallocate() }
    var next = memory
    let places = flat.map { numbers in
      defer { next += numbers.count }
      next.initialize(from: numbers, count: numbers.count)
      return UnsafePointer(next)
    }
    let routes = targets.indices.map {
      fs_route(
        targets: Int64(targets[$0].count), taps: Int64(taps[$0].count), target: places[$0],
        tap: places[targets.count + $0], source: places[2 * targets.count + $0])
    }
    routes.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base, Int64(routes.count)) } }
  }
}

@Suite(.timeLimit(.minutes(20))) struct ConvolutionTests {
  @Test(arguments: convolutionCases.indices, [false, true])
  func aConvolutionIsOneChainPerElement(_ number: Int, transposed: Bool) throws {
    let shape = convolutionCases[number]
    let routes = Routes(shape)
    let (run, width) = transposed ? (shape.filters, shape.channels) : (shape.channels, shape.filters)
    let fill = shape.extreme ? anyFloats : moderateFloats
    let image = Strided(rows: shape.rows, columns: shape.cells * run, padding: 3) { fill($0, 81) }
    let weights = Strided(rows: routes.tapCount * shape.channels, columns: shape.filters, padding: 2) { fill($0, 82) }
    // One cell more than there are targets, which no route may touch.
    let start = Strided(rows: shape.rows, columns: (routes.targetCount + 1) * width, padding: 1) {
      moderateFloats($0, stream: 83)
    }
    var wanted = start
    for row in 0..<shape.rows {
      for (route, targets) in routes.targets.enumerated() {
        let taps = routes.taps[route]
        for (place, target) in targets.enumerated() {
          for n in 0..<width {
            var chain: Float = 0
            for (t, tap) in taps.enumerated() {
              let source = Int(routes.sources[route][place * taps.count + t])
              for k in 0..<run {
                let value = source < 0 ? 0 : image[row, source * run + k]
                let first = Int(tap) * shape.channels
                chain.addProduct(value, transposed ? weights[first + n, k] : weights[first + k, n])
              }
            }
            wanted.values[row * start.stride + Int(target) * width + n] = chain
          }
        }
      }
    }
    for name in tableNames {
      let table = try kernels(name)
      var result = start
      result.values.withUnsafeMutableBufferPointer { c in
        image.values.withUnsafeBufferPointer { a in
          weights.values.withUnsafeBufferPointer { b in
            routes.withRoutes { route, count in
              var call = fs_convolution(
                rows: Int64(shape.rows), channels: Int64(shape.channels), filters: Int64(shape.filters),
                a: a.baseAddress,
                lda: Int64(image.stride), b: b.baseAddress, ldb: Int64(weights.stride), c: c.baseAddress,
                ldc: Int64(start.stride), routes: route, route_count: count, accumulate: 0)
              table.convolve(&call, transposed ? 1 : 0)
            }
          }
        }
      }
      #expect(bits(result.values) == bits(wanted.values), "\(name)")
    }
  }

  @Test(arguments: convolutionCases.indices.filter { convolutionCases[$0].routes.count == 1 }, [false, true])
  func aWeightGradientChainsOverEventsAndTargets(_ number: Int, accumulate: Bool) throws {
    let shape = convolutionCases[number]
    let routes = Routes(shape)
    let (taps, targets) = (routes.tapCount, routes.targetCount)
    let fill = shape.extreme ? anyFloats : moderateFloats
    let image = Strided(rows: shape.rows, columns: shape.cells * shape.channels, padding: 3) { fill($0, 84) }
    let upstream = Strided(rows: shape.rows, columns: targets * shape.filters, padding: 1) { fill($0, 85) }
    let start = Strided(rows: taps * shape.channels, columns: shape.filters, padding: 2) { fill($0, 86) }
    var wanted = start
    for tap in 0..<taps {
      for k in 0..<shape.channels {
        for n in 0..<shape.filters {
          let place = (tap * shape.channels + k) * start.stride + n
          var chain: Float = accumulate ? start.values[place] : 0
          for row in 0..<shape.rows {
            for target in 0..<targets {
              let source = Int(routes.sources[0][target * taps + tap])
              chain.addProduct(
                source < 0 ? 0 : image[row, source * shape.channels + k], upstream[row, target * shape.filters + n])
            }
          }
          wanted.values[place] = chain
        }
      }
    }
    for name in tableNames {
      let table = try kernels(name)
      var result = start
      result.values.withUnsafeMutableBufferPointer { c in
        image.values.withUnsafeBufferPointer { a in
          upstream.values.withUnsafeBufferPointer { b in
            routes.withRoutes { route, count in
              var call = fs_convolution(
                rows: Int64(shape.rows), channels: Int64(shape.channels), filters: Int64(shape.filters),
                a: a.baseAddress,
                lda: Int64(image.stride), b: b.baseAddress, ldb: Int64(upstream.stride), c: c.baseAddress,
                ldc: Int64(start.stride), routes: route, route_count: count, accumulate: accumulate ? 1 : 0)
              table.convolve_weights(&call)
            }
          }
        }
      }
      #expect(bits(result.values) == bits(wanted.values), "\(name)")
    }
  }

  @Test
  func aColumnMapAddsItsSourcesFromTheLeft() {
    let (rows, stride) = (3, 7)
    let a = anyFloats(rows * stride, stream: 87)
    let starts: [Int32] = [0, 1, 1, 4, 6]
    let sources: [Int32] = [4, 0, 3, 5, 2, 2]
    var out = [Float](repeating: 9, count: rows * 5)
    fs_map_columns(Int64(rows), 4, starts, sources, a, Int64(stride), &out, 5)
    for row in 0..<rows {
      let value = { (column: Int) in a[row * stride + column] }
      let wanted: [Float] = [value(4), 0, value(0) + value(3) + value(5), value(2) + value(2), 9]
      #expect(bits(Array(out[row * 5..<row * 5 + 5])) == bits(wanted))
    }
  }
}
