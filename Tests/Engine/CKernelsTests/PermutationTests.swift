// Permuted indices: bijections that differ from pass to pass and from key to key, in any piece alike.
import CKernels
import Testing

private func permuted(_ seed: UInt64, _ stream: UInt32, _ n: Int, _ position: Int, _ count: Int) -> [Int] {
  var indices = [Int64](repeating: -1, count: count)
  fs_permuted_indices(seed, stream, UInt64(n), UInt64(position), Int64(count), &indices)
  return indices.map(Int.init)
}

@Suite(.timeLimit(.minutes(20))) struct PermutationTests {
  @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 100, 1000, 4097])
  func everyPassIsAPermutation(_ n: Int) {
    for pass in 0..<5 {
      #expect(permuted(42, 7, n, pass * n, n).sorted() == Array(0..<n))
    }
  }

  @Test func passesSeedsAndStreamsDiffer() {
    let n = 1000
    let orders = [
      permuted(1, 1, n, 0, n), permuted(1, 1, n, n, n), permuted(1, 1, n, 2 * n, n), permuted(2, 1, n, 0, n),
      permuted(1, 2, n, 0, n), permuted(1 << 32, 1, n, 0, n), Array(0..<n),
    ]
    for first in orders.indices {
      for second in orders.indices where second > first {
        let same = zip(orders[first], orders[second]).count { $0 == $1 }
        // Two random permutations share one place on average.
        #expect(same < 12)
      }
    }
  }

  @Test func aPieceMayBeginAnywhere() {
    let whole = permuted(3, 4, 37, 0, 37 * 6)
    #expect(permuted(3, 4, 37, 30, 100) == Array(whole[30..<130]))
    #expect(permuted(3, 4, 0, 5, 3) == [0, 0, 0])
  }

  @Test func aPassIsSpreadEvenly() {
    // The first tenth of many passes: every row is drawn about equally often (chi-squared, 99 degrees of freedom).
    var counts = [Int](repeating: 0, count: 100)
    let passes = 4000
    for pass in 0..<passes { for index in permuted(5, 6, 100, pass * 100, 10) { counts[index] += 1 } }
    let expected = Double(passes) / 10
    let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / (expected * 0.9) }
    #expect(fs_gamma_q(49.5, statistic / 2) > 1e-4)
  }

  @Test func rowsAreGathered() {
    let table = moderateFloats(50, stream: 61)
    var out = [Float](repeating: 0, count: 9)
    fs_gather_rows(3, 3, table, 5, [9, 0, 4], &out)
    #expect(out == Array(table[45..<48]) + Array(table[0..<3]) + Array(table[20..<23]))
  }
}
