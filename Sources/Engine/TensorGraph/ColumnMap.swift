// Which columns a column is the sum of: repeating, pooling, enlarging and reordering grids.

/// A linear map of columns whose coefficients are 0 and 1. Its transpose is one as well, so that the derivative of any of
/// them is a column map.
package struct ColumnMap: Sendable {
  /// The name with every size: equal for equal maps.
  let text: String
  /// Columns before and after.
  package let inputs: Int
  package let outputs: Int
  /// The inputs that output j is the sum of: sources[starts[j] ..< starts[j + 1]].
  let starts: [Int32]
  let sources: [Int32]

  private init(text: String, inputs: Int, terms: [[Int]]) {
    (self.text, self.inputs, outputs) = (text, inputs, terms.count)
    starts = terms.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
    sources = terms.flatMap { $0.map(Int32.init) }
  }

  /// The inputs of an output.
  func terms(_ output: Int) -> ArraySlice<Int32> { sources[Int(starts[output])..<Int(starts[output + 1])] }

  /// Each input to the outputs that it was read by.
  package var transposed: ColumnMap {
    var terms = [[Int]](repeating: [], count: inputs)
    for output in 0..<outputs { for source in self.terms(output) { terms[Int(source)].append(output) } }
    let prefix = "transposed "
    return ColumnMap(
      text: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : prefix + text, inputs: outputs,
      terms: terms)
  }

  /// Whether every output is the input of its own place.
  var isIdentity: Bool { inputs == outputs && (0..<outputs).allSatisfy { terms($0).elementsEqual([Int32($0)]) } }
}

extension ColumnMap {
  /// Columns again and again, side by side: one number for each channel becomes a grid. Transposed, it sums over cells.
  package static func repeated(_ columns: Int, times: Int) -> ColumnMap {
    ColumnMap(
      text: "repeated(\(columns),times=\(times))", inputs: columns, terms: (0..<columns * times).map { [$0 % columns] })
  }

  /// A grid that is held channel after channel, each with all its cells, to the order of `Grid`. Transposed, it goes back.
  package static func channelsLast(_ grid: Grid) -> ColumnMap {
    ColumnMap(
      text: "channels_last(\(grid.text))", inputs: grid.columns,
      terms: (0..<grid.columns).map { [$0 % grid.channels * grid.cells + $0 / grid.channels] })
  }

  /// Each cell repeated `scale` times along each dimension.
  package static func enlarged(_ grid: Grid, scale: [Int]) -> ColumnMap {
    let large = Grid(zip(grid.extents, scale).map { $0 * $1 }, channels: grid.channels)
    return ColumnMap(
      text: "enlarged(\(grid.text),scale=\(crosses(scale)))", inputs: grid.columns,
      terms: cellwise(large) { cell in
        grid.cell(at: zip(large.place(of: cell), scale).map { $0 / $1 }).map { [$0] } ?? []
      })
  }

  /// The sum of each window of cells. Windows lie side by side; cells that fill none are left out.
  package static func windowSums(_ grid: Grid, window: [Int]) -> ColumnMap {
    let offsets = Grid(window, channels: 1)
    return windows(grid, window, "window_sums", Array(0..<offsets.cells))
  }

  /// One cell of each window.
  /// - Parameter member: its number in the window, the last dimension fastest.
  package static func windowMember(_ grid: Grid, window: [Int], member: Int) -> ColumnMap {
    windows(grid, window, "window_member_\(member)", [member])
  }

  private static func windows(_ grid: Grid, _ window: [Int], _ name: String, _ members: [Int]) -> ColumnMap {
    let small = Grid(zip(grid.extents, window).map { $0 / $1 }, channels: grid.channels)
    let offsets = members.map(Grid(window, channels: 1).place)
    return ColumnMap(
      text: "\(name)(\(grid.text),window=\(crosses(window)))", inputs: grid.columns,
      terms: cellwise(small) { cell in
        let origin = zip(small.place(of: cell), window).map { $0 * $1 }
        return offsets.compactMap { offset in grid.cell(at: zip(origin, offset).map { $0 + $1 }) }
      }
    )
  }

  /// The terms of a grid's columns: each channel reads the same channel of some cells.
  private static func cellwise(_ grid: Grid, _ cells: (Int) -> [Int]) -> [[Int]] {
    (0..<grid.cells).flatMap { cell in
      let sources = cells(cell)
      return (0..<grid.channels).map { channel in sources.map { $0 * grid.channels + channel } }
    }
  }
}

extension Grid {
  fileprivate var text: String { crosses(extents + [channels]) }
}
