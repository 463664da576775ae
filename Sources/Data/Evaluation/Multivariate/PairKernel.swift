// Sums of a kernel over all pairs of two samples, in blocks of rows and tiles of columns.
internal import CKernels
internal import Numerics

/// A kernel, ready for rows of pairs.
struct PairKernel: Sendable {
  private enum Form: Sendable {
    /// Factors -1/(2 s^2), in descending order of the width.
    case gaussian(factors: [Double], doubling: Bool)
    case polynomial(degree: Int, dimensions: Double)
  }
  private let form: Form
  private let kernels: DoubleKernels

  init(_ kernel: DiscrepancyKernel, dimensions: Int) throws {
    kernels = try DoubleKernels()
    switch kernel {
    case .gaussian(let widths):
      guard !widths.isEmpty, widths.allSatisfy({ $0 > 0 && $0.isFinite && (0.5 / $0 / $0).isFinite }) else {
        throw EvaluationError.badOption("the widths of the kernel must be positive numbers: correct them")
      }
      let sorted = widths.sorted(by: >)
      // Where each width is half of the one before, its kernel is the fourth power.
      form = .gaussian(
        factors: sorted.map { -0.5 / ($0 * $0) }, doubling: zip(sorted, sorted.dropFirst()).allSatisfy { $0 == 2 * $1 })
    case .polynomial(let degree):
      guard (1...16).contains(degree) else {
        throw EvaluationError.badOption("the degree \(degree) of the kernel is not between 1 and 16: use 3 or 4")
      }
      form = .polynomial(degree: degree, dimensions: Double(dimensions))
    }
  }

  /// k(x, x) of a point.
  func diagonal(_ points: WeightedPoints, _ row: Int) -> Double {
    switch form {
    case .gaussian(let factors, _): Double(factors.count)
    case .polynomial(let degree, let dimensions):
      power(points.columns.reduce(0) { $0 + $1[row] * $1[row] } / dimensions + 1, degree)
    }
  }

  /// Kernels of one point with a range of points of packed columns; `scratch` is as long as `values`.
  func fill(
    _ values: UnsafeMutableBufferPointer<Double>, _ scratch: UnsafeMutableBufferPointer<Double>, point: [Double],
    _ coordinates: UnsafePointer<Double>, stride: Int
  ) {
    guard let base = values.baseAddress else { return }
    let count = values.count
    switch form {
    case .gaussian(let factors, let doubling):
      for k in point.indices {
        let (coordinate, column) = (point[k], coordinates + k * stride)
        for place in 0..<count {
          let difference = column[place] - coordinate
          let square = difference * difference
          scratch[place] = k == 0 ? square : scratch[place] + square
        }
      }
      gaussians(values, scratch, factors, doubling: doubling)
    case .polynomial(let degree, let dimensions):
      for k in point.indices {
        let (coordinate, column) = (point[k], coordinates + k * stride)
        for place in 0..<count {
          let product = column[place] * coordinate
          base[place] = k == 0 ? product : base[place] + product
        }
      }
      for place in 0..<count { base[place] = power(base[place] / dimensions + 1, degree) }
    }
  }

  private func gaussians(
    _ values: UnsafeMutableBufferPointer<Double>, _ squares: UnsafeMutableBufferPointer<Double>, _ factors: [Double],
    doubling: Bool
  ) {
    if doubling {
      for place in squares.indices { squares[place] *= factors[0] }
      kernels.exponentials(squares)
      for place in squares.indices {
        var term = squares[place]
        var sum = term
        for _ in 1..<factors.count {
          term *= term
          term *= term
          sum += term
        }
        values[place] = sum
      }
    } else {
      for place in squares.indices {
        var sum = 0.0
        for factor in factors { sum += fs_exp(factor * squares[place]) }
        values[place] = sum
      }
    }
  }
}

@inline(__always)
private func power(_ base: Double, _ degree: Int) -> Double {
  let square = base * base
  if degree == 3 { return square * base }
  if degree == 4 { return square * square }
  var result = base
  for _ in 1..<degree { result *= base }
  return result
}

