// Where a column of values is cut into bins.

/// Ascending edges e_1 < e_2 < ...: a value x lies in bin b when e_b < x <= e_(b+1), so that equal values share a bin.
///
/// A column of at most `bins` distinct values has a bin for each. Otherwise a value that holds 1/64 of the weight or
/// more, such as the spike of a DLL at 0, has a bin of its own, and what lies between is cut into parts of about equal
/// weight. An edge stands midway between the neighbouring values, so that events of other samples fall on the nearer
/// side. O(rows), the order being given.
/// - Parameters:
///   - values: ascending, finite.
///   - weight: what a place counts in the order of `values`; 0 or more.
///   - bins: 2 ... 256, never exceeded.
func binEdges(ascending values: [Double], weight: (Int) -> Double, bins: Int) -> [Double] {
  var starts: [Int] = []
  var masses: [Double] = []
  for place in values.indices {
    if place == 0 || values[place] != values[place - 1] {
      starts.append(place)
      masses.append(0)
    }
    masses[masses.count - 1] += weight(place)
  }
  let last = lastValuesOfBins(masses, bins: bins)
  return last.dropLast().map { midway(values[starts[$0]], values[starts[$0 + 1]]) }
}

/// The index of the last distinct value of each bin.
private func lastValuesOfBins(_ masses: [Double], bins: Int) -> [Int] {
  guard masses.count > bins else { return Array(masses.indices) }
  let total = masses.reduce(0, +)
  let heavy = bins >= 16 ? total / Double(bins / 4) : Double.infinity
  let heavies = masses.filter { $0 >= heavy }
  // Each heavy value takes a bin and may leave a bin before it that is not full.
  let full = heavies.isEmpty ? bins : max(1, bins - 2 * heavies.count - 1)
  let share = (total - heavies.reduce(0, +)) / Double(full)
  var last: [Int] = []
  var mass = 0.0
  for index in masses.indices {
    mass += masses[index]
    let isHeavy = masses[index] >= heavy
    let nextIsHeavy = index + 1 < masses.count && masses[index + 1] >= heavy
    if isHeavy || nextIsHeavy || mass >= share || index + 1 == masses.count {
      last.append(index)
      mass = 0
    }
  }
  // Rounding of the shares could leave a bin too many.
  while last.count > bins { last.remove(at: last.count - 2) }
  return last
}

/// At least `low` and below `high`.
private func midway(_ low: Double, _ high: Double) -> Double {
  let middle = low / 2 + high / 2
  return middle >= low && middle < high ? middle : low
}
