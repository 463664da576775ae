// The known name that a mistyped one most resembles.

/// The name with the smallest edit distance to `word`, case ignored; nil where even that is more than half the word.
/// The first of equally near names wins. O(length²) for each name.
func nearestName(to word: String, among names: [String]) -> String? {
  let letters = Array(word.lowercased().prefix(64))
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(letters, Array(name.lowercased()))
    if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
  }
  guard let best, best.distance * 2 <= max(letters.count, 2) else { return nil }
  return best.name
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for i in 1..<(left.count + 1) {
    var current = [i]
    for j in 1..<(right.count + 1) {
      let substitution = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
      var cost = min(previous[j] + 1, current[j - 1] + 1, substitution)
      if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
        cost = min(cost, beforePrevious[j - 2] + 1)
      }
      current.append(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}
