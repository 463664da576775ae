// Which columns a column is the sum of: repeating, pooling, upsampling and reordering grids.

/// A linear map of columns whose coefficients are 0 and 1. Its transpose is one as well, so that the derivative of any
/// of them is a column map.
package struct ColumnMap: Sendable {
  /// The name with every size: equal for equal maps.
  let text: String
  /// Columns before and after.
  package let inputs: Int
  package let outputs: Int

  private enum Form: Sendable {
    /// The inputs that output j is the sum of: sources[starts[j] ..< starts[j + 1]].
    case table(starts: [Int32], sources: [Int32])
    /// All inputs side by side again and again, and the transpose of that: without tables, which would be as large as a
    /// tensor of one event.
    case repeated
    case summed
  }
  private let form: Form

  /// - Parameter terms: calls its argument with each input of an output, in order.
  private init(
    text: String, inputs: Int, outputs: Int, _ terms: (_ output: Int, _ term: (Int) -> Void) -> Void
  ) {
    var starts = [Int32(0)]
    var sources: [Int32] = []
    starts.reserveCapacity(outputs + 1)
    sources.reserveCapacity(outputs)
    for output in 0..<outputs {
      terms(output) { sources.append(Int32($0)) }
      starts.append(Int32(sources.count))
    }
    (self.text, self.inputs, self.outputs) = (text, inputs, outputs)
    form = .table(starts: starts, sources: sources)
  }

  private init(text: String, inputs: Int, outputs: Int, form: Form) {
    (self.text, self.inputs, self.outputs, self.form) = (text, inputs, outputs, form)
  }

  /// The inputs of an output.
  func terms(_ output: Int) -> [Int32] {
    switch form {
    case .table(let starts, let sources): Array(sources[Int(starts[output])..<Int(starts[output + 1])])
    case .repeated: [Int32(output % inputs)]
    case .summed: stride(from: output, to: inputs, by: outputs).map(Int32.init)
    }
  }

  /// The inputs that output j is the sum of, sources[starts[j] ..< starts[j + 1]], made anew where there is no table.
  var tables: (starts: [Int32], sources: [Int32]) {
    switch form {
    case .table(let starts, let sources): (starts, sources)
    case .repeated: ((0...outputs).map(Int32.init), (0..<outputs).map { Int32($0 % inputs) })
    case .summed:
      (
        (0...outputs).map { Int32($0 * (inputs / outputs)) }, (0..<outputs).flatMap { terms($0) }
      )
    }
  }

  /// All terms of all outputs.
  var termCount: Int {
    switch form {
    case .table(_, let sources): sources.count
    case .repeated: outputs
    case .summed: inputs
    }
  }

  /// Each input to the outputs that it was read by.
  package var transposed: ColumnMap {
    let prefix = "transposed "
    let text = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : prefix + text
    switch form {
    case .repeated: return ColumnMap(text: text, inputs: outputs, outputs: inputs, form: .summed)
    case .summed: return ColumnMap(text: text, inputs: outputs, outputs: inputs, form: .repeated)
    case .table: break
    }
    let sources = tables.sources
    // Outputs are counted by input first, then put in their places: no list of lists.
    var next = [Int](repeating: 0, count: inputs + 1)
    for source in sources { next[Int(source) + 1] += 1 }
    for input in 0..<inputs { next[input + 1] += next[input] }
    let starts = next
    var readers = [Int32](repeating: 0, count: sources.count)
    for output in 0..<outputs {
      for source in terms(output) {
        readers[next[Int(source)]] = Int32(output)
        next[Int(source)] += 1
      }
    }
    return ColumnMap(text: text, inputs: outputs, outputs: inputs) { input, term in
      for place in starts[input]..<starts[input + 1] { term(Int(readers[place])) }
    }
  }

  /// Whether the inputs stand side by side again and again.
  var repeats: Bool { if case .repeated = form { true } else { false } }

  /// How many inputs each output is the sum of where this is the transpose of columns that are repeated; else nil.
  var sumsRepeats: Int? { if case .summed = form { inputs / outputs } else { nil } }

  /// Whether every output is the input of its own place.
  var isIdentity: Bool {
    guard inputs == outputs else { return false }
    guard case .table(let starts, let sources) = form else { return true }
    return sources.count == outputs && starts.enumerated().allSatisfy { $0 == Int($1) }
      && sources.enumerated().allSatisfy { $0 == Int($1) }
  }
}

