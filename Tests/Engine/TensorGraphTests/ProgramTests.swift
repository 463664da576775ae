// A compiled step gives the float64 definition's numbers, and the same bits on any threads and instruction set.
import CKernels
import TensorGraph
import Testing

/// A two-layer step with everything that a critic has: bias, activation, row norm, a penalty on a gradient, an update.
private struct Step {
  let batch: Int
  let graph: Graph
  let x: Tensor
  let weights: [Tensor]
  let loss: Tensor
  let gradients: [Tensor]
  let variables: Variables
  static let names = ["w0", "b0", "w1", "b1"]
  static let sizes = [(7, 19), (1, 19), (19, 5), (1, 5)]

  init(batch: Int, weightsFirst: Bool = false) throws {
    self.batch = batch
    graph = Graph(batch: batch)
    let (graph, declarations) = (
      graph, zip(Self.names, Self.sizes).map { Variable(name: $0, role: .parameter, rows: $1.0, columns: $1.1) }
    )
    func parameters() -> [Tensor] { declarations.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) } }
    let early = weightsFirst ? parameters() : []
    x = graph.input("x", columns: 7)
    let w = weightsFirst ? early : parameters()
    weights = w
    let hidden = try (x.times(w[0]) + w[1]).leakyReLU(slope: 0.1)
    let value = try (hidden.times(w[2]) + w[3]).rowNorm()
    let slope = try gradient(of: value.sumOfRows(), withRespectTo: [x])[0].rowNorm()
    loss = try ((slope - 1) * (slope - 1) + value * graph.uniform(stream: 3, columns: 1).exp()).meanOverBatch()
    gradients = try gradient(of: loss, withRespectTo: w)
    variables = Variables(
      declarations
        + declarations.map {
          Variable(name: "\($0.name).mean_square", role: .optimiser, rows: $0.rows, columns: $0.columns)
        })
    for (place, declaration) in declarations.enumerated() {
      variables[declaration] = (0..<declaration.count).map { element in
        Float((element * 7919 + place * 104_729) % 1000) / 1000 - 0.5
      }
    }
  }

  func program(
    threads: Int, isa: UnsafePointer<fs_kernels>, updating: Bool = false, tileRows: Int = 128,
    keptBytes: Int = 16 << 20
  ) throws -> Program {
    let updates = zip(Self.names, gradients).map { name, gradient in
      Update(parameter: name, gradient: gradient, rule: .rmsprop(decay: 0.9, epsilon: 1e-8), rate: graph.scalar("rate"))
    }
    return try Program(
      graph: graph, outputs: [("loss", loss)] + zip(Self.names, gradients).map { ("d.\($0)", $1) },
      updates: updating ? updates : [], variables: variables, pool: ThreadPool(threads: threads), kernels: isa,
      tileRows: tileRows, keptBytes: keptBytes)
  }

  var events: [Float] { (0..<batch * 7).map { Float(($0 * 6007) % 997) / 498.5 - 1 } }

  func fill(_ program: Program) throws {
    try #require(program.input("x")).update(from: events, count: batch * 7)
    program.setScalar("rate", 1e-3)
  }
}

private func tables() -> [UnsafePointer<fs_kernels>] {
  let names: [String] = ["portable", "sse2", "avx2", "avx512", "neon"]
  return names.compactMap { fs_kernels_named($0) }
}

private func bits(_ program: Program) -> [UInt32] {
  (["loss"] + Step.names.map { "d.\($0)" }).flatMap { program.output($0).map(\.bitPattern) }
}

