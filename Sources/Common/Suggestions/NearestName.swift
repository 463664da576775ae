// The nearest name to a mistyped one.

/// The candidate that a mistyped name most likely stands for, the first of equals; nil when none is near.
///
///     nearestName(to: "puritiy", among: ["seed", "purity"])  // "purity"
///
/// Near is what differs in at most a third of the letters of the longer one, or in one letter of at least two, by
/// insertions, deletions, replacements and swaps of neighbours; a candidate that the name begins, with three letters or
/// more, is as near as one with one difference. Case does not count. Cost: the product of the lengths for each
/// candidate of similar length; names of more than 256 letters are near to nothing.
package func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.lowercased())
  guard wanted.count <= 256 else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased())
    let missing = letters.count - wanted.count
    let distance: Int
    if wanted.count >= 3, letters.starts(with: wanted) {
      distance = min(missing, 1)
    } else {
      let longer = max(wanted.count, letters.count)
      let limit = min(max(1, longer / 3), longer - 1)
      guard missing.magnitude <= limit else { continue }
      distance = editDistance(wanted, letters)
      guard distance <= limit else { continue }
    }
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// The restricted Damerau-Levenshtein distance (optimal string alignment), by rows of its table.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for (i, letter) in left.enumerated() {
    var current = [i + 1]
    for (j, other) in right.enumerated() {
      var distance = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (letter == other ? 0 : 1))
      if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
        distance = min(distance, beforePrevious[j - 1] + 1)
      }
      current.append(distance)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[right.count]
}
