// The filtered witness complex of a few landmarks, up to triangles.
internal import Numerics

/// Simplices of landmarks, each with the value at which it enters.
package struct WitnessComplex: Sendable, Equatable {
  package struct Edge: Sendable, Equatable {
    package let first, second: Int
    package let value: Double
  }

  package struct Triangle: Sendable, Equatable {
    /// Places in ``WitnessComplex/edges``: of the vertices (a, b), (a, c) and (b, c), a < b < c.
    package let edges: (Int, Int, Int)
    package let value: Double

    package static func == (a: Triangle, b: Triangle) -> Bool { a.edges == b.edges && a.value == b.value }
  }

  package let landmarks: Int
  /// The value of each landmark; an infinity where it does not enter.
  package let vertices: [Double]
  /// Ascending by (value, vertices).
  package let edges: [Edge]
  /// Ascending by (value, vertices).
  package let triangles: [Triangle]
  /// Values above this are left out.
  package let largest: Double

  /// All points are witnesses. A simplex s enters at the larger of its faces' values and
  ///
  ///     min over points w of max(0, max {v in s} d(w, v) - min {u not in s} d(w, u))
  ///
  /// unless that is above gamma times the largest distance of a point to a landmark. Only simplices that a point can
  /// witness within that bound are ever looked at: O(n L (d + log L)) and the number of those.
  /// Source: V. de Silva, G. Carlsson, Eurographics Symposium on Point-Based Graphics (2004) 157, in the form of gudhi's
  /// `WitnessComplex` and of V. Khrulkov, I. Oseledets, arXiv:1802.02664.
  package init(_ points: PointRows, landmarks rows: [Int], gamma: Double) throws {
    let count = rows.count
    let centres = points.rows(rows)
    var distances = [Double](repeating: 0, count: points.count * count)
    var farthest = 0.0
    points.values.withUnsafeBufferPointer { values in
      centres.values.withUnsafeBufferPointer { centres in
        let dimensions = points.dimensions
        for point in 0..<points.count {
          for landmark in 0..<count {
            var square = 0.0
            for axis in 0..<dimensions {
              let difference = values[point * dimensions + axis] - centres[landmark * dimensions + axis]
              square += difference * difference
            }
            distances[point * count + landmark] = square.squareRoot()
            farthest = max(farthest, square)
          }
        }
      }
    }
    let largest = gamma * (try finite(farthest.squareRoot(), "a distance to a landmark"))
    var entries = WitnessedValues(landmarks: count)
    for point in 0..<points.count {
      entries.witness(distances[point * count..<(point + 1) * count], largest)
    }
    self.init(entries, landmarks: count, largest: largest)
  }

  /// Faces enter before what they bound.
  private init(_ entries: WitnessedValues, landmarks count: Int, largest: Double) {
    (landmarks, self.largest, vertices) = (count, largest, entries.vertices)
    var edges: [Edge] = []
    for a in 0..<count {
      for b in a + 1..<max(a + 1, count) {
        let value = max(entries.edges[a * count + b], entries.vertices[a], entries.vertices[b])
        if value <= largest { edges.append(Edge(first: a, second: b, value: value)) }
      }
    }
    edges.sort { ($0.value, $0.first, $0.second) < ($1.value, $1.first, $1.second) }
    var places = [Int](repeating: -1, count: count * count)
    for (place, edge) in edges.enumerated() { places[edge.first * count + edge.second] = place }
    var triangles: [Triangle] = []
    for a in 0..<count {
      for b in a + 1..<max(a + 1, count) where places[a * count + b] >= 0 {
        for c in b + 1..<max(b + 1, count) {
          let sides = (places[a * count + b], places[a * count + c], places[b * count + c])
          guard sides.1 >= 0, sides.2 >= 0 else { continue }
          let value = max(
            entries.triangles[(a * count + b) * count + c], edges[sides.0].value, edges[sides.1].value,
            edges[sides.2].value)
          if value <= largest { triangles.append(Triangle(edges: sides, value: value)) }
        }
      }
    }
    self.edges = edges
    // Triangles were found in the order of their vertices, and the sort is told to keep it.
    self.triangles = triangles.enumerated().sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }
      .map(\.element)
  }
}

/// The smallest value that any witness so far gives each simplex.
private struct WitnessedValues {
  let count: Int
  var vertices: [Double]
  /// At a * count + b, a < b.
  var edges: [Double]
  /// At (a * count + b) * count + c, a < b < c.
  var triangles: [Double]

  init(landmarks count: Int) {
    self.count = count
    vertices = [Double](repeating: .infinity, count: count)
    edges = [Double](repeating: .infinity, count: count * count)
    triangles = [Double](repeating: .infinity, count: count * count * count)
  }

  /// One witness: a simplex that holds its m nearest landmarks, but not the next one, gets the distance of its farthest
  /// vertex less that of the next one.
  mutating func witness(_ distances: ArraySlice<Double>, _ largest: Double) {
    // Beyond the third nearest plus the bound no landmark is in any simplex.
    var nearest = [Double](repeating: .infinity, count: 3)
    for distance in distances where distance < nearest[2] {
      nearest[2] = distance
      if nearest[2] < nearest[1] { nearest.swapAt(2, 1) }
      if nearest[1] < nearest[0] { nearest.swapAt(1, 0) }
    }
    let reach = nearest[min(2, count - 1)] + largest
    var order: [(distance: Double, landmark: Int)] = []
    for (landmark, distance) in distances.enumerated() where distance <= reach { order.append((distance, landmark)) }
    order.sort { ($0.distance, $0.landmark) < ($1.distance, $1.landmark) }
    // `order` may end before the nearest landmark outside, which is then beyond reach and gives the value 0.
    for size in 1...3 {
      for held in 0...size where held <= order.count {
        let outside = held < order.count ? order[held].distance : .infinity
        extend(Array(0..<held), from: held + 1, to: size, order, outside, largest)
      }
    }
  }

  /// Adds places from `from` on until there are `size`, then notes the simplex.
  private mutating func extend(
    _ places: [Int], from: Int, to size: Int, _ order: [(distance: Double, landmark: Int)], _ outside: Double,
    _ largest: Double
  ) {
    if places.count == size {
      guard let last = places.last else { return }
      note(places.map { order[$0].landmark }.sorted(), max(0, order[last].distance - outside))
      return
    }
    guard from < order.count else { return }
    for place in from..<order.count where order[place].distance - outside <= largest {
      extend(places + [place], from: place + 1, to: size, order, outside, largest)
    }
  }

  private mutating func note(_ simplex: [Int], _ value: Double) {
    switch simplex.count {
    case 1: vertices[simplex[0]] = min(vertices[simplex[0]], value)
    case 2: edges[simplex[0] * count + simplex[1]] = min(edges[simplex[0] * count + simplex[1]], value)
    default:
      let place = (simplex[0] * count + simplex[1]) * count + simplex[2]
      triangles[place] = min(triangles[place], value)
    }
  }
}
