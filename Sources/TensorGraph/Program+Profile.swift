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
  package let steps: Int
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

  /// A table, one line a sort of kernel.
  package var description: String {
    let available = seconds * Double(threads)
    let busy = kernels.reduce(0) { $0 + $1.seconds }
    var lines = [
      "\(decimal(1000 * seconds, 3)) ms a step with \(threads) thread\(threads == 1 ? "" : "s"),"
        + " \(decimal(Double(flops) / seconds / 1e9, 1)) GFLOP/s,"
        + " \(decimal(100 * fractionOfPeak, 1)) % of the measured peak of"
        + " \(decimal(peak * Double(threads) / 1e9, 1)) GFLOP/s",
      row("kernel", "calls", "ms", "time %", "GFLOP/s", "peak %", "GB/s"),
    ]
    for kernel in kernels {
      let rate = Double(kernel.flops) / kernel.seconds
      lines.append(
        row(
          kernel.kind, "\(kernel.calls)", decimal(1000 * kernel.seconds, 3),
          decimal(100 * kernel.seconds / available, 1), decimal(rate / 1e9, 1), decimal(100 * rate / peak, 1),
          decimal(Double(kernel.bytes) / kernel.seconds / 1e9, 1)))
    }
    lines.append(
      row(
        "between calls", "", decimal(1000 * max(0, available - busy), 3),
        decimal(100 * max(0, available - busy) / available, 1), "", "", ""))
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ kind: String, _ cells: String...) -> String {
    kind.padded(to: -16) + zip(cells, [8, 10, 8, 9, 8, 8]).map { $0.padded(to: $1) }.joined()
  }
}

extension Program {
  /// Runs steps with a clock around each kernel call. The results are those of `run`, to the bit.
  ///
  /// - Parameters:
  ///   - steps: at least 1; one more goes before them, unmeasured.
  ///   - seed, firstStep: of the random numbers, as in `run`.
  package func profile(steps: Int, seed: UInt64, firstStep: UInt64) -> Profile {
    let peak = multiplyAddPeak(pool: pool, kernels: kernels) / Double(pool.threads)
    let stopwatch = Stopwatch(threads: pool.threads)
    let moment = Moment()
    let phases = makePhases(
      plan: plan, blocks: blocks, updates: updateCalls, kernels: kernels, moment: moment,
      instrument: stopwatch.timing)
    run(phases, moment, seed: seed, step: firstStep)
    stopwatch.reset()
    let clock = ContinuousClock()
    let time = clock.measure {
      for step in 0..<UInt64(max(1, steps)) { run(phases, moment, seed: seed, step: firstStep + 1 + step) }
    }
    return Profile(
      steps: max(1, steps), threads: pool.threads, seconds: time / .seconds(1) / Double(max(1, steps)), flops: flops,
      peak: peak, kernels: stopwatch.kernels(steps: max(1, steps)))
  }
}

/// Times calls, each thread in memory of its own.
private final class Stopwatch {
  private struct Entry {
    var nanoseconds: Int64 = 0
    var count = 0
  }
  /// More than any program has; calls beyond share the last place.
  private static let mostCalls = 1 << 14
  private let clock = ContinuousClock()
  private let threads: Int
  private let entries: UnsafeMutablePointer<Entry>
  private var calls: [Call] = []

  init(threads: Int) {
    self.threads = threads
    entries = .allocate(capacity: threads * Self.mostCalls)
    entries.initialize(repeating: Entry(), count: threads * Self.mostCalls)
  }

  deinit { entries.deallocate() }

  func reset() { entries.update(repeating: Entry(), count: threads * Self.mostCalls) }

  /// The call with a clock around it.
  func timing(_ call: Call) -> KernelCall {
    let place = min(calls.count, Self.mostCalls - 1)
    calls.append(call)
    let (run, clock, entries) = (call.run, clock, entries)
    return { frame in
      let start = clock.now
      run(frame)
      let (seconds, attoseconds) = (clock.now - start).components
      let entry = entries + (frame.worker * Self.mostCalls + place)
      entry.pointee.nanoseconds += seconds * 1_000_000_000 + attoseconds / 1_000_000_000
      entry.pointee.count += 1
    }
  }

  func kernels(steps: Int) -> [KernelTime] {
    let kinds = grouped(calls).map(\.kind)
    return kinds.map { kind in
      let places = calls.indices.filter { calls[$0].kind == kind }
      let measured = places.flatMap { place in
        (0..<threads).map { entries[$0 * Self.mostCalls + min(place, Self.mostCalls - 1)] }
      }
      return KernelTime(
        kind: kind, calls: measured.reduce(0) { $0 + $1.count } / steps,
        seconds: Double(measured.reduce(0) { $0 + $1.nanoseconds }) / 1e9 / Double(steps),
        flops: places.reduce(0) { $0 + calls[$1].flops }, bytes: places.reduce(0) { $0 + calls[$1].bytes })
    }.filter { $0.calls > 0 }.sorted { $0.seconds > $1.seconds }
  }
}

extension String {
  /// Padded to a width with blanks: in front, or behind where the width is negative.
  fileprivate func padded(to width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - count))
    return width < 0 ? self + blanks : blanks + self
  }
}
