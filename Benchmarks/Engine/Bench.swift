// `fastsim-bench`: measures one thing and prints one line of JSON.
internal import CKernels
internal import Foundation
internal import TensorGraph

@main
struct Bench {
  static let usage = """
    usage: fastsim-bench WORK [--batch N] [--threads 1] [--steps N] [--tile-rows 128] [--kept-mib 16]
           fastsim-bench profile-WORK [--batch N] [--threads 1] [--steps 10]
           fastsim-bench explain-WORK [--batch N] [--threads 1]
           fastsim-bench check|check-showers
    WORK is w1 (batch 10000), w1-small (256), showers (128), clic (16), or lhcb-generation, atlas-generation,
    clic-generation or rich-generation (1000).
    """

  /// What can be measured, with its batch.
  static let works = Dictionary(uniqueKeysWithValues: MeasuredDetector.allCases.map { ("\($0)-generation", 1000) })
    .merging(["w1": 10_000, "w1-small": 256, "showers": 128, "clic": 16]) { $1 }

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let mode = arguments.first, arguments.count % 2 == 1 else { return refuse() }
    let form = ["profile", "explain"].first { mode.hasPrefix($0) }
    let name = form.map { String(mode.dropFirst($0.count + 1)) } ?? mode
    guard let batch = mode.hasPrefix("check") ? 1 : works[name.isEmpty ? "w1" : name == "small" ? "w1-small" : name]
    else {
      return refuse()
    }
    var numbers = ["--batch": batch, "--threads": 1, "--steps": 0, "--tile-rows": 128, "--kept-mib": 16]
    for place in stride(from: 1, to: arguments.count, by: 2) {
      guard numbers[arguments[place]] != nil, let value = Int(arguments[place + 1]), (1...1_000_000).contains(value)
      else { return refuse() }
      numbers[arguments[place]] = value
    }
    guard let kernels = fs_kernels_named(nil) else { return refuse() }
    let pool = ThreadPool(threads: numbers["--threads"]!)
    if mode == "check" { return try check(pool: pool, kernels: kernels) }
    if mode == "check-showers" { return print(try showerReferenceLoss(pool: pool, kernels: kernels)) }
    func work() throws -> any MeasuredStep {
      let detector = MeasuredDetector.allCases.first { name == "\($0)-generation" }
      let (batch, rows, kept) = (numbers["--batch"]!, numbers["--tile-rows"]!, numbers["--kept-mib"]! << 20)
      if let detector {
        return try GenerationStep(detector, batch: batch, pool: pool, kernels: kernels, tileRows: rows)
      }
      return switch name {
      case "showers": try ShowerCriticStep(batch: batch, pool: pool, kernels: kernels, tileRows: rows, keptBytes: kept)
      case "clic":
        try CLICDiscriminatorStep(batch: batch, pool: pool, kernels: kernels, tileRows: rows, keptBytes: kept)
      default: try CriticStep(name.hasSuffix("small") ? .small : .large, batch: batch, pool: pool, kernels: kernels)
      }
    }
    if form == "profile" {
      let steps = numbers["--steps"]! > 0 ? numbers["--steps"]! : 10
      print(json(try work().program.profile(steps: steps, seed: 1, firstStep: 0)))
    } else if form == "explain" {
      print(try work().program.explanation)
    } else {
      let fields = try measure(
        name, batch: numbers["--batch"]!, steps: numbers["--steps"]!, pool: pool, kernels: kernels, work)
      print("{" + fields.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}")
    }
  }

  /// The reference case in float64 and in float32, to be compared with Tests/Fixtures/w1_reference.json.
  private static func check(pool: ThreadPool, kernels: UnsafePointer<fs_kernels>) throws {
    let reference = ReferenceCase()
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    let answers = [
      "float64": try reference.answersInFloat64(),
      "float32": try reference.answersInFloat32(threads: pool.threads, kernels: kernels),
    ]
    print(String(decoding: try encoder.encode(answers), as: UTF8.self))
  }

  private static func refuse() {
    FileHandle.standardError.write(Data((usage + "\n").utf8))
    exit(64)
  }
}

