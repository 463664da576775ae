// Convolutions in two and three dimensions, their transposes and their weight gradients: one operation in three roles.
internal import CKernels

/// The form T(x, w, y) = Σ x[q, c] · w[t, c, o] · y[p, o] over all cells q and p that meet at tap t (see
/// `ConvolutionGeometry`), differentiated by one of its three factors. It is linear in each, so that a derivative of one
/// role is another role, and derivatives of any order need nothing else.
///
/// - output: inputs x [rows, input columns], w [taps · channels, filters]; the convolution, [rows, output columns].
/// - input: inputs w, y [rows, output columns]; the transposed convolution, [rows, input columns].
/// - weights: inputs x, y; the weight gradient, summed over the rows, [taps · channels, filters].
struct Convolve: Operation {
  enum Role: String { case output, input, weights }
  let role: Role
  let geometry: ConvolutionGeometry

  static var examples: [OperationExample] {
    [
      OperationExample("convolution") { x, y, weights, _ in
        try concatenate([x, y, x]).convolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([3, 3], channels: 1), filters: 2, kernel: [3, 1], stride: [2, 1], padding: [1, 0]))
      },
      OperationExample("convolution of channels") { x, y, _, row in
        let weights = try 0.2 * sumOfProducts([(concatenate([x, y]), y * row)])
        return try concatenate([y, x]).convolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([1, 2], channels: 3), filters: 3, kernel: [1, 2], stride: [1, 1], padding: [0, 1]))
      },
      OperationExample("convolution in three dimensions") { x, y, _, row in
        let weights = try 0.2 * sumOfProducts([(concatenate([x, y]), y * row)])
        return try concatenate([x, y, y, x]).convolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([2, 2, 3], channels: 1), filters: 3, kernel: [1, 2, 3], stride: [1, 2, 1], padding: [0, 1, 1]))
      },
      OperationExample("transposed convolution") { x, y, weights, _ in
        try concatenate([x, y]).transposedConvolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([6, 1], channels: 1), filters: 2, kernel: [3, 1], stride: [2, 1], padding: [1, 0]))
      },
      OperationExample("weight gradient of a convolution") { x, y, _, _ in
        let geometry = try ConvolutionGeometry(
          input: Grid([3, 3], channels: 1), filters: 2, kernel: [2, 3], stride: [1, 2], padding: [0, 1])
        let image = try concatenate([x, y, x])
        return try 0.2
          * image.graph.apply(
            Convolve(role: .weights, geometry: geometry), [image, concatenate([y, x, y.columns(0..<2)])])
      },
    ]
  }

  var text: String { "convolve_\(role.rawValue)(\(geometry.text))" }
  var needsDenseInputs: Bool { true }

  func shape(of inputs: [Shape]) -> Shape? {
    let (x, y) = (geometry.input.columns, geometry.output.columns)
    switch role {
    case .output:
      guard inputs[0].columns == x, inputs[1] == geometry.weights else { return nil }
      return Shape(rows: inputs[0].rows, columns: y)
    case .input:
      guard inputs[0] == geometry.weights, inputs[1].columns == y else { return nil }
      return Shape(rows: inputs[1].rows, columns: x)
    case .weights:
      guard inputs[0].columns == x, inputs[1].columns == y, inputs[0].rows == inputs[1].rows else { return nil }
      return geometry.weights
    }
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    func form(_ role: Role, _ first: Tensor, _ second: Tensor) throws -> Tensor {
      try upstream.graph.apply(Convolve(role: role, geometry: geometry), [first, second])
    }
    let (first, second) = (inputs[0], inputs[1])
    switch role {
    case .output: return [try form(.input, second, upstream), try form(.weights, first, upstream)]
    case .input: return [try form(.weights, upstream, second), try form(.output, upstream, first)]
    case .weights: return [try form(.input, upstream, second), try form(.output, first, upstream)]
    }
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    guard inputs.contains(where: { $0.isConstant(0) }), let shape = shape(of: inputs.map(\.shape)) else { return nil }
    return inputs[0].graph.constant(0, shape)
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (channels, filters) = (geometry.input.channels, geometry.output.channels)
    let (a, b) = (inputs[0], inputs[1])
    let rows = max(a.rows, b.rows)
    let columns = role == .output ? geometry.output.columns : geometry.input.columns
    var result =
      role == .weights
      ? Matrix(rows: geometry.taps * channels, columns: filters) { _, _ in 0 }
      : Matrix(rows: role == .output ? a.rows : b.rows, columns: columns) { _, _ in 0 }
    for row in 0..<(role == .weights ? rows : result.rows) {
      geometry.forEachMeeting { p, t, q in
        for c in 0..<channels {
          for o in 0..<filters {
            let (x, w, y) = (q * channels + c, t * channels + c, p * filters + o)
            switch role {
            case .output: result.values[row * columns + y] += a[row, x] * b[w, o]
            case .input: result.values[row * columns + x] += a[w, o] * b[row, y]
            case .weights: result.values[w * filters + o] += a[row, x] * b[row, y]
            }
          }
        }
      }
    }
    return result
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (first, second, output, role) = (operands.inputs[0], operands.inputs[1], operands.output, role)
    let (channels, filters) = (Int64(geometry.input.channels), Int64(geometry.output.channels))
    let routes = RouteTables(role == .input ? geometry.inputRoutes() : geometry.outputRoutes())
    let (a, b) = role == .input ? (second, first) : (first, second)
    return { tile in
      var call = fs_convolution()
      (call.rows, call.channels, call.filters) = (Int64(a.rows(tile)), channels, filters)
      (call.a, call.lda) = (UnsafePointer(a.pointer(tile)), a.stride)
      (call.b, call.ldb) = (UnsafePointer(b.pointer(tile)), b.stride)
      (call.c, call.ldc) = (output.pointer(tile), output.stride)
      (call.routes, call.route_count) = (UnsafePointer(routes.routes), Int64(routes.count))
      switch role {
      case .output: tile.kernels.pointee.convolve(&call, 0)
      case .input: tile.kernels.pointee.convolve(&call, 1)
      case .weights:
        call.accumulate = tile.accumulate
        tile.kernels.pointee.convolve_weights(&call)
      }
    }
  }

  /// Taps beyond the edge are counted, as they are computed.
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    let rows = inputs[role == .input ? 1 : 0].rowCount(batch: batch)
    return boundedProduct(2, rows, geometry.output.columns, geometry.taps, geometry.input.channels)
  }
}