/// sum_j v_j k(x_i, y_j) and sum_i w_i k(x_i, y_j).
func kernelSums(
  _ first: WeightedPoints, _ second: WeightedPoints, _ kernel: PairKernel, threads: Int?
) -> DistanceSums {
  let (x, y) = (PackedPoints(first), PackedPoints(second))
  let blocks = x.blocks
  let partials = mapChunks(blocks.count, threads: threads) { block in
    blockSums(x, blocks[block], y, from: 0, to: y.count, kernel)
  }
  return DistanceSums(rows: partials.flatMap(\.rows), columns: combined(partials.map(\.columns), count: y.count))
}

/// sum_j w_j k(x_i, x_j) within one sample, the point itself included; each pair of blocks is computed once.
func kernelSums(within points: WeightedPoints, _ kernel: PairKernel, threads: Int?) -> [Double] {
  let x = PackedPoints(points)
  let blocks = x.blocks
  let partials = mapChunks(blocks.count, threads: threads) { block in
    let range = blocks[block]
    let square = blockSums(x, range, x, from: range.lowerBound, to: range.upperBound, kernel)
    let rest = blockSums(x, range, x, from: range.upperBound, to: x.count, kernel)
    return (rows: zip(square.rows, rest.rows).map { $0 + $1 }, columns: rest.columns)
  }
  let columns = combined(partials.map(\.columns), count: x.count)
  return zip(partials.flatMap(\.rows), columns).map { $0 + $1 }
}

/// Columns of a tile, which stay in the first-level cache while the rows of a block pass over them.
private let tileColumns = 512

private func blockSums(
  _ x: PackedPoints, _ rows: Range<Int>, _ y: PackedPoints, from: Int, to: Int, _ kernel: PairKernel
) -> (rows: [Double], columns: [Double]) {
  var sums = [CompensatedSum](repeating: CompensatedSum(), count: rows.count)
  var columns = [Double](repeating: 0, count: y.count)
  var point = [Double](repeating: 0, count: x.dimensions)
  var (values, scratch) = ([Double](repeating: 0, count: tileColumns), [Double](repeating: 0, count: tileColumns))
  y.coordinates.withUnsafeBufferPointer { coordinates in
    y.weights.withUnsafeBufferPointer { weights in
      columns.withUnsafeMutableBufferPointer { columns in
        values.withUnsafeMutableBufferPointer { values in
          scratch.withUnsafeMutableBufferPointer { scratch in
            guard let base = coordinates.baseAddress else { return }
            for start in stride(from: from, to: to, by: tileColumns) {
              let count = min(tileColumns, to - start)
              let tile = UnsafeMutableBufferPointer(rebasing: values[..<count])
              for row in rows {
                for k in point.indices { point[k] = x.coordinates[k * x.stride + row] }
                kernel.fill(
                  tile, UnsafeMutableBufferPointer(rebasing: scratch[..<count]), point: point, base + start,
                  stride: y.stride)
                let weight = x.weights[row]
                for place in 0..<count { columns[start + place] += weight * tile[place] }
                sums[row - rows.lowerBound].add(dot(weights, start, tile))
              }
            }
          }
        }
      }
    }
  }
  return (sums.map(\.value), columns)
}

/// sum of weights[start + i] * tile[i], in eight lanes.
private func dot(
  _ weights: UnsafeBufferPointer<Double>, _ start: Int, _ tile: UnsafeMutableBufferPointer<Double>
) -> Double {
  var lanes = SIMD8<Double>(repeating: 0)
  var place = 0
  while place + 8 <= tile.count {
    var (w, k) = (SIMD8<Double>(repeating: 0), SIMD8<Double>(repeating: 0))
    for lane in 0..<8 {
      w[lane] = weights[start + place + lane]
      k[lane] = tile[place + lane]
    }
    lanes += w * k
    place += 8
  }
  var sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
  while place < tile.count {
    sum += weights[start + place] * tile[place]
    place += 1
  }
  return sum
}
