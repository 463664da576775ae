// The name that somebody most likely meant.

/// The candidate nearest to a name by edit distance (insert, delete, replace, swap of neighbours; case differences
/// cost nothing), the first of equals; nil when none is near enough to be worth a suggestion.
func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.lowercased())
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(wanted, Array(candidate.lowercased()))
    if distance < best?.distance ?? Int.max {
      best = (candidate, distance)
    }
  }
  guard let best, best.distance <= max(2, wanted.count / 2) else { return nil }
  return best.name
}

/// The restricted Damerau-Levenshtein distance; cost: the product of the lengths.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
  var before: [Int] = []
  var previous = Array(0...right.count)
  for row in 1...left.count {
    var current = [row]
    for column in 1...right.count {
      let replace = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
      var cost = min(previous[column] + 1, current[column - 1] + 1, replace)
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
        cost = min(cost, before[column - 2] + 1)
      }
      current.append(cost)
    }
    (before, previous) = (previous, current)
  }
  return previous[right.count]
}
