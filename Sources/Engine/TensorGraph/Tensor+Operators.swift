// The arithmetic that graph builders write: operators and named functions on tensors.

package func + (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.apply(Binary(kind: .add), [a, b]) }
package func - (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.apply(Binary(kind: .subtract), [a, b]) }
package func * (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.apply(Binary(kind: .multiply), [a, b]) }
package func / (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.apply(Binary(kind: .divide), [a, b]) }

/// The larger of two, element by element; the second where they are equal, NaN where either is.
package func maximum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try a.graph.apply(Binary(kind: .maximum), [a, b]) }
/// The smaller of two, element by element; the second where they are equal, NaN where either is.
package func minimum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try a.graph.apply(Binary(kind: .minimum), [a, b]) }

package func + (a: Tensor, b: Float) throws -> Tensor { try a + a.graph.constant(b, .scalar) }
package func - (a: Tensor, b: Float) throws -> Tensor { try a - a.graph.constant(b, .scalar) }
package func - (a: Float, b: Tensor) throws -> Tensor { try b.graph.constant(a, .scalar) - b }
package func * (a: Float, b: Tensor) throws -> Tensor { try b.scaled(by: Double(a)) }
package prefix func - (a: Tensor) throws -> Tensor { try -1 * a }

extension Tensor {
  private func unary(_ kind: Unary.Kind) throws -> Tensor { try graph.apply(Unary(kind: kind), [self]) }
  package func exp() throws -> Tensor { try unary(.exp) }
  package func log() throws -> Tensor { try unary(.log) }
  package func tanh() throws -> Tensor { try unary(.tanh) }
  package func sigmoid() throws -> Tensor { try unary(.sigmoid) }
  /// ln(1 + exp(x)).
  package func softplus() throws -> Tensor { try unary(.softplus) }
  package func squareRoot() throws -> Tensor { try unary(.sqrt) }
  /// The same times a number, which the float64 definition has unrounded.
  package func scaled(by scale: Double) throws -> Tensor {
    try graph.apply(Affine(scale: scale, offset: 0), [self])
  }
  /// x > 0 ? 1 : 0.
  package func step() throws -> Tensor { try unary(.step) }
  package func magnitude() throws -> Tensor { try unary(.abs) }
  /// x > 0 ? x : slope · x; a slope of 0 gives max(0, x).
  package func leakyReLU(slope: Float) throws -> Tensor { try graph.apply(LeakyReLU(slope: slope), [self]) }

  /// The matrix product with a fixed tensor, [rows, k] · [k, n].
  package func times(_ weights: Tensor) throws -> Tensor { try graph.apply(MatrixProduct(), [self, weights]) }
  /// The matrix product with a fixed tensor's transpose, [rows, k] · [n, k]ᵀ.
  package func timesTransposed(_ weights: Tensor) throws -> Tensor {
    try graph.apply(MatrixProduct(transposed: true), [self, weights])
  }

  /// The sum of each row, shape [rows, 1].
  package func sumOfColumns() throws -> Tensor { try graph.apply(SumColumns(ofProducts: false), [self]) }
  /// The sum of each column, shape [1, columns].
  package func sumOfRows() throws -> Tensor { try graph.apply(SumRows(), [self]) }
  /// The mean over the events of the batch, shape [1, columns].
  package func meanOverBatch() throws -> Tensor { try (1 / Float(graph.batch)) * sumOfRows() }
  /// The mean of each row, shape [rows, 1].
  package func meanOfColumns() throws -> Tensor {
    try sumOfColumns() / graph.constant(Float(shape.columns), .scalar)
  }
  /// Each row's Euclidean norm, sqrt(Σ x² + ε), shape [rows, 1]; ε keeps the derivative at zero finite.
  package func rowNorm(epsilon: Float = 1e-12) throws -> Tensor {
    try ((self * self).sumOfColumns() + epsilon).squareRoot()
  }

  /// Some adjacent columns.
  package func columns(_ range: Range<Int>) throws -> Tensor { try graph.apply(Slice(columns: range), [self]) }
  /// A row, a column or a number, repeated to a larger shape.
  package func broadcast(to shape: Shape) throws -> Tensor { try graph.apply(Broadcast(shape: shape), [self]) }

  /// The adjoint of a broadcast from `target`: sums over the repeated extents.
  func reduced(to target: Shape) throws -> Tensor {
    var result = self
    if target.columns == 1, result.shape.columns > 1 { result = try result.sumOfColumns() }
    if target.rows == .fixed(1), result.shape.rows != .fixed(1) { result = try result.sumOfRows() }
    return result
  }
}

/// Tensors of equal rows, side by side.
package func concatenate(_ parts: [Tensor]) throws -> Tensor {
  // A concatenation of concatenations is one, so that a slice can find its part.
  guard let first = parts.first else { preconditionFailure("nothing to put side by side") }
  return try first.graph.apply(Concatenate(), parts)
}
