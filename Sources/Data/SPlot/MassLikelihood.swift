// The extended likelihood of masses under a sum of densities, with its gradient, over fixed blocks of events.
internal import Numerics

/// NLL = sum of N_k - sum over events of c_e ln(sum of N_k f_k(m_e)), c_e being an event's multiplicity.
///
/// Events are cut into blocks of `blockSize`, whose sums are added in block order: how many threads share the blocks
/// does not show in the result.
struct MassLikelihood {
  /// How much is wanted besides the value.
  enum Order: Comparable { case value, gradient, information }

  /// The NLL and its derivatives with respect to all yields, then to all shape parameters of all components.
  struct Evaluation {
    var value: Double
    var gradient: [Double]
    /// sum of c_e (dF/da)(dF/db)/F² row by row: the Hessian but for the densities' second derivatives, exact between
    /// yields.
    var information: SymmetricMatrix
  }

  static let blockSize = 4096

  let densities: [MassDensity]
  let window: ClosedRange<Double>
  let masses: [Double]
  /// nil where every event counts once.
  let multiplicities: [Double]?
  /// The largest number of threads; nil leaves their number to the system.
  let threads: Int?

  var shapeCount: Int { densities.reduce(0) { $0 + $1.parameterNames.count } }

  /// nil where a density cannot be normalised or the sum is not positive at some event.
  func evaluate(yields: [Double], shapes: [Double], order: Order) -> Evaluation? {
    guard let prepared = prepare(shapes) else { return nil }
    let parameters = yields.count + shapes.count
    let width =
      1 + (order == .value ? 0 : parameters)
      + (order == .information ? parameters * (parameters + 1) / 2 : 0)
    var partial = blockSums(width: width) { events, sums in
      sum(prepared, yields: yields, events: events, order: order, into: sums)
    }
    guard partial[0].isFinite else { return nil }
    var result = Evaluation(value: partial[0], gradient: [], information: SymmetricMatrix(order: 0))
    for (component, yield) in yields.enumerated() {
      result.value += yield
      if order > .value { partial[1 + component] += 1 }
    }
    if order > .value { result.gradient = Array(partial[1...parameters]) }
    if order == .information {
      result.information = SymmetricMatrix(order: parameters, packed: Array(partial[(1 + parameters)...]))
    }
    return result
  }

  /// The densities f_k of all components at all events, component after component; nil as in `evaluate`.
  func densityColumns(shapes: [Double]) -> [[Double]]? {
    guard let prepared = prepare(shapes) else { return nil }
    var columns = prepared.map { _ in [Double](repeating: 0, count: masses.count) }
    let scratch = Workspace(columns: DensityBlock.scratchColumns, stride: Self.blockSize)
    for component in prepared.indices {
      columns[component].withUnsafeMutableBufferPointer { column in
        masses.withUnsafeBufferPointer { masses in
          guard let values = column.baseAddress, let events = masses.baseAddress else { return }
          for first in stride(from: 0, to: masses.count, by: Self.blockSize) {
            prepared[component].evaluate(
              DensityBlock(
                count: min(Self.blockSize, masses.count - first), masses: events + first, values: values + first,
                derivatives: nil, stride: Self.blockSize, scratch: scratch.column(0)))
          }
        }
      }
    }
    return columns
  }

  private func prepare(_ shapes: [Double]) -> [any NormalisedDensity]? {
    var first = 0
    var prepared: [any NormalisedDensity] = []
    for density in densities {
      let count = density.parameterNames.count
      guard let one = density.normalised(shape: shapes[first..<first + count], window: window) else { return nil }
      prepared.append(one)
      first += count
    }
    return prepared
  }

