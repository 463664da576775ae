// The floating parameters of a fit, their limits, and the map between their values and unbounded coordinates.
internal import CKernels

/// A floating, fixed or shared shape parameter before the fit.
struct ShapeSlot {
  let component: Int
  let name: String
  var start: Double
  var limits: ClosedRange<Double>
  var isFixed: Bool
  /// The slot that this parameter is one with.
  var shared: Int?
  /// Whether the start was given rather than guessed.
  var startIsGiven: Bool
  var limitsAreGiven: Bool

  var floats: Bool { !isFixed && shared == nil }
}

/// A point in the fit: all yields and all shape parameters.
struct FitPoint {
  var yields: [Double]
  var shapes: [Double]
}

/// The list of floating parameters: the yields that are not held, then the shapes that float.
///
/// Limited parameters are searched in u with P = a + (b-a)(sin u + 1)/2, so that no step can leave their limits
/// (F. James, MINUIT reference manual, section 1.3.1).
struct ParameterSpace {
  let slots: [ShapeSlot]
  let componentCount: Int
  /// A component whose yield is held, as profiles need.
  var heldYield: Int?

  /// Components whose yields float.
  var freeYields: [Int] { (0..<componentCount).filter { $0 != heldYield } }
  /// Slots that float.
  var freeShapes: [Int] { slots.indices.filter { slots[$0].floats } }
  var count: Int { freeYields.count + freeShapes.count }

  /// Values of the floating parameters, yields first.
  func values(_ point: FitPoint) -> [Double] {
    freeYields.map { point.yields[$0] } + freeShapes.map { point.shapes[$0] }
  }

  /// The point at these values of the floating parameters; held and fixed ones are taken from `base`.
  func point(_ values: [Double], base: FitPoint) -> FitPoint {
    var point = base
    let yields = freeYields
    for (index, component) in yields.enumerated() { point.yields[component] = values[index] }
    for (index, slot) in freeShapes.enumerated() { point.shapes[slot] = values[yields.count + index] }
    return sharing(point)
  }

  /// The point with shared parameters equal to what they share.
  func sharing(_ point: FitPoint) -> FitPoint {
    var point = point
    for (index, slot) in slots.enumerated() {
      if let shared = slot.shared { point.shapes[index] = point.shapes[shared] }
    }
    return point
  }

  /// The limits of the floating parameters; nil for yields.
  var limits: [ClosedRange<Double>?] {
    freeYields.map { _ in nil } + freeShapes.map { slots[$0].limits }
  }

  /// For each floating parameter, the places in a full gradient that belong to it.
  var places: [[Int]] {
    freeYields.map { [$0] }
      + freeShapes.map { free in
        slots.indices.filter { $0 == free || slots[$0].shared == free }.map { componentCount + $0 }
      }
  }

  /// The gradient with respect to the floating parameters.
  func reduce(_ gradient: [Double]) -> [Double] {
    places.map { $0.reduce(0) { $0 + gradient[$1] } }
  }

  /// The information matrix of the floating parameters.
  func reduce(_ matrix: SymmetricMatrix) -> SymmetricMatrix {
    let places = places
    var result = SymmetricMatrix(order: places.count)
    for row in places.indices {
      for column in 0...row {
        var sum = 0.0
        for left in places[row] { for right in places[column] { sum += matrix[left, right] } }
        result[row, column] = sum
      }
    }
    return result
  }

  /// Unbounded coordinates of values; values at a limit are kept a hair away from it, where the map has a slope.
  func coordinates(_ values: [Double]) -> [Double] {
    zip(values, limits).map { value, limits in
      guard let limits else { return value }
      let fraction = 2 * (value - limits.lowerBound) / (limits.upperBound - limits.lowerBound) - 1
      return fs_asin(min(max(fraction, -1 + 1e-6), 1 - 1e-6))
    }
  }

  /// Values at coordinates, and the slopes dP/du.
  func values(at coordinates: [Double]) -> (values: [Double], slopes: [Double]) {
    var values: [Double] = []
    var slopes: [Double] = []
    for (u, limits) in zip(coordinates, limits) {
      guard let limits else {
        values.append(u)
        slopes.append(1)
        continue
      }
      let half = (limits.upperBound - limits.lowerBound) / 2
      let value = limits.lowerBound + half * (fs_sin(u) + 1)
      values.append(min(max(value, limits.lowerBound), limits.upperBound))
      slopes.append(half * fs_cos(u))
    }
    return (values, slopes)
  }
}
