// Loops of a filtered complex: when each is born and when it is filled.

/// A half-open interval of filtration values.
package struct Interval: Sendable, Equatable {
  package let birth: Double
  /// An infinity for a loop that is never filled.
  package let death: Double

  package init(birth: Double, death: Double) { (self.birth, self.death) = (birth, death) }
}

extension WitnessComplex {
  /// The first persistent homology with coefficients in Z2: intervals of positive length, ascending by (birth, death).
  ///
  /// Edges that join two components bear no loop; every other edge does. A triangle's boundary is reduced by those of
  /// earlier triangles until its last edge is that of no other; it then fills the loop that this edge bears. Columns are
  /// bit sets. O(T E^2 / 64) at worst for E edges and T triangles.
  /// Source: H. Edelsbrunner, D. Letscher, A. Zomorodian, Discrete Comput. Geom. 28 (2002) 511; A. Zomorodian,
  /// G. Carlsson, Discrete Comput. Geom. 33 (2005) 249.
  package func loops() -> [Interval] {
    var isOpen = edgesThatCloseLoops()
    var intervals: [Interval] = []
    let words = (edges.count + 63) / 64
    var columns = [[UInt64]](repeating: [], count: edges.count)
    for triangle in triangles {
      var column = [UInt64](repeating: 0, count: words)
      for edge in [triangle.edges.0, triangle.edges.1, triangle.edges.2] { column[edge / 64] ^= 1 << UInt64(edge % 64) }
      var word = words - 1
      while word >= 0 {
        guard column[word] != 0 else {
          word -= 1
          continue
        }
        let last = word * 64 + 63 - column[word].leadingZeroBitCount
        if columns[last].isEmpty {
          columns[last] = Array(column[...word])
          isOpen[last] = false
          if triangle.value > edges[last].value {
            intervals.append(Interval(birth: edges[last].value, death: triangle.value))
          }
          break
        }
        columns[last].withUnsafeBufferPointer { other in for index in 0...word { column[index] ^= other[index] } }
      }
    }
    for edge in edges.indices where isOpen[edge] {
      intervals.append(Interval(birth: edges[edge].value, death: .infinity))
    }
    return intervals.sorted { ($0.birth, $0.death) < ($1.birth, $1.death) }
  }

  /// Whether the ends of each edge were connected before it entered.
  private func edgesThatCloseLoops() -> [Bool] {
    var parents = Array(0..<landmarks)
    func root(_ vertex: Int) -> Int {
      var vertex = vertex
      while parents[vertex] != vertex {
        parents[vertex] = parents[parents[vertex]]
        vertex = parents[vertex]
      }
      return vertex
    }
    return edges.map { edge in
      let (first, second) = (root(edge.first), root(edge.second))
      parents[max(first, second)] = min(first, second)
      return first == second
    }
  }
}