/// Routes where the kernels can read them, for as long as a kernel call holds them.
private final class RouteTables {
  let routes: UnsafeMutablePointer<fs_route>
  let count: Int
  private let cells: UnsafeMutablePointer<Int32>

  init(_ routes: [Route]) {
    count = routes.count
    self.routes = .allocate(capacity: max(count, 1))
    cells = .allocate(capacity: max(routes.reduce(0) { $0 + $1.targets.count + $1.taps.count + $1.sources.count }, 1))
    var next = cells
    func keep(_ numbers: [Int32]) -> UnsafePointer<Int32> {
      defer { next += numbers.count }
      next.initialize(from: numbers, count: numbers.count)
      return UnsafePointer(next)
    }
    for (place, route) in routes.enumerated() {
      (self.routes + place).initialize(
        to: fs_route(
          targets: Int64(route.targets.count), taps: Int64(route.taps.count), target: keep(route.targets),
          tap: keep(route.taps), source: keep(route.sources)))
    }
  }

  deinit {
    routes.deallocate()
    cells.deallocate()
  }
}

extension Tensor {
  /// The convolution of each row's grid.
  /// - Parameter weights: shape [taps · channels, filters], see `ConvolutionGeometry.weights`.
  /// - Returns: shape [rows, output columns of the geometry].
  package func convolved(with weights: Tensor, _ geometry: ConvolutionGeometry) throws -> Tensor {
    try graph.apply(Convolve(role: .output, geometry: geometry), [self, weights])
  }

  /// The transposed convolution: rows of the geometry's output grid to rows of its input grid.
  /// - Returns: shape [rows, input columns of the geometry].
  package func transposedConvolved(with weights: Tensor, _ geometry: ConvolutionGeometry) throws -> Tensor {
    try graph.apply(Convolve(role: .input, geometry: geometry), [weights, self])
  }
}
