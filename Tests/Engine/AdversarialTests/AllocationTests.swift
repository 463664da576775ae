// A step that has run once runs again without taking memory. The count hooks into the runtime of a whole process, so it
// is that of the benchmark's.
#if canImport(Glibc)
  import Foundation
  import TestSupport
  import Testing

  private struct Measurement: Decodable {
    /// Nil where the count does not see an allocation that is there.
    let allocationsPerStep: Double?
  }

  @Suite(.timeLimit(.minutes(20))) struct AllocationTests {
    @Test(arguments: [1, 2])
    func aStepAfterTheFirstAllocatesNothing(threads: Int) throws {
      let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "fastsim-bench")
      let output = try RunningProgram(
        program.path, ["w1-small", "--batch", "300", "--threads", "\(threads)", "--steps", "50"]
      ).finish()
      #expect(output.status == 0, "\(output.err)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      #expect(try decoder.decode(Measurement.self, from: Data(output.out.utf8)).allocationsPerStep == 0)
    }
  }
#endif
