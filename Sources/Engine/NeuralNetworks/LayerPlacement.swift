// Finding the grids of layers, one after another.
internal import TensorGraph

/// Places layers in a network: each has the grid that the one before it leaves.
struct LayerPlacement {
  let conditions: Int
  let isSpectral: Bool
  private(set) var grid: Grid
  /// Entries of all tables that the layers need.
  private var entries = 0

  /// The most entries of the tables of a network's layers together, of four bytes each.
  static let mostEntries = 1 << 28

  init(input: Grid, conditions: Int, isSpectral: Bool) {
    (grid, self.conditions, self.isSpectral) = (input, conditions, isSpectral)
  }

  /// - Parameters:
  ///   - name: that of the list, to which each layer adds its place in two digits.
  ///   - place: that of the list.
  /// - Throws: `LayerError` for the first layer that does not fit.
  mutating func placed(_ layers: [Layer], name: String, at place: [String]) throws -> [PlacedLayer] {
    var placed: [PlacedLayer] = []
    for (number, layer) in layers.enumerated() {
      placed.append(
        try self.placed(
          layer, name: "\(name).\(number < 10 ? "0" : "")\(number)", at: place + ["\(number)"]))
    }
    return placed
  }

  private mutating func placed(_ layer: Layer, name: String, at place: [String]) throws -> PlacedLayer {
    let input = grid
    do {
      let (operation, result) = try operation(of: layer, name: name, at: place)
      let normalisation: PlacedLayer.Normalisation? =
        switch layer.normalisation {
        case .batch: .batch(BatchNormalisation(name: name, grid: result))
        case .layer: .layer(LayerNormalisation(name: name, columns: result.columns))
        case nil: nil
        }
      grid = try activated(result, layer, at: place)
      try count(operation, input, result, at: place)
      return PlacedLayer(
        name: name, input: input, output: grid, operation: operation, normalisation: normalisation,
        activation: layer.activation, isSpectral: isSpectral)
    } catch let error as GridError {
      throw LayerError(at: place, "\(error.what): \(error.fault)", expected: "sizes that fit: \(error.remedy)")
    }
  }

  /// The operation with its grid of results.
  private mutating func operation(
    of layer: Layer, name: String, at place: [String]
  ) throws -> (PlacedLayer.Operation, Grid) {
    let input = grid
    /// One number for each dimension.
    func cells(_ numbers: [Int], _ what: String) throws -> [Int] {
      guard !input.isRow else {
        throw LayerError(
          at: place, "\(what) of \(input.words)", expected: "a grid, which a layer with reshape makes of them")
      }
      if numbers.count == 1 { return input.extents.map { _ in numbers[0] } }
      guard numbers.count == input.extents.count else {
        throw LayerError(
          at: place, "\(what) with \(numbers.count) numbers for \(input.words)",
          expected: "one number for each of \(input.extents.count) dimensions, or one for all")
      }
      return numbers
    }
    switch layer.operation {
    case .none: return (.none, input)
    case .dense(let units):
      let dense = Dense(name: name, inputs: input.columns, units: units * (layer.activation?.columnsForEach ?? 1))
      return (.dense(dense), .row(dense.units))
    case .convolution(let filters, let kernel, let stride, let padding):
      let what = "a convolution"
      let (kernel, stride) = (try cells(kernel, what), try cells(stride, what))
      let (before, after) = try margins(padding, input.extents, kernel, stride) { try cells($0, what) }
      let convolution = try Convolution(
        name: name, input: input, filters: filters, kernel: kernel, stride: stride, padding: before,
        paddingAfter: after)
      return (.convolution(convolution), convolution.output)
    case .transposedConvolution(let channels, let kernel, let stride, let padding, let outputPadding):
      let what = "a transposed convolution"
      let (kernel, stride) = (try cells(kernel, what), try cells(stride, what))
      let large = zip(input.extents, stride).map { boundedProduct($0, $1) }
      let (before, after) = try margins(padding, large, kernel, stride) { try cells($0, what) }
      let outside =
        padding == .same ? zip(kernel, stride).map { max($1 - $0, 0) } : try cells(outputPadding, what)
      let convolution = try TransposedConvolution(
        name: name, input: input, channels: channels, kernel: kernel, stride: stride, padding: before,
        paddingAfter: after, outputPadding: outside)
      return (.transposedConvolution(convolution), convolution.output)
    case .upsampling(let scale):
      let upsampling = try NearestUpsampling(input: input, scale: cells(scale, "upsampling"))
      return (.upsampling(upsampling), upsampling.output)
    case .pooling(let kind, let window):
      let pooling = try Pooling(kind, of: input, window: cells(window, "\(kind) pooling"))
      return (.pooling(pooling), pooling.output)
    case .residual(let body, let shortcut): return try residual(body, shortcut, name: name, at: place)
    case .reshape(let shape):
      try Grid.require([shape.columns], of: "\(shape)")
      guard shape.columns == input.columns else {
        throw LayerError(
          at: place, "\(input.words) cannot become \(shape.words)", expected: "a shape of \(input.columns) columns")
      }
      return (.none, shape)
    case .flatten: return (.none, .row(input.columns))
    case .crop(let extents, let origin):
      let crop = try Crop(
        input: input, extents: cells(extents, "a crop"), origin: origin.map { try cells($0, "a crop") })
      return (.crop(crop), crop.output)
    case .conditions:
      guard conditions > 0 else {
        throw LayerError(at: place, "the data have no conditions", expected: "data.conditions, or no such layer")
      }
      return (
        .conditions(conditions),
        input.isRow ? .row(input.columns + conditions) : Grid(input.extents, channels: input.channels + conditions)
      )
    }
  }