extension ColumnMap {
  /// Columns again and again, side by side: one number for each channel becomes a grid. Transposed, it sums over cells.
  /// - Throws: `GridError` where the result has too many columns, as the other maps of this type do.
  package static func repeated(_ columns: Int, times: Int) throws -> ColumnMap {
    let text = "repeated(\(columns),times=\(times))"
    let outputs = boundedProduct(columns, times)
    try Grid.require([outputs], of: text)
    return ColumnMap(text: text, inputs: columns, outputs: outputs, form: .repeated)
  }

  /// A grid that is held channel after channel, each with all its cells, to the order of `Grid`. Transposed, it goes
  /// back.
  package static func channelsLast(_ grid: Grid) throws -> ColumnMap {
    let text = "channels_last(\(grid.text))"
    try Grid.require([grid.columns], of: text)
    let (cells, channels) = (grid.cells, grid.channels)
    return ColumnMap(text: text, inputs: grid.columns, outputs: grid.columns) { output, term in
      term(output % channels * cells + output / channels)
    }
  }

  /// Each cell repeated `scale` times along each dimension.
  package static func upsampled(_ grid: Grid, scale: [Int]) throws -> ColumnMap {
    let large = Grid(zip(grid.extents, scale).map { boundedProduct($0, $1) }, channels: grid.channels)
    return try cellwise("upsampled(\(grid.text),scale=\(crosses(scale)))", from: grid, to: large) { cell in
      grid.cell(at: zip(large.place(of: cell), scale).map { $0 / $1 }).map { [$0] } ?? []
    }
  }

  /// A box of cells; those beyond the edges of the grid are 0.
  /// - Parameters:
  ///   - extents: cells of the box along each dimension.
  ///   - origin: where it begins.
  package static func box(_ grid: Grid, extents: [Int], from origin: [Int]) throws -> ColumnMap {
    let box = Grid(extents, channels: grid.channels)
    let places = origin.map(String.init).joined(separator: ",")
    return try cellwise("box(\(grid.text),extents=\(crosses(extents)),from=\(places))", from: grid, to: box) { cell in
      grid.cell(at: zip(box.place(of: cell), origin).map { $0 + $1 }).map { [$0] } ?? []
    }
  }

  /// A grid with some numbers behind it becomes a grid with these numbers as channels of every cell.
  package static func withChannels(_ grid: Grid, of numbers: Int) throws -> ColumnMap {
    let text = "with_channels(\(grid.text),numbers=\(numbers))"
    let channels = grid.channels + numbers
    try Grid.require([numbers, boundedProduct(grid.cells, channels)], of: text)
    let columns = grid.columns
    return ColumnMap(text: text, inputs: columns + numbers, outputs: grid.cells * channels) { output, term in
      let (cell, channel) = (output / channels, output % channels)
      term(channel < grid.channels ? cell * grid.channels + channel : columns + channel - grid.channels)
    }
  }

  /// The sum of each window of cells. Windows lie side by side; cells that fill none are omitted.
  package static func windowSums(_ grid: Grid, window: [Int]) throws -> ColumnMap {
    let small = Grid(zip(grid.extents, window).map { $0 / $1 }, channels: grid.channels)
    let members = Grid(window, channels: 1)
    let offsets = (0..<members.cells).map(members.place)
    return try cellwise("window_sums(\(grid.text),window=\(crosses(window)))", from: grid, to: small) { cell in
      let origin = zip(small.place(of: cell), window).map { $0 * $1 }
      return offsets.compactMap { offset in grid.cell(at: zip(origin, offset).map { $0 + $1 }) }
    }
  }

  /// The cells of each window, without channels.
  static func windowCells(_ grid: Grid, window: [Int]) -> ColumnMap {
    let cells = Grid(grid.extents, channels: 1)
    let small = Grid(zip(grid.extents, window).map { $0 / $1 }, channels: 1)
    let members = Grid(window, channels: 1)
    return ColumnMap(text: "window_cells", inputs: cells.cells, outputs: small.cells) { output, term in
      let origin = zip(small.place(of: output), window).map { $0 * $1 }
      for member in 0..<members.cells {
        if let cell = cells.cell(at: zip(origin, members.place(of: member)).map({ $0 + $1 })) { term(cell) }
      }
    }
  }

  /// A map in which each channel of a cell reads the same channel of some cells.
  private static func cellwise(
    _ text: String, from grid: Grid, to result: Grid, _ cells: (_ cell: Int) -> [Int]
  ) throws -> ColumnMap {
    try Grid.require([grid.columns, result.columns], of: text)
    return ColumnMap(text: text, inputs: grid.columns, outputs: result.columns) { output, term in
      for cell in cells(output / result.channels) { term(cell * grid.channels + output % result.channels) }
    }
  }
}

extension Grid {
  fileprivate var text: String { crosses(extents + [channels]) }
}
