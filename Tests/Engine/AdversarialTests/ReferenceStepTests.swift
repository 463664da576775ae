// The benchmark's steps against PyTorch in float64 (Tests/Fixtures/w1_reference.py): losses, gradients, one update.
import CKernels
import Foundation
import TestSupport
import Testing
import fastsim_bench

private func loadReference() throws -> ReferenceAnswers {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(
    ReferenceAnswers.self, from: Data(contentsOf: fixture("w1_reference.json")))
}

private func expect(_ answers: ReferenceAnswers, agreesTo tolerance: Double) throws {
  let reference = try loadReference()
  func all(_ a: ReferenceAnswers) -> [Double] {
    [
      a.criticLoss, a.energy, a.penalty, a.generatorLoss, a.criticLossAfterCriticStep, a.generatorLossAfterBothSteps,
    ] + a.criticGradNorms + a.generatorGradNorms
  }
  let (values, expected) = (all(answers), all(reference))
  #expect(values.count == expected.count && values.count == 50)
  for (place, (value, reference)) in zip(values, expected).enumerated() {
    #expect((value - reference).magnitude <= tolerance * reference.magnitude, "\(place): \(value) against \(reference)")
  }
}

@Suite(.timeLimit(.minutes(20))) struct ReferenceStepTests {
  @Test
  func theDefinitionsGiveTheReferenceStep() throws {
    try expect(ReferenceCase().answersInFloat64(), agreesTo: 1e-9)
  }

  @Test(arguments: ["portable", "best"])
  func compiledProgramsGiveTheReferenceStep(isa: String) throws {
    let kernels = try #require(fs_kernels_named(isa == "best" ? nil : isa))
    try expect(ReferenceCase().answersInFloat32(threads: 2, kernels: kernels), agreesTo: 1e-4)
  }
}