@Suite(.timeLimit(.minutes(20))) struct ProgramTests {
  @Test(arguments: [1, 5, 128, 300, 2500])
  func aProgramComputesTheDefinition(batch: Int) throws {
    let step = try Step(batch: batch)
    let program = try step.program(threads: 2, isa: try #require(fs_kernels_named(nil)))
    try step.fill(program)
    program.run(seed: 7, step: 11)
    var random = [Float](repeating: 0, count: batch)
    fs_kernels_named("portable")?.pointee.uniform(7, 3, 11, 0, Int64(batch), &random)
    var bindings = [(step.x, Matrix(rows: batch, columns: 7, values: step.events.map(Double.init)))]
    bindings.append(
      (step.graph.uniform(stream: 3, columns: 1), Matrix(rows: batch, columns: 1, values: random.map(Double.init))))
    for (tensor, (name, size)) in zip(step.weights, zip(Step.names, Step.sizes)) {
      let values = step.variables[Variable(name: name, role: .parameter, rows: size.0, columns: size.1)]
      bindings.append((tensor, Matrix(rows: size.0, columns: size.1, values: values.map(Double.init))))
    }
    let expected = evaluate([step.loss] + step.gradients, bindings: bindings)
    for (name, matrix) in zip(["loss"] + Step.names.map { "d.\($0)" }, expected) {
      let scale = matrix.values.map(\.magnitude).max() ?? 1
      for (value, definition) in zip(program.output(name), matrix.values) {
        #expect(
          (Double(value) - definition).magnitude <= 2e-5 * (scale + 1e-3), "\(name): \(value) against \(definition)")
      }
    }
  }

  @Test(arguments: [64, 100, 1000])
  func rowsInATileChangeNoBit(batch: Int) throws {
    let isa = try #require(fs_kernels_named(nil))
    var reference: [UInt32]?
    for (rows, threads, kept) in [
      (128, 1, 16 << 20), (1, 1, 0), (7, 2, 16 << 20), (13, 3, 0), (40, 8, 16 << 20), (128, 8, 0),
    ] {
      let step = try Step(batch: batch)
      let program = try step.program(
        threads: threads, isa: isa, updating: true, tileRows: rows, keptBytes: kept)
      try step.fill(program)
      for number in 0..<2 { program.run(seed: 7, step: UInt64(number)) }
      let result = bits(program) + step.variables.declarations.flatMap { step.variables[$0].map(\.bitPattern) }
      #expect(result == reference ?? result, "\(rows) rows, \(threads) threads")
      reference = result
    }
  }

  /// Batches of 1, 15, 16 and 16 blocks.
  @Test(arguments: [1, 129, 2048, 4097])
  func threadsAndInstructionSetsGiveTheSameBits(batch: Int) throws {
    var reference: [UInt32]?
    for isa in tables() {
      for threads in [1, 2, 3, 4] {
        let step = try Step(batch: batch)
        let program = try step.program(threads: threads, isa: isa, updating: true)
        try step.fill(program)
        for number in 0..<3 { program.run(seed: 7, step: UInt64(number)) }
        let parameters = step.variables.declarations.flatMap { step.variables[$0].map(\.bitPattern) }
        let result = bits(program) + parameters
        if let reference {
          #expect(result == reference, "\(String(cString: isa.pointee.name)) with \(threads) threads")
        } else {
          reference = result
        }
      }
    }
  }

  @Test
  func theCanonicalTextForgetsTheOrderOfBuilding() throws {
    let isa = try #require(fs_kernels_named(nil))
    let (one, other) = (try Step(batch: 64), try Step(batch: 64, weightsFirst: true))
    #expect(try one.program(threads: 1, isa: isa).text == other.program(threads: 2, isa: isa).text)
    #expect(try one.program(threads: 1, isa: isa).text != Step(batch: 65).program(threads: 1, isa: isa).text)
  }

  @Test
  func adamFollowsItsDefinition() throws {
    let graph = Graph(batch: 1)
    let parameter = Variable(name: "p", role: .parameter, rows: 1, columns: 3)
    let slots = UpdateRule.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8).slots.map {
      Variable(name: Update.slotName("p", $0), role: .optimiser, rows: 1, columns: 3)
    }
    let variables = Variables([parameter] + slots)
    variables[parameter] = [0.5, -1, 2]
    let p = graph.parameter("p", rows: 1, columns: 3)
    let loss = try (p * p * p).sumOfColumns()
    let update = Update(
      parameter: "p", gradient: try gradient(of: loss, withRespectTo: [p])[0],
      rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), rate: graph.scalar("rate"),
      corrections: [graph.scalar("c1"), graph.scalar("c2")])
    let program = try Program(
      graph: graph, outputs: [("loss", loss)], updates: [update], variables: variables, pool: ThreadPool(threads: 1),
      kernels: try #require(fs_kernels_named(nil)))
    var expected = [0.5, -1.0, 2.0]
    var (m, v) = ([0.0, 0, 0], [0.0, 0, 0])
    var (power1, power2) = (1.0, 1.0)
    for step in 0..<20 {
      (power1, power2) = (power1 * 0.9, power2 * 0.999)
      program.setScalar("rate", 0.05)
      program.setScalar("c1", Float(1 / (1 - power1)))
      program.setScalar("c2", Float(1 / (1 - power2)))
      program.run(seed: 0, step: UInt64(step))
      for i in 0..<3 {
        let g = 3 * expected[i] * expected[i]
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        expected[i] -= 0.05 * (m[i] / (1 - power1)) / ((v[i] / (1 - power2)).squareRoot() + 1e-8)
      }
    }
    for (value, definition) in zip(variables[parameter], expected) {
      #expect((Double(value) - definition).magnitude < 1e-4)
    }
  }
}
