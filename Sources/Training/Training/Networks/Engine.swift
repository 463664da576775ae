// Threads and instruction set of a training. Neither changes a bit of a result.
internal import CKernels
internal import Foundation
internal import Numerics
internal import TensorGraph

/// The threads and the kernels that compute.
package struct Engine {
  let pool: ThreadPool
  let kernels: UnsafePointer<fs_kernels>
  /// The bytes that networks, optimisers and steps may take together.
  let memoryLimit: Int

  /// - Parameters:
  ///   - threads: worker threads; nil takes one for each core that this process may use.
  ///   - isa: an instruction set by name; nil takes the best one of this CPU.
  ///   - memoryLimit: bytes for networks, optimisers and steps; nil takes three quarters of the memory that this process
  ///     may use.
  /// - Throws: `EngineError` where the CPU lacks the instruction set, or its kernels fail their known answers.
  package init(threads: Int? = nil, isa: String? = nil, memoryLimit: Int? = nil) throws {
    guard let kernels = fs_kernels_named(isa) else {
      throw EngineError.unknownInstructionSet(isa ?? ProcessInfo.processInfo.environment["FASTSIM_ISA"])
    }
    let failed = fs_selftest(kernels)
    guard failed == 0 else {
      throw EngineError.selftest(isa: String(cString: kernels.pointee.name), check: Int(failed))
    }
    self.kernels = kernels
    pool = ThreadPool(threads: threads ?? usableCores())
    self.memoryLimit = memoryLimit ?? memoryOfOneRequest()
  }

  package var threads: Int { pool.threads }
  /// The instruction set's name: portable, sse2, avx2, avx512 or neon.
  package var isa: String { String(cString: kernels.pointee.name) }
}

/// Why an engine cannot be created.
package enum EngineError: Error, CustomStringConvertible {
  case unknownInstructionSet(String?)
  case selftest(isa: String, check: Int)

  package var description: String {
    switch self {
    case .unknownInstructionSet(let name):
      "the instruction set \"\(name ?? "")\" is unknown or not supported by this CPU;"
        + " choose portable, sse2, avx2, avx512 or neon"
    case .selftest(let isa, let check):
      "the \(isa) kernels fail their known answer \(check) on this CPU"
    }
  }
}
