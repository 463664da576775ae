// Where the chains of a convolution read, as the kernels have it: frames of images and routes of taps.
internal import CKernels

/// How the cells of a convolution's result are reached from the images that it reads. Images are framed by as many cells
/// of +0 as taps reach beyond their edges, so that a tap is at the same distance from every cell's origin.
///
/// Where a tenth or more of the products would be with the frame, as on small maps, cells that have the same taps inside
/// the image are a route of their own and have no others in their chains. That depends on the geometry alone.
final class ConvolutionTables {
  /// One for all images that are read.
  let frame: UnsafeMutablePointer<fs_frame>
  let routes: UnsafeMutablePointer<fs_route>
  let routeCount: Int
  let mostTaps: Int
  private let numbers: UnsafeMutablePointer<Int32>

  /// - Parameters:
  ///   - transposed: from the geometry's output to its input; else from its input to its output.
  ///   - divided: false for one route of all cells, which weight gradients need.
  init(_ geometry: ConvolutionGeometry, transposed: Bool, divided: Bool) {
    let (source, reach) = transposed ? geometry.inputReach : geometry.outputReach
    let framed = Grid(
      zip(source.extents, reach).map { $0 + $1.before + $1.after }, channels: source.channels)
    var routes = transposed ? geometry.inputRoutes(framed, reach) : geometry.outputRoutes(framed)
    let isFramed = framed.extents != source.extents
    if divided, isFramed {
      let last = (transposed ? geometry.input : geometry.output).extents.last ?? 1
      routes = dividedByTaps(routes, source, framed, reach, line: last)
    }
    let length = source.extents.last ?? 1
    let places: [Int32] =
      isFramed
      ? stride(from: 0, to: source.cells, by: length).map {
        Int32(framed.linear(zip(source.place(of: $0), reach).map { $0 + $1.before }))
      } : []
    numbers = .allocate(
      capacity: max(1, places.count + routes.reduce(0) { $0 + 2 * $1.targets.count + 2 * $1.taps.count }))
    var next = numbers
    func keep(_ list: [Int32]) -> UnsafePointer<Int32> {
      defer { next += list.count }
      next.initialize(from: list, count: list.count)
      return UnsafePointer(next)
    }
    frame = .allocate(capacity: 1)
    frame.initialize(
      to: fs_frame(
        cells: Int64(framed.cells), runs: Int64(places.count), length: Int64(length), place: keep(places)))
    self.routes = .allocate(capacity: max(1, routes.count))
    for (place, route) in routes.enumerated() {
      (self.routes + place).initialize(
        to: fs_route(
          targets: Int64(route.targets.count), taps: Int64(route.taps.count), target: keep(route.targets),
          origin: keep(route.origins), tap: keep(route.taps), offset: keep(route.offsets), width: Int64(route.width)))
    }
    routeCount = routes.count
    mostTaps = routes.map(\.taps.count).max() ?? 0
  }

  deinit {
    frame.deallocate()
    routes.deallocate()
    numbers.deallocate()
  }
}

/// The tables of a program's convolutions, made once for each geometry and direction.
package final class ConvolutionTableCache {
  private struct Key: Hashable {
    let geometry: ConvolutionGeometry
    let transposed: Bool
    let divided: Bool
  }
  private var made: [Key: ConvolutionTables] = [:]

  func tables(_ geometry: ConvolutionGeometry, transposed: Bool, divided: Bool = true) -> ConvolutionTables {
    let key = Key(geometry: geometry, transposed: transposed, divided: divided)
    if let known = made[key] { return known }
    let tables = ConvolutionTables(geometry, transposed: transposed, divided: divided)
    made[key] = tables
    return tables
  }
}

/// Cells that share the taps of their chains, see `fs_route`.
struct Route {
  var targets: [Int32] = []
  var origins: [Int32] = []
  var taps: [Int32] = []
  var offsets: [Int32] = []
  /// Targets in a line along the last dimension.
  var width = 1
}

