// The known name that a mistyped one is nearest to.

/// The candidate that a name most likely stands for; nil when none is near.
///
/// Near is a candidate that the name begins, or one within a third of the name's letters by insertions, deletions,
/// replacements and swaps of neighbours. Case does not count.
func nearestName(to name: String, among candidates: [String]) -> String? {
  let letters = Array(name.lowercased().prefix(100))
  let limit = max(1, letters.count / 3)
  let ranked = candidates.map { candidate in
    let other = Array(candidate.lowercased().prefix(100))
    let isBeginning = letters.count >= 3 && other.starts(with: letters)
    return (candidate, isBeginning ? 1 : editDistance(letters, other))
  }
  let nearest = ranked.min { $0.1 < $1.1 }
  return nearest.flatMap { $0.1 <= limit ? $0.0 : nil }
}

/// The optimal string alignment distance, in O(left · right).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      row.append(distance)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
