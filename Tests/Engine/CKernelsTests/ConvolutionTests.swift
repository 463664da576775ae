// Convolutions over frames and routes against their definition, bit for bit.
import CKernels
import Testing

struct ConvolutionCase: Sendable {
  let rows: Int, depth: Int, width: Int
  /// The image: runs of cells, and cells of the frame before each of them; none means no frame.
  let runs: Int, length: Int, gap: Int
  /// Lines of targets, targets in a line and taps of each route.
  let routes: [(lines: Int, width: Int, taps: Int)]
  let extreme: Bool

  var cells: Int { runs * length }
  var framedCells: Int { runs * (length + gap) + gap }
  var targets: Int { routes.reduce(0) { $0 + $1.lines * $1.width } }
  var taps: Int { routes.reduce(0) { $0 + $1.taps } }
}

/// Widths below and above a tile's rows and lanes, chains longer than what is in progress at once, more images than are
/// framed together, routes without taps, results of one channel in lines of neighbours.
let convolutionCases: [ConvolutionCase] = [
  ConvolutionCase(
    rows: 2, depth: 1, width: 1, runs: 1, length: 7, gap: 0, routes: [(3, 1, 2)], extreme: false),
  ConvolutionCase(
    rows: 3, depth: 1, width: 17, runs: 4, length: 5, gap: 2, routes: [(5, 4, 9)], extreme: true),
  ConvolutionCase(
    rows: 2, depth: 3, width: 5, runs: 6, length: 5, gap: 1, routes: [(3, 3, 4), (1, 8, 2), (7, 1, 0)], extreme: true),
  ConvolutionCase(
    rows: 1, depth: 5, width: 70, runs: 1, length: 20, gap: 0, routes: [(12, 1, 3)], extreme: false),
  ConvolutionCase(
    rows: 2, depth: 53, width: 8, runs: 4, length: 15, gap: 3, routes: [(2, 29, 9), (2, 1, 1)], extreme: false),
  ConvolutionCase(
    rows: 9, depth: 96, width: 33, runs: 9, length: 13, gap: 2, routes: [(4, 13, 6)], extreme: false),
  ConvolutionCase(
    rows: 1, depth: 3, width: 2, runs: 12, length: 21, gap: 0, routes: [(10, 23, 22)], extreme: false),
  ConvolutionCase(
    rows: 4, depth: 1, width: 6, runs: 1, length: 3, gap: 4, routes: [(2, 2, 1)], extreme: true),
  ConvolutionCase(
    rows: 2, depth: 6, width: 1, runs: 4, length: 6, gap: 3, routes: [(11, 21, 5), (3, 1, 2)], extreme: false),
  ConvolutionCase(
    rows: 1, depth: 2, width: 1, runs: 2, length: 9, gap: 1, routes: [(5, 16, 3)], extreme: true),
]

/// The tables of a case as the kernels have them.
private final class Tables {
  let shape: ConvolutionCase
  /// For each route the targets, their origins, the taps and their offsets.
  let routes: [(targets: [Int32], origins: [Int32], taps: [Int32], offsets: [Int32])]
  let places: [Int32]
  let frame: UnsafeMutablePointer<fs_frame>
  let pointers: UnsafeMutablePointer<fs_route>
  private let numbers: UnsafeMutablePointer<Int32>