/// Routes of cells that have all their taps inside the image, where that saves a tenth of the products and needs no more
/// than eight times the packed weights; else the same routes.
/// - Parameter line: cells along the last dimension of the result.
private func dividedByTaps(_ routes: [Route], _ source: Grid, _ framed: Grid, _ reach: [Reach], line: Int) -> [Route] {
  func products(_ routes: [Route]) -> Int { routes.reduce(0) { $0 + $1.targets.count * $1.taps.count } }
  func taps(_ routes: [Route]) -> Int { routes.reduce(0) { $0 + $1.taps.count } }
  // Large maps have few cells at their edges.
  guard products(routes) <= 1 << 18 else { return routes }
  let isInside = (0..<framed.cells).map { cell in
    source.cell(at: zip(framed.place(of: cell), reach).map { $0 - $1.before }) != nil
  }
  let divided = routes.flatMap { route -> [Route] in
    var parts: [Route] = []
    var places: [[Bool]: Int] = [:]
    for (target, origin) in zip(route.targets, route.origins) {
      let present = route.offsets.map { isInside[Int(origin + $0)] }
      let place = places[present] ?? parts.count
      if place == parts.count {
        places[present] = place
        var part = Route()
        for tap in present.indices where present[tap] {
          part.taps.append(route.taps[tap])
          part.offsets.append(route.offsets[tap])
        }
        parts.append(part)
      }
      parts[place].targets.append(target)
      parts[place].origins.append(origin)
    }
    return parts.map { part in
      var part = part
      part.width = part.evenWidth(line: line)
      return part
    }
  }
  return 10 * products(divided) <= 9 * products(routes) && taps(divided) <= 8 * taps(routes) ? divided : routes
}

extension Route {
  /// How many targets in a line of cells have origins equally far apart, the same number in each line; else 1.
  fileprivate func evenWidth(line: Int) -> Int {
    let first = targets.prefix { Int($0) / line == Int(targets[0]) / line }.count
    guard first > 1, targets.count % first == 0 else { return 1 }
    let step = origins[1] - origins[0]
    for start in stride(from: 0, to: targets.count, by: first) {
      for place in start + 1..<start + first
      where origins[place] - origins[place - 1] != step
        || Int(targets[place]) / line != Int(targets[start]) / line
      { return 1 }
    }
    return first
  }
}

/// Cells of a frame before and after an image along one dimension.
typealias Reach = (before: Int, after: Int)

extension ConvolutionGeometry {
  /// How far the chains of output cells read beyond the input.
  var outputReach: (source: Grid, reach: [Reach]) {
    let reach = kernel.indices.map { dimension -> Reach in
      let last = (output.extents[dimension] - 1) * stride[dimension] + kernel[dimension] - 1 - padding[dimension]
      return (padding[dimension], max(0, last - (input.extents[dimension] - 1)))
    }
    return (input, reach)
  }

  /// How far the chains of input cells read beyond the output.
  var inputReach: (source: Grid, reach: [Reach]) {
    let reach = kernel.indices.map { dimension -> Reach in
      let last = (input.extents[dimension] - 1 + padding[dimension]) / stride[dimension]
      return (
        (kernel[dimension] - 1) / stride[dimension], max(0, last - (output.extents[dimension] - 1))
      )
    }
    return (output, reach)
  }

  /// The route of all output cells: they have all taps.
  func outputRoutes(_ framed: Grid) -> [Route] {
    var route = Route()
    for cell in 0..<output.cells {
      route.targets.append(Int32(cell))
      route.origins.append(Int32(framed.linear(zip(output.place(of: cell), stride).map { $0 * $1 })))
    }
    for tap in 0..<taps {
      route.taps.append(Int32(tap))
      route.offsets.append(Int32(framed.linear(window.place(of: tap))))
    }
    route.width = output.extents.last ?? 1
    return [route]
  }

  /// The routes of input cells. Cells whose padded position has the same remainder by the stride share their taps: those
  /// whose position has that remainder too.
  func inputRoutes(_ framed: Grid, _ reach: [Reach]) -> [Route] {
    let phases = Grid(stride, channels: 1)
    func phase(_ place: [Int]) -> Int { phases.linear(zip(place, stride).map { $0 % $1 }) }
    var routes = [Route](repeating: Route(), count: phases.cells)
    for tap in 0..<taps {
      let place = window.place(of: tap)
      let number = phase(place)
      routes[number].taps.append(Int32(tap))
      routes[number].offsets.append(Int32(-framed.linear(zip(place, stride).map { $0 / $1 })))
    }
    for cell in 0..<input.cells {
      let place = zip(input.place(of: cell), padding).map { $0 + $1 }
      let number = phase(place)
      routes[number].targets.append(Int32(cell))
      routes[number].origins.append(
        Int32(framed.linear(zip(zip(place, stride), reach).map { $0.0 / $0.1 + $1.before })))
    }
    let lines = input.cells / (input.extents.last ?? 1)
    return routes.filter { !$0.targets.isEmpty }.map { route in
      var route = route
      // The lines that hold cells of this phase all hold as many.
      let last = input.extents.count - 1
      let column = Int(route.targets[0]) % input.extents[last]
      route.width = (input.extents[last] - 1 - column) / stride[last] + 1
      precondition(route.targets.count % route.width == 0 && route.targets.count / route.width <= lines)
      return route
    }
  }
}

extension Grid {
  /// The number of a cell by its place, which may be a distance.
  fileprivate func linear(_ place: [Int]) -> Int {
    zip(place, extents).reduce(0) { $0 * $1.1 + $1.0 }
  }
}
