// The pool of threads: every chunk once, by a worker within range, and results that no number of threads changes.
import CKernels
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

private final class Ledger: Sendable {
  let claims: [Claim]
  let highestWorker = Atomic<Int>(0)

  final class Claim: Sendable { let count = Atomic<Int>(0) }

  init(chunks: Int) { claims = (0..<chunks).map { _ in Claim() } }
}

private func enter(_ context: UnsafeMutableRawPointer?, _ chunk: Int64, _ worker: Int32) {
  guard let context else { return }
  let ledger = Unmanaged<Ledger>.fromOpaque(context).takeUnretainedValue()
  ledger.claims[Int(chunk)].count.add(1, ordering: .relaxed)
  ledger.highestWorker.max(Int(worker), ordering: .relaxed)
}

private func makePool(_ threads: Int) throws -> OpaquePointer {
  let pool: OpaquePointer? = fs_pool_create(Int32(threads))
  return try #require(pool)
}

/// 1 + 2^-60, read from memory so that the sum is made at run time, and a denormal halved.
private func arithmetic(_ context: UnsafeMutableRawPointer?, _ chunk: Int64, _ worker: Int32) {
  guard let numbers = context?.assumingMemoryBound(to: Double.self) else { return }
  let place = 3 + 2 * Int(chunk)
  numbers[place] = numbers[0] + numbers[1]
  numbers[place + 1] = numbers[2] * 0.5
}

@Suite(.timeLimit(.minutes(20))) struct PoolTests {
  @Test(arguments: [1, 2, 4])
  func aPoolRunsEveryChunkOnce(_ threads: Int) throws {
    let pool = try makePool(threads)
    defer { fs_pool_destroy(pool) }
    #expect(fs_pool_threads(pool) == threads)
    for chunks in [0, 1, 2, 3, 17, 1000] {
      for _ in 0..<20 {
        let ledger = Ledger(chunks: chunks)
        fs_pool_run(pool, Int64(chunks), enter, Unmanaged.passUnretained(ledger).toOpaque())
        #expect(ledger.claims.allSatisfy { $0.count.load(ordering: .relaxed) == 1 })
        #expect(ledger.highestWorker.load(ordering: .relaxed) < threads)
      }
    }
  }

  @Test func aPoolThatSleptWakesAgain() async throws {
    let pool = try makePool(3)
    defer { fs_pool_destroy(pool) }
    for _ in 0..<5 {
      let ledger = Ledger(chunks: 50)
      fs_pool_run(pool, 50, enter, Unmanaged.passUnretained(ledger).toOpaque())
      #expect(ledger.claims.allSatisfy { $0.count.load(ordering: .relaxed) == 1 })
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test func poolsMayComeAndGo() throws {
    for threads in [0, 1, 2, 5] {
      for _ in 0..<20 {
        let pool = try makePool(threads)
        #expect(fs_pool_threads(pool) == max(threads, 1))
        fs_pool_destroy(pool)
      }
    }
    fs_pool_destroy(nil)
  }

  @Test func aPoolRoundsToNearestForEveryCaller() throws {
    let pool = try makePool(2)
    defer { fs_pool_destroy(pool) }
    let chunks = 64
    var numbers = [Double](repeating: 0, count: 3 + 2 * chunks)
    (numbers[0], numbers[1], numbers[2]) = (1, 0x1p-60, 0x1p-1060)
    let before = fegetround()
    fesetround(FE_UPWARD)
    fs_pool_run(pool, Int64(chunks), arithmetic, &numbers)
    let after = fegetround()
    fesetround(before)
    #expect(after == FE_UPWARD)
    for chunk in 0..<chunks {
      #expect(numbers[3 + 2 * chunk] == 1)
      #expect(numbers[4 + 2 * chunk] == 0x1p-1061)
    }
  }
}