  /// Targets that interleave from route to route, origins and offsets anywhere in the framed image.
  init(_ shape: ConvolutionCase, inOrder: Bool = false) {
    self.shape = shape
    func draw(_ stream: UInt32, _ index: Int, below bound: Int) -> Int {
      Int(fs_philox(7, stream, 0, UInt64(index)).w0 % UInt32(max(bound, 1)))
    }
    let cells = shape.gap > 0 ? shape.framedCells : shape.cells
    var owner = shape.routes.enumerated().flatMap { Array(repeating: $0, count: $1.lines * $1.width) }
    if !inOrder { for place in owner.indices { owner.swapAt(place, draw(91, place, below: owner.count)) } }
    routes = shape.routes.enumerated().map { number, route in
      // Half of the framed image is for the origins, half for the offsets from them.
      let step = max(1, cells / 2 / max(route.width, 1)) > 1 ? 2 : 1
      let reach = max(1, cells - (route.width - 1) * step)
      let origins = (0..<route.lines).flatMap { line -> [Int32] in
        let first = draw(92 + UInt32(number), line, below: reach / 2)
        return (0..<route.width).map { Int32(first + $0 * step) }
      }
      var offset = 0
      let offsets = (0..<route.taps).map { tap -> Int32 in
        // Taps are often neighbours of the one before.
        let next = offset + 1
        offset =
          tap > 0 && draw(95, tap, below: 2) == 0 && next <= reach / 2 ? next : draw(96, tap, below: reach / 2 + 1)
        return Int32(offset)
      }
      return (
        owner.indices.filter { owner[$0] == number }.map(Int32.init), origins,
        (0..<Int32(route.taps)).map { $0 * Int32(shape.routes.count) + Int32(number) }, offsets
      )
    }
    places = (0..<shape.runs).map { Int32(shape.gap + $0 * (shape.length + shape.gap)) }
    let lists = [places] + routes.flatMap { [$0.targets, $0.origins, $0.taps, $0.offsets] }
    numbers = .allocate(capacity: lists.reduce(1) { $0 + $1.count })
    var next = numbers
    let kept = lists.map { list in
      defer { next += list.count }
      next.initialize(from: list, count: list.count)
      return UnsafePointer(next)
    }
    frame = .allocate(capacity: 1)
    frame.initialize(
      to: fs_frame(
        cells: Int64(cells), runs: shape.gap > 0 ? Int64(shape.runs) : 0, length: Int64(shape.length), place: kept[0]))
    pointers = .allocate(capacity: routes.count)
    for (number, route) in routes.enumerated() {
      (pointers + number).initialize(
        to: fs_route(
          targets: Int64(route.targets.count), taps: Int64(route.taps.count), target: kept[1 + 4 * number],
          origin: kept[2 + 4 * number], tap: kept[3 + 4 * number], offset: kept[4 + 4 * number],
          width: Int64(shape.routes[number].width)))
    }
  }

  deinit {
    frame.deallocate()
    pointers.deallocate()
    numbers.deallocate()
  }

  /// The highest tap and one more.
  var tapCount: Int { Int(routes.flatMap(\.taps).max() ?? -1) + 1 }

  /// A row's framed image.
  func framed(_ image: Strided, row: Int, depth: Int) -> [Float] {
    let cells = (0..<shape.cells * depth).map { image[row, $0] }
    guard shape.gap > 0 else { return cells }
    var result = [Float](repeating: 0, count: shape.framedCells * depth)
    for (run, place) in places.enumerated() {
      for k in 0..<shape.length * depth { result[Int(place) * depth + k] = cells[run * shape.length * depth + k] }
    }
    return result
  }
}