  /// Adds what `body` writes for each block, in block order.
  private func blockSums(
    width: Int, body: @Sendable (_ events: Range<Int>, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let blocks = RowChunks(masses.count, size: Self.blockSize)
    // Each block writes its own column.
    nonisolated(unsafe) let store = Workspace(columns: blocks.count, stride: width)
    forEachChunk(blocks.count, threads: threads) { block in body(blocks[block], store.column(block)) }
    var total = [Double](repeating: 0, count: width)
    for block in 0..<blocks.count {
      let sums = store.column(block)
      for index in 0..<width { total[index] += sums[index] }
    }
    return total
  }

  private func sum(
    _ prepared: [any NormalisedDensity], yields: [Double], events: Range<Int>, order: Order,
    into sums: UnsafeMutablePointer<Double>
  ) {
    let (first, count) = (events.lowerBound, events.count)
    let components = prepared.count
    let parameters = order == .value ? components : components + shapeCount
    let size = Self.blockSize
    // Columns: the yields' derivatives f_k, the shapes' derivatives, F, scratch.
    let work = Workspace(columns: parameters + 1 + DensityBlock.scratchColumns, stride: size)
    let total = work.column(parameters)
    total.update(repeating: 0, count: count)
    masses.withUnsafeBufferPointer { masses in
      guard let start = masses.baseAddress else { return }
      var shape = components
      for component in 0..<components {
        let values = work.column(component)
        prepared[component].evaluate(
          DensityBlock(
            count: count, masses: start + first, values: values,
            derivatives: order == .value ? nil : work.column(shape), stride: size,
            scratch: work.column(parameters + 1)))
        shape += densities[component].parameterNames.count
        let yield = yields[component]
        for index in 0..<count { total[index] += yield * values[index] }
      }
    }
    for index in 0..<count where !(total[index] > 0) {
      sums[0] = .infinity
      return
    }
    let multiplicity = work.column(parameters + 1)
    if let multiplicities {
      for index in 0..<count { multiplicity[index] = multiplicities[first + index] }
    } else {
      multiplicity.update(repeating: 1, count: count)
    }
    logarithms(of: total, into: work.column(parameters + 2), count: count)
    sums[0] = -dot(work.column(parameters + 2), multiplicity, count)
    guard order > .value else { return }

    for index in 0..<count { total[index] = 1 / total[index] }
    var shape = components
    for component in 0..<components {
      for _ in densities[component].parameterNames {
        scale(work.column(shape), by: total, yields[component], count)
        shape += 1
      }
      scale(work.column(component), by: total, 1, count)
    }
    for row in 0..<parameters { sums[1 + row] = -dot(work.column(row), multiplicity, count) }
    guard order == .information else { return }
    var place = 1 + parameters
    for row in 0..<parameters {
      let weighted = work.column(parameters + 2)
      for index in 0..<count { weighted[index] = work.column(row)[index] * multiplicity[index] }
      for column in 0...row {
        sums[place] = dot(weighted, work.column(column), count)
        place += 1
      }
    }
  }
}

/// Columns of zeros of equal length, freed with the last reference.
final class Workspace {
  private let storage: UnsafeMutablePointer<Double>
  private let stride: Int

  init(columns: Int, stride: Int) {
    storage = .allocate(capacity: max(1, columns * stride))
    storage.initialize(repeating: 0, count: max(1, columns * stride))
    self.stride = stride
  }

  deinit { storage.deallocate() }

  func column(_ index: Int) -> UnsafeMutablePointer<Double> { storage + index * stride }
}

/// The sum of products in four lanes, lane l taking the places l, l+4, …, which are added at the end.
private func dot(_ left: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>, _ count: Int) -> Double {
  var lanes = SIMD4<Double>.zero
  var index = 0
  while index + 4 <= count {
    lanes +=
      SIMD4(left[index], left[index + 1], left[index + 2], left[index + 3])
      * SIMD4(right[index], right[index + 1], right[index + 2], right[index + 3])
    index += 4
  }
  var sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
  while index < count {
    sum += left[index] * right[index]
    index += 1
  }
  return sum
}

private func scale(
  _ column: UnsafeMutablePointer<Double>, by factors: UnsafeMutablePointer<Double>, _ factor: Double, _ count: Int
) {
  for index in 0..<count { column[index] *= factors[index] * factor }
}