/// A profile in one line: for each sort of kernel its milliseconds a step over all threads, and its rates.
private func json(_ profile: Profile) -> String {
  let kernels = profile.kernels.map { kernel in
    String(
      format: "\"%@\": {\"calls\": %d, \"ms\": %.4f, \"fraction_of_peak\": %.3f, \"gigabytes_per_s\": %.1f}",
      kernel.kind, kernel.calls, 1000 * kernel.seconds, Double(kernel.flops) / kernel.seconds / profile.peak,
      Double(kernel.bytes) / kernel.seconds / 1e9)
  }
  return String(
    format: "{\"ms_per_step\": %.4f, \"threads\": %d, \"fraction_of_peak\": %.3f, ", 1000 * profile.seconds,
    profile.threads, profile.fractionOfPeak) + "\"kernels\": {" + kernels.joined(separator: ", ") + "}}"
}

/// A name and its value as JSON.
typealias Field = (name: String, value: String)

/// Runs critic steps and measures each: the peak before and after, so that a busy machine shows.
/// - Parameter steps: how many to time; 0 takes about four seconds' worth.
func measure(
  _ name: String, batch: Int, steps: Int, pool: ThreadPool, kernels: UnsafePointer<fs_kernels>,
  _ make: () throws -> any MeasuredStep
) throws -> [Field] {
  let clock = ContinuousClock()
  let peakBefore = multiplyAddPeak(pool: pool, kernels: kernels)
  let started = clock.now
  let work = try make()
  let built = clock.now
  let program = work.program
  program.run(seed: 1, step: 0)
  let first = clock.now
  let count = steps > 0 ? steps : max(3, Int(.seconds(4) / (first - built)))
  var times = [Double](repeating: 0, count: count)
  var next = 0
  let before = processorSeconds()
  let allocated = countAllocations {
    while next < count {
      let start = clock.now
      program.run(seed: 1, step: UInt64(next + 1))
      times[next] = (clock.now - start) / .milliseconds(1)
      next += 1
    }
  }
  let used = 1000 * (processorSeconds() - before) / Double(count)
  let peak = max(peakBefore, multiplyAddPeak(pool: pool, kernels: kernels))
  times.sort()
  let operations = Double(work.leastOperations)
  let median = times[count / 2]
  func rate(_ milliseconds: Double) -> Double { operations / milliseconds / 1e6 }
  func rounded(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
  return [
    ("bench", "\"\(name)\""), ("tool", "\"fastsim\""), ("isa", "\"\(String(cString: kernels.pointee.name))\""),
    ("threads", "\(pool.threads)"), ("batch", "\(batch)"), ("steps", "\(count)"),
    ("ms_per_step", rounded(median, 4)), ("best_ms_per_step", rounded(times[0], 4)),
    ("processor_ms_per_step", rounded(used, 4)), ("gflops", rounded(rate(median), 1)),
    ("best_gflops", rounded(rate(times[0]), 1)),
    ("peak_gflops", rounded(peak / 1e9, 1)), ("fraction_of_peak", rounded(rate(median) * 1e9 / peak, 3)),
    ("best_fraction_of_peak", rounded(rate(times[0]) * 1e9 / peak, 3)),
    ("compile_ms", rounded((built - started) / .milliseconds(1), 2)),
    ("program_mib", rounded(Double(work.program.memoryBytes) / 1_048_576, 1)),
    ("peak_rss_mib", rounded(Double(peakResidentBytes()) / 1_048_576, 1)),
    ("allocations_per_step", allocated.map { rounded(Double($0) / Double(count), 3) } ?? "null"),
    (work.loss, "\(work.program.output(work.loss)[0])"),
  ]
}

private func countAllocations(_ body: () -> Void) -> Int? {
  #if canImport(Glibc)
    guard let control = allocations({ sink = Array(repeating: 1, count: sink.count + 3) }), control > 0 else {
      return nil
    }
    return allocations(body)
  #else
    body()
    return nil
  #endif
}

nonisolated(unsafe) private var sink: [Int] = []