@Suite(.timeLimit(.minutes(20))) struct ConvolutionTests {
  @Test(arguments: convolutionCases.indices, [false, true])
  func aConvolutionIsOneChainPerElement(_ number: Int, transposed: Bool) throws {
    let shape = convolutionCases[number]
    let tables = Tables(shape)
    let (depth, width) = (shape.depth, shape.width)
    let fill = shape.extreme ? anyFloats : moderateFloats
    let image = Strided(rows: shape.rows, columns: shape.cells * depth, padding: 3) { fill($0, 81) }
    let (channels, filters) = transposed ? (width, depth) : (depth, width)
    let weights = Strided(rows: tables.tapCount * channels, columns: filters, padding: 2) { fill($0, 82) }
    let bias = moderateFloats(width, stream: 88)
    // One cell more than there are targets, which no route may touch.
    let start = Strided(rows: shape.rows, columns: (shape.targets + 1) * width, padding: 1) {
      moderateFloats($0, stream: 83)
    }
    let gate = Strided(rows: shape.rows, columns: start.columns, padding: 2) { fill($0, 89) }
    let slope: Float = number % 2 == 0 ? 0.25 : 0
    for epilogue in [FS_EPILOGUE_NONE, FS_EPILOGUE_LEAKY, FS_EPILOGUE_GATE] {
      let hasBias = epilogue != FS_EPILOGUE_GATE
      var wanted = start
      for row in 0..<shape.rows {
        let framed = tables.framed(image, row: row, depth: depth)
        for route in tables.routes {
          for (place, target) in route.targets.enumerated() {
            for n in 0..<width {
              var chain: Float = hasBias ? bias[n] : 0
              for (tap, offset) in zip(route.taps, route.offsets) {
                for k in 0..<depth {
                  let first = Int(tap) * channels
                  chain.addProduct(
                    framed[Int(route.origins[place] + offset) * depth + k],
                    transposed ? weights[first + n, k] : weights[first + k, n])
                }
              }
              let column = Int(target) * width + n
              let open = epilogue == FS_EPILOGUE_GATE ? gate[row, column] : chain
              let kept = epilogue == FS_EPILOGUE_NONE || open > 0
              wanted.values[row * start.stride + column] = kept ? chain : closed(chain, slope: slope)
            }
          }
        }
      }
      for name in tableNames {
        let table = try kernels(name)
        let routes = Int64(tables.routes.count)
        var panels = [Float](
          repeating: .nan,
          count: table.convolution_panel_floats(Int64(depth), Int64(width), tables.pointers, routes) + 1)
        table.pack_convolution(
          Int64(channels), Int64(filters), weights.values, Int64(weights.stride), transposed ? 1 : 0, tables.pointers,
          routes, &panels)
        let floats = table.convolution_scratch_floats(tables.frame, Int64(depth), 1, Int64(tables.tapCount))
        var scratch = [Float](repeating: .nan, count: floats + 1)
        var result = start
        result.values.withUnsafeMutableBufferPointer { c in
          scratch.withUnsafeMutableBufferPointer { scratch in
            withPointers([image.values, panels, bias, gate.values]) { sources in
              var call = fs_convolution()
              (call.rows, call.depth, call.width) = (Int64(shape.rows), Int64(depth), Int64(width))
              (call.a, call.lda, call.frame) = (sources[0], Int64(image.stride), UnsafePointer(tables.frame))
              (call.routes, call.route_count, call.panels) = (UnsafePointer(tables.pointers), routes, sources[1])
              (call.c, call.ldc, call.bias) = (c.baseAddress, Int64(start.stride), hasBias ? sources[2] : nil)
              (call.gate, call.ldgate, call.slope) = (sources[3], Int64(gate.stride), slope)
              (call.epilogue, call.scratch) = (Int32(epilogue), scratch.baseAddress)
              table.convolve(&call)
            }
          }
        }
        #expect(bits(result.values) == bits(wanted.values), "\(name), epilogue \(epilogue)")
        #expect(scratch[floats].isNaN && panels[panels.count - 1].isNaN)
      }
    }
  }

  @Test(arguments: convolutionCases.indices.filter { convolutionCases[$0].routes.count == 1 }, [false, true])
  func aWeightGradientChainsOverEventsPairsAndTargets(_ number: Int, accumulate: Bool) throws {
    let shape = convolutionCases[number]
    let tables = Tables(shape, inOrder: true)
    let (route, channels, filters) = (tables.routes[0], shape.depth, shape.width)
    let fill = shape.extreme ? anyFloats : moderateFloats
    for pairs in 1...3 {
      let images = (0..<pairs).map { pair in
        Strided(rows: shape.rows, columns: shape.cells * channels, padding: 3) { fill($0, 84 + 10 * UInt32(pair)) }
      }
      let upstreams = (0..<pairs).map { pair in
        Strided(rows: shape.rows, columns: shape.targets * filters, padding: 1) { fill($0, 85 + 10 * UInt32(pair)) }
      }
      let start = Strided(rows: shape.taps * channels, columns: filters, padding: 2) { fill($0, 86) }
      var wanted = start
      for tap in 0..<shape.taps {
        for k in 0..<channels {
          for n in 0..<filters {
            let place = (tap * channels + k) * start.stride + n
            wanted.values[place] = accumulate ? start.values[place] : 0
          }
        }
      }
      for row in 0..<shape.rows {
        for pair in 0..<pairs {
          let framed = tables.framed(images[pair], row: row, depth: channels)
          for target in 0..<shape.targets {
            for (tap, offset) in route.offsets.enumerated() {
              for k in 0..<channels {
                for n in 0..<filters {
                  wanted.values[(tap * channels + k) * start.stride + n].addProduct(
                    framed[Int(route.origins[target] + offset) * channels + k],
                    upstreams[pair][row, target * filters + n])
                }
              }
            }
          }
        }
      }
      for name in tableNames {
        let table = try kernels(name)
        let floats = table.convolution_scratch_floats(
          tables.frame, Int64(channels), Int64(pairs), Int64(shape.taps))
        var scratch = [Float](repeating: .nan, count: floats + 1)
        var result = start
        result.values.withUnsafeMutableBufferPointer { c in
          scratch.withUnsafeMutableBufferPointer { scratch in
            withPointers(images.map(\.values) + upstreams.map(\.values)) { sources in
              let factors = (0..<pairs).map {
                fs_factors(
                  x: sources[$0], ldx: Int64(images[$0].stride), y: sources[pairs + $0],
                  ldy: Int64(upstreams[$0].stride))
              }
              factors.withUnsafeBufferPointer { factors in
                var call = fs_convolution_weights()
                (call.rows, call.channels, call.filters) = (Int64(shape.rows), Int64(channels), Int64(filters))
                (call.factors, call.pairs) = (factors.baseAddress, Int64(pairs))
                (call.frame, call.route) = (UnsafePointer(tables.frame), UnsafePointer(tables.pointers))
                (call.c, call.ldc, call.accumulate) = (c.baseAddress, Int64(start.stride), accumulate ? 1 : 0)
                call.scratch = scratch.baseAddress
                table.convolve_weights(&call)
              }
            }
          }
        }
        #expect(bits(result.values) == bits(wanted.values), "\(name), \(pairs) pairs")
        #expect(scratch[floats].isNaN)
      }
    }
  }

  @Test(arguments: tableNames)
  func cellsAreSummedInLanes(_ name: String) throws {
    let table = try kernels(name)
    for (cells, channels) in [(1, 1), (3, 5), (4, 16), (259, 17), (1030, 3), (512, 33)] {
      for (pairs, accumulate) in [(1, false), (2, true)] {
        let images = (0..<pairs).map { pair in
          Strided(rows: 2, columns: cells * channels, padding: 3) { moderateFloats($0, stream: 60 + UInt32(pair)) }
        }
        let start = moderateFloats(channels + 1, stream: 63)
        var wanted = start
        for c in 0..<channels {
          var sum: Float = accumulate ? start[c] : 0
          for row in 0..<2 {
            for image in images {
              var total: Float = 0
              for first in stride(from: 0, to: cells, by: 256) {
                var lanes = [Float](repeating: 0, count: 4)
                for cell in first..<min(first + 256, cells) {
                  lanes[(cell - first) % 4] += image[row, cell * channels + c]
                }
                total += (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
              }
              sum += total
            }
          }
          wanted[c] = sum
        }
        var result = start
        withPointers(images.map(\.values)) { sources in
          let factors = images.indices.map {
            fs_factors(x: nil, ldx: 0, y: sources[$0], ldy: Int64(images[$0].stride))
          }
          table.cell_sums(
            2, Int64(cells), Int64(channels), factors, Int64(pairs), &result, accumulate ? 1 : 0)
        }
        #expect(bits(result) == bits(wanted), "\(cells) cells of \(channels) channels")
      }
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

  @Test
  func aLongSumOfColumnsIsMadeOfShortOnes() {
    // Each 256 sources are one sum, so that the mean of 65,025 cells is right to a few units in the last place.
    let cells = 65_025
    let a = (0..<cells).map { 1 + Float($0 % 1000) / 1000 }
    var out: Float = 0
    fs_map_columns(1, 1, [0, Int32(cells)], (0..<Int32(cells)).map { $0 }, a, Int64(cells), &out, 1)
    let exact = a.reduce(0.0) { $0 + Double($1) }
    #expect((Double(out) - exact).magnitude <= 1e-6 * exact, "\(out) against \(exact)")
    var total: Float = 0
    for first in stride(from: 0, to: cells, by: 256) {
      let part = a[first..<min(first + 256, cells)]
      let sum = part.dropFirst().reduce(part[first]) { $0 + $1 }
      total = first == 0 ? sum : total + sum
    }
    #expect(total.bitPattern == out.bitPattern)
  }
}

/// Calls `body` with the memory of several arrays.
private func withPointers(_ arrays: [[Float]], _ body: ([UnsafePointer<Float>]) -> Void) {
  let count = arrays.reduce(1) { $0 + $1.count }
  let memory = UnsafeMutablePointer<Float>.allocate(capacity: count)
  defer { memory.deallocate() }
  var next = memory
  body(
    arrays.map { array in
      defer { next += array.count }
      next.initialize(from: array, count: array.count)
      return UnsafePointer(next)
    })
}
