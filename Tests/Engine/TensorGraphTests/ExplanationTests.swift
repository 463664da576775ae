// What a program says of itself, and that measuring it changes nothing.
import CKernels
import TensorGraph
import Testing

/// One layer with a bias and an activation, its loss and its update.
private func layer(threads: Int = 1) throws -> (program: Program, variables: Variables) {
  let graph = Graph(batch: 256)
  let declarations = [
    Variable(name: "w", role: .parameter, rows: 8, columns: 4),
    Variable(name: "b", role: .parameter, rows: 1, columns: 4),
  ]
  let parameters = declarations.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) }
  let variables = Variables(
    declarations
      + declarations.map {
        Variable(
          name: Update.slotName($0.name, "mean_square"), role: .optimiser, rows: $0.rows, columns: $0.columns)
      })
  variables[declarations[0]] = (0..<32).map { Float($0 % 7) / 7 - 0.4 }
  let value = try (graph.input("x", columns: 8).times(parameters[0]) + parameters[1]).leakyReLU(slope: 0.5)
  let loss = try (value * value).sumOfColumns().meanOverBatch()
  let updates = zip(declarations, try gradient(of: loss, withRespectTo: parameters)).map {
    Update(
      parameter: $0.name, gradient: $1, rule: .rmsprop(decay: 0.9, epsilon: 1e-8), rate: graph.scalar("rate"))
  }
  let program = try Program(
    graph: graph, outputs: [("loss", loss)], updates: updates, variables: variables,
    pool: ThreadPool(threads: threads), kernels: try #require(fs_kernels_named("portable")))
  program.setScalar("rate", 0.01)
  let x = try #require(program.input("x"))
  for place in 0..<256 * 8 { x[place] = Float(place % 13) / 6 - 1 }
  return (program, variables)
}

@Suite(.timeLimit(.minutes(20))) struct ExplanationTests {
  @Test
  func anExplanationNamesOperationsShapesFusionsAndSizes() throws {
    let text = try layer().program.explanation
    #expect(text == (try layer(threads: 2).program.explanation))
    for part in [
      "batch 256: 8 blocks of 32 rows, in tiles of 128\n", "1 bias in products", "1 activation in products",
      "1 bias gradient made with weight gradients", "stage 0, for each tile\n",
      "stage 0, side by side: 1 weights packed",
      "product(nn,bias,leaky=0x3f000000) %0 [batch, 8] %1 [8, 4] %2 [1, 4] -> [batch, 4]\n",
      "16 kFLOP   12 kB   with bias, activation\n", "stage 1 begins with the sum of 8 blocks",
      "at the end, side by side: 2 rmsprop updates",
    ] {
      #expect(text.contains(part), "\(part) is in:\n\(text)")
    }
  }

  @Test(arguments: [1, 2])
  func aProfileTimesEveryKernelAndChangesNoBit(threads: Int) throws {
    let (program, variables) = try layer(threads: threads)
    let profile = program.profile(steps: 2, seed: 1, firstStep: 0)
    #expect(profile.kernels.first { $0.kind == "product_nn" }?.calls == 2)
    #expect(profile.kernels.first { $0.kind == "product_nn" }?.flops == 2 * 256 * 8 * 4)
    #expect(profile.kernels.first { $0.kind == "rmsprop" }?.calls == 2)
    #expect(profile.peak > 0 && profile.fractionOfPeak > 0)
    #expect(profile.kernels.contains { $0.kind == "product_tn" && $0.seconds > 0 })

    let (other, plain) = try layer()
    for step in 0..<3 { other.run(seed: 1, step: UInt64(step)) }
    for variable in variables.declarations { #expect(variables[variable] == plain[variable]) }
  }
}
