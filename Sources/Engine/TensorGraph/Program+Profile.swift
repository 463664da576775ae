// Where the time of a step goes: each kernel call timed, and added up by the sort of kernel.

/// The time of one sort of kernel in a step, over all threads.
package struct KernelTime: Sendable {
  package let kind: String
  /// Calls in a step; a call for each tile counts as often as there are tiles.
  package let calls: Int
  /// Thread seconds in a step.
  package let seconds: Double
  /// Floating-point operations in a step.
  package let flops: Int
  /// Bytes read and written in a step, from whatever cache.
  package let bytes: Int
}

/// The measured time of a program's steps.
package struct Profile: Sendable {
  package let threads: Int
  /// Wall seconds of one step.
  package let seconds: Double
  package let flops: Int
  /// Floating-point operations a second of one thread at most, as measured.
  package let peak: Double
  /// Longest first.
  package let kernels: [KernelTime]

  /// The share of the peak of all threads that a step's operations reach.
  package var fractionOfPeak: Double { Double(flops) / seconds / (peak * Double(threads)) }
}

extension Program {
  /// Runs steps with a clock around each kernel call. The results are those of `run`, to the bit.
  ///
  /// - Parameters:
  ///   - steps: at least 1; one more goes before them, unmeasured.
  ///   - seed, firstStep: of the random numbers, as in `run`.
  package func profile(steps: Int, seed: UInt64, firstStep: UInt64) -> Profile {
    let peak = multiplyAddPeak(pool: pool, kernels: kernels) / Double(pool.threads)
    let steps = max(1, steps)
    let stopwatch = Stopwatch(threads: pool.threads)
    let stepNumber = StepNumber()
    let phases = makePhases(
      plan: plan, updates: updateCalls, kernels: kernels, stepNumber: stepNumber,
      instrument: stopwatch.timing)
    run(phases, stepNumber, seed: seed, step: firstStep)
    stopwatch.reset()
    let clock = ContinuousClock()
    let time = clock.measure {
      for step in 0..<UInt64(steps) { run(phases, stepNumber, seed: seed, step: firstStep + 1 + step) }
    }
    return Profile(
      threads: pool.threads, seconds: time / .seconds(1) / Double(steps), flops: flops,
      peak: peak, kernels: stopwatch.kernels(steps: steps))
  }
}

/// Times calls, each thread in a cache line of its own: nanoseconds, then how many calls.
private final class Stopwatch {
  private let threads: Int
  private var timed: [(call: Call, times: UnsafeMutablePointer<Int64>)] = []

  init(threads: Int) { self.threads = threads }

  deinit { for (_, times) in timed { times.deallocate() } }

  func reset() { for (_, times) in timed { times.update(repeating: 0, count: 8 * threads) } }

  /// The call with a clock around it.
  func timing(_ call: Call) -> KernelCall {
    let times = UnsafeMutablePointer<Int64>.allocate(capacity: 8 * threads)
    times.initialize(repeating: 0, count: 8 * threads)
    timed.append((call, times))
    let (run, clock) = (call.run, ContinuousClock())
    return { tile in
      let start = clock.now
      run(tile)
      let (seconds, attoseconds) = (clock.now - start).components
      times[8 * tile.worker] += seconds * 1_000_000_000 + attoseconds / 1_000_000_000
      times[8 * tile.worker + 1] += 1
    }
  }

  func kernels(steps: Int) -> [KernelTime] {
    grouped(timed.map(\.call)).map { kind, calls in
      let measured = timed.filter { $0.call.kind == kind }.flatMap { _, times in
        (0..<threads).map { (nanoseconds: times[8 * $0], count: times[8 * $0 + 1]) }
      }
      return KernelTime(
        kind: kind, calls: Int(measured.reduce(0) { $0 + $1.count }) / steps,
        seconds: Double(measured.reduce(0) { $0 + $1.nanoseconds }) / 1e9 / Double(steps),
        flops: calls.reduce(0) { $0 + $1.flops }, bytes: calls.reduce(0) { $0 + $1.bytes })
    }.filter { $0.calls > 0 }.sorted { $0.seconds > $1.seconds }
  }
}