  private mutating func residual(
    _ body: [Layer], _ shortcut: [Layer], name: String, at place: [String]
  ) throws -> (PlacedLayer.Operation, Grid) {
    let input = grid
    let inner = try placed(body, name: name, at: place + ["residual"])
    let result = grid
    grid = input
    let outer = try placed(shortcut, name: "\(name).shortcut", at: place + ["shortcut"])
    guard grid == result else {
      throw LayerError(
        at: place,
        "a residual block gives \(result.words), its \(shortcut.isEmpty ? "input" : "shortcut") \(grid.words)",
        expected: "equal shapes, which layers of a shortcut can give")
    }
    return (.residual(inner, shortcut: outer), result)
  }

  /// Zeros before and after each dimension.
  /// - Parameters:
  ///   - extents: of the larger grid.
  ///   - cells: one number for each dimension of some.
  private func margins(
    _ padding: Layer.Padding, _ extents: [Int], _ kernel: [Int], _ stride: [Int], _ cells: ([Int]) throws -> [Int]
  ) throws -> (before: [Int], after: [Int]) {
    guard case .cells(let padding) = padding else {
      // (⌈n/s⌉ − 1)·s + k cells are read.
      let missing = extents.indices.map { (dimension: Int) -> Int in
        let windows = (extents[dimension] - 1) / max(stride[dimension], 1)
        return max(boundedProduct(windows, stride[dimension]) + kernel[dimension] - extents[dimension], 0)
      }
      return (missing.map { $0 / 2 }, missing.map { $0 - $0 / 2 })
    }
    let both = try cells(padding)
    return (both, both)
  }

  private func activated(_ result: Grid, _ layer: Layer, at place: [String]) throws -> Grid {
    guard layer.activation == .gated else { return result }
    guard result.isRow, result.columns % 2 == 0 else {
      throw LayerError(
        at: place, "gated units of \(result.words)",
        expected: "a row with an even number of columns, as dense layers give")
    }
    return .row(result.columns / 2)
  }

  /// Adds up the tables before any of them is made.
  private mutating func count(
    _ operation: PlacedLayer.Operation, _ input: Grid, _ result: Grid, at place: [String]
  ) throws {
    func tables(_ geometry: ConvolutionGeometry) -> Int {
      geometry.taps * (geometry.input.cells + geometry.output.cells)
    }
    // A map and its transpose.
    let map = 2 * (input.columns + result.columns)
    switch operation {
    case .convolution(let convolution): entries += tables(convolution.geometry)
    case .transposedConvolution(let convolution): entries += tables(convolution.geometry)
    case .none, .dense, .residual: break
    case .pooling(let pooling) where pooling.kind == .maximum: entries += pooling.window.reduce(map) { $0 * $1 }
    case .upsampling, .pooling, .crop, .conditions: entries += map
    }
    entries += result.columns
    guard entries <= Self.mostEntries else {
      throw LayerError(
        at: place, "the tables of the layers so far have \(entries) entries",
        expected: "at most \(Self.mostEntries): fewer layers, or smaller grids and kernels")
    }
  }
}

extension Grid {
  /// For errors: both the extents and the columns.
  package var words: String { isRow ? "a row of \(columns) columns" : "\(self) (\(columns) columns)" }
}
