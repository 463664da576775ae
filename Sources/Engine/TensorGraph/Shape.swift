// The shape of a tensor: rows (the batch, or a fixed number) by columns.

/// How many rows a tensor has.
package enum RowExtent: Hashable, Sendable {
  /// One row an event of the minibatch.
  case batch
  case fixed(Int)
}

/// A matrix shape. Images and volumes are rows of flattened cells, with their geometry kept by the operation.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
  package let rows: RowExtent
  package let columns: Int

  package init(rows: RowExtent, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  package static func batch(_ columns: Int) -> Shape { Shape(rows: .batch, columns: columns) }
  package static func fixed(_ rows: Int, _ columns: Int) -> Shape { Shape(rows: .fixed(rows), columns: columns) }
  package static let scalar = Shape.fixed(1, 1)

  package var isBatch: Bool { rows == .batch }

  /// The number of rows where a batch has `batch` of them.
  package func rowCount(batch: Int) -> Int {
    switch rows {
    case .batch: batch
    case .fixed(let count): count
    }
  }

  /// The number of rows of a tensor that is no batch.
  package var fixedRowCount: Int {
    guard case .fixed(let count) = rows else { preconditionFailure("a batch has no fixed number of rows") }
    return count
  }

  /// The number of elements, `Int.max` where it is larger than that.
  func count(batch: Int) -> Int { boundedProduct(rowCount(batch: batch), columns) }

  package var description: String {
    switch rows {
    case .batch: "[batch, \(columns)]"
    case .fixed(let count): "[\(count), \(columns)]"
    }
  }

  /// The shape that both operands broadcast to: extents are equal, or one of them is 1.
  func broadcast(with other: Shape) -> Shape? {
    let rows: RowExtent
    if self.rows == other.rows || other.rows == .fixed(1) {
      rows = self.rows
    } else if self.rows == .fixed(1) {
      rows = other.rows
    } else {
      return nil
    }
    guard columns == other.columns || columns == 1 || other.columns == 1 else { return nil }
    return Shape(rows: rows, columns: max(columns, other.columns))
  }
}

/// Shapes that do not fit, found while a graph or a program is built.
package struct ShapeError: Error, CustomStringConvertible, Equatable {
  package let layer: String
  package let operation: String
  package let shapes: [Shape]

  package var description: String {
    let place = layer.isEmpty ? "" : "\(layer): "
    return "\(place)\(operation) cannot take shapes \(shapes.map(\.description).joined(separator: " and "));"
      + " check the sizes of this layer and of the one before it"
  }
}

/// A graph of which no program can be made, although its shapes fit.
package enum GraphError: Error, CustomStringConvertible, Equatable {
  case noOutputs
  /// A parameter of the graph, or of an update, that is not among the variables.
  case unknownVariable(String)
  /// A variable that two updates of one program write.
  case writtenTwice(String)
  /// A penalty on the slope of values that depend on other events than their own.
  case penaltyOfMixedEvents
  /// An operation whose derivative was requested and has none.
  case notDifferentiable(String)

  package var description: String {
    switch self {
    case .noOutputs: "a program has neither outputs nor updates; name at least one"
    case .unknownVariable(let name): "no variable is named \(name); declare it with the parameters or states"
    case .writtenTwice(let name): "two updates of one program write \(name); give each variable one update"
    case .penaltyOfMixedEvents:
      "a gradient penalty needs a critic whose value of an event depends on that event alone;"
        + " use layer normalisation in place of batch normalisation"
    case .notDifferentiable(let operation): "\(operation) has no derivative; use it where none is taken"
    }
  }
}
