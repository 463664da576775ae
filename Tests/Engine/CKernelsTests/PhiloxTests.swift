// Philox against Random123's known answers, and the streams of uniforms and normals made of it.
import CKernels
import Testing

/// Element `index` of a stream by the header's definition: its word, and the word of its partner.
private func words(_ seed: UInt64, _ stream: UInt32, _ step: UInt64, _ index: Int) -> [UInt32] {
  let block = index / 64
  let lane = index % 16
  let words = fs_philox(seed, stream, step, UInt64(16 * block + lane))
  return [words.w0, words.w1, words.w2, words.w3]
}

/// Sums over 10⁸ and more deviates of one stream, and of the next one next to it.
private struct DrawStatistics {
  static let bins = 1 << 14
  static let reach = 6.0
  var count = 0.0
  var powers = [0.0, 0.0, 0.0, 0.0]
  /// Products with the next deviate, the one after, the one 64 on (the next block), and that of the next stream.
  var products = [0.0, 0.0, 0.0, 0.0]
  var histogram = [Int](repeating: 0, count: bins + 2)

  mutating func add(_ values: UnsafeBufferPointer<Float>, beside others: UnsafeBufferPointer<Float>) {
    let pairs = values.count - 64
    for index in 0..<pairs {
      let x = Double(values[index])
      let square = x * x
      powers[0] += x
      powers[1] += square
      powers[2] += square * x
      powers[3] += square * square
      products[0] += x * Double(values[index + 1])
      products[1] += x * Double(values[index + 2])
      products[2] += x * Double(values[index + 64])
      products[3] += x * Double(others[index])
      let place = (x + Self.reach) * Double(Self.bins) / (2 * Self.reach)
      histogram[place < 0 ? 0 : place >= Double(Self.bins) ? Self.bins + 1 : Int(place) + 1] += 1
    }
    count += Double(pairs)
  }

  /// The largest distance of the distribution functions at the bins' edges.
  var distance: Double {
    var below = 0
    return (0...Self.bins).reduce(0) { largest, edge in
      below += histogram[edge]
      let x = Double(edge) * 2 * Self.reach / Double(Self.bins) - Self.reach
      return max(largest, abs(0.5 * fs_erfc(-x / 2.0.squareRoot()) - Double(below) / count))
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct PhiloxTests {
  @Test func philoxGivesRandom123sKnownAnswers() {
    // Random123 1.14, tests/kat_vectors, "philox4x32 10".
    let answers: [(counter: [UInt32], key: [UInt32], words: [UInt32])] = [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [UInt32](repeating: .max, count: 4), [.max, .max], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for answer in answers {
      var words = [UInt32](repeating: 0, count: 4)
      fs_philox4x32(&words, answer.counter, answer.key)
      #expect(words == answer.words)
    }
    let words = fs_philox(0x299f_31d0_a409_3822, 0, 0x0370_7344_1319_8a2e, 0x85a3_08d3_243f_6a88)
    #expect([words.w0, words.w1, words.w2, words.w3] == answers[2].words)
    #expect(fs_philox(0x299f_31d1_a409_3822, 1, 0x0370_7344_1319_8a2e, 0x85a3_08d3_243f_6a88).w0 == words.w0)
  }

  @Test func uniform53TakesTheHighBits() {
    #expect(fs_uniform53(0, 0) == 0)
    #expect(fs_uniform53(.max, .max) == 1 - 0x1p-53)
    #expect(fs_uniform53(0x8000_0000, 0) == 0.5)
    #expect(fs_uniform53(0, 0x800) == 0x1p-53)
  }

  @Test(arguments: tableNames)
  func anyPieceOfAStreamIsTheSame(_ name: String) throws {
    let table = try kernels(name)
    let (seed, stream, step) = (UInt64(0xdead_beef_0123_4567), UInt32(9), UInt64(1) << 33 | 5)
    for (offset, count) in [(0, 64), (0, 1), (3, 200), (63, 2), (128, 64), (1 << 40 - 5, 77), (64, 0)] {
      var uniforms = [Float](repeating: -1, count: count + 1)
      var normals = [Float](repeating: -1, count: count + 1)
      table.uniform(seed, stream, step, Int64(offset), Int64(count), &uniforms)
      table.normal(seed, stream, step, Int64(offset), Int64(count), &normals)
      #expect(uniforms[count] == -1 && normals[count] == -1)
      for i in 0..<count {
        let index = offset + i
        let place = index % 64 / 16
        let word = words(seed, stream, step, index)
        #expect(uniforms[i] == Float(word[place] >> 8) * 0x1p-24)
        let first = place & ~1
        let radius = (-2 * fs_log(Double((word[first] >> 8) + 1) * 0x1p-24)).squareRoot()
        var sine = 0.0
        var cosine = 0.0
        fs_sincos2pi(Double(word[first + 1] >> 8) * 0x1p-24, &sine, &cosine)
        let exact = radius * (place % 2 == 0 ? cosine : sine)
        #expect(abs(Double(normals[i]) - exact) <= 4e-7 * max(abs(exact), 0x1p-20) + 1e-12 * radius)
      }
    }
  }

  @Test(arguments: tableNames)
  func everyTableGivesThePortableNumbers(_ name: String) throws {
    let table = try kernels(name)
    let portable = try kernels("portable")
    for draw in [\fs_kernels.uniform, \fs_kernels.normal] {
      var mine = [Float](repeating: 0, count: 40_000)
      var theirs = mine
      table[keyPath: draw]?(11, 3, 1 << 40, 123_456_789_012, 40_000, &mine)
      portable[keyPath: draw]?(11, 3, 1 << 40, 123_456_789_012, 40_000, &theirs)
      #expect(bits(mine) == bits(theirs))
    }
  }

  @Test func aHundredMillionNormalsAreNormalAndUncorrelated() throws {
    let table = try kernels(tableNames[tableNames.count - 1])
    let count = 1 << 20
    var (values, others) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    var statistics = DrawStatistics()
    for step in 0..<96 {
      table.normal(20_190_528, 1, UInt64(step), 0, Int64(count), &values)
      table.normal(20_190_528, 2, UInt64(step), 0, Int64(count), &others)
      values.withUnsafeBufferPointer { values in
        others.withUnsafeBufferPointer { statistics.add(values, beside: $0) }
      }
    }
    let n = statistics.count
    #expect(n > 1e8)
    // Standard errors of the raw moments of a standard normal: sqrt(1, 2, 15, 96) / sqrt(n); five of them.
    let moments = zip(statistics.powers, zip([0.0, 1, 0, 3], [1.0, 2, 15, 96]))
    for (power, (expected, variance)) in moments {
      #expect(abs(power / n - expected) < 5 * (variance / n).squareRoot())
    }
    for product in statistics.products { #expect(abs(product / n) < 5 * (1 / n).squareRoot()) }
    // Kolmogorov's distribution: P(sqrt(n) D > 2.2) = 1e-4. Deviates have 24 bits, which moves no edge by as much as
    // 1e-7.
    #expect(statistics.distance * n.squareRoot() < 2.2)
  }
}
