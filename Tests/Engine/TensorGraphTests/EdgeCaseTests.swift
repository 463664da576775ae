// Programs that no config builds today: sums in different stages, constants as results, updates that read each other,
// shapes that do not fit, rectifiers of infinities.
import CKernels
import TensorGraph
import Testing

private func program(
  _ graph: Graph, _ outputs: [(name: String, tensor: Tensor)], updates: [Update] = [],
  variables: [(Variable, [Float])] = [], threads: Int = 1, isa: String? = nil
) throws -> (program: Program, variables: Variables) {
  let memory = Variables(variables.map(\.0))
  for (variable, values) in variables { memory[variable] = values }
  return (
    try Program(
      graph: graph, outputs: outputs, updates: updates, variables: memory, pool: ThreadPool(threads: threads),
      kernels: try #require(fs_kernels_named(isa))),
    memory
  )
}

private func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 6007 % 997) / 498.5 - 1 } }

private func parameter(_ name: String, _ rows: Int, _ columns: Int) -> Variable {
  Variable(name: name, role: .parameter, rows: rows, columns: columns)
}

@Suite(.timeLimit(.minutes(20))) struct EdgeCaseTests {
  @Test
  func aBiasGradientIsRightWhereItsFactorsAreOfDifferentStages() throws {
    // The columns are centred over the batch, so that the layer's input is there one stage later than the loss's slope.
    let batch = 40
    let graph = Graph(batch: batch)
    let (x, v) = (graph.input("x", columns: 3), graph.input("v", columns: 2))
    let (w, b) = (graph.parameter("w", rows: 3, columns: 2), graph.parameter("b", rows: 1, columns: 2))
    let loss = try ((x - x.meanOverBatch()).times(w) + b) * v
    let total = try loss.sumOfColumns().meanOverBatch()
    let gradients = try gradient(of: total, withRespectTo: [w, b])
    let (program, variables) = try program(
      graph, [("w", gradients[0]), ("b", gradients[1])],
      variables: [(parameter("w", 3, 2), numbers(6)), (parameter("b", 1, 2), numbers(2))])
    let (xs, vs) = (numbers(batch * 3), numbers(batch * 5).suffix(batch * 2).map { $0 })
    try #require(program.input("x")).update(from: xs, count: xs.count)
    try #require(program.input("v")).update(from: vs, count: vs.count)
    let wanted = evaluate(
      gradients,
      bindings: [
        (x, Matrix(rows: batch, columns: 3, values: xs.map(Double.init))),
        (v, Matrix(rows: batch, columns: 2, values: vs.map(Double.init))),
        (w, Matrix(rows: 3, columns: 2, values: variables[parameter("w", 3, 2)].map(Double.init))),
        (b, Matrix(rows: 1, columns: 2, values: variables[parameter("b", 1, 2)].map(Double.init))),
      ])
    for step in 0..<2 {
      program.run(seed: 0, step: UInt64(step))
      for (name, matrix) in zip(["w", "b"], wanted) {
        for (found, value) in zip(program.output(name), matrix.values) {
          #expect((Double(found) - value).magnitude < 1e-6, "step \(step), \(name): \(found) against \(value)")
        }
      }
    }
  }

  @Test
  func aConstantIsAWholeTensorWhereItIsReadAsOne() throws {
    let batch = 20
    let graph = Graph(batch: batch)
    let x = graph.input("x", columns: 3)
    let row = graph.parameter("row", rows: 1, columns: 1)
    let weights = graph.constant(0.5, .fixed(3, 40))
    let points = graph.constant(2, .batch(3))
    let (program, variables) = try program(
      graph,
      [
        ("constant", graph.constant(2.5, .batch(7))), ("product", try x.times(weights)),
        ("repeated", try x.times(row.broadcast(to: .fixed(3, 40)))),
        ("distances", try weightedDistances(from: x, to: points, weights: graph.constant(1, .batch(1)))),
      ],
      updates: [
        Update(
          parameter: "unused", gradient: graph.constant(0, .fixed(4, 9)), rule: .sgd(momentum: 0),
          rate: graph.constant(1, .scalar))
      ],
      variables: [(parameter("row", 1, 1), [0.5]), (parameter("unused", 4, 9), numbers(36))])
    let values = numbers(batch * 3)
    try #require(program.input("x")).update(from: values, count: values.count)
    for step in 0..<2 { program.run(seed: 0, step: UInt64(step)) }
    #expect(program.output("constant").allSatisfy { $0 == 2.5 })
    for event in 0..<batch {
      let sum = 0.5 * (0..<3).reduce(0) { $0 + values[3 * event + $1] }
      for column in 0..<40 {
        #expect((program.output("product")[40 * event + column] - sum).magnitude < 1e-6)
        #expect((program.output("repeated")[40 * event + column] - sum).magnitude < 1e-6)
      }
      let squares = (0..<3).reduce(0.0) {
        $0 + (Double(values[3 * event + $1]) - 2) * (Double(values[3 * event + $1]) - 2)
      }
      #expect((Double(program.output("distances")[event]) - Double(batch) * squares.squareRoot()).magnitude < 1e-3)
    }
    #expect(variables[parameter("unused", 4, 9)] == numbers(36))
  }

  @Test(arguments: [false, true])
  func updatesReadWhatTheVariablesWereBeforeTheStep(assignFirst: Bool) throws {
    // A target network's copy, an average's source and a step along the parameter itself.
    let graph = Graph(batch: 8)
    let (p, q) = (graph.parameter("p", rows: 1, columns: 5), graph.parameter("q", rows: 1, columns: 5))
    let one = graph.constant(1, .scalar)
    let updates = [
      Update(parameter: "p", gradient: q, rule: .sgd(momentum: 0), rate: one),
      Update(parameter: "q", gradient: p, rule: .assign, rate: one),
      Update(parameter: "target", gradient: p, rule: .assign, rate: one),
    ]
    let variables = ["p", "q", "target"].enumerated().map {
      (parameter($1, 1, 5), numbers(5 + 5 * $0).suffix(5).map { $0 })
    }
    for threads in 1...4 {
      let (program, memory) = try program(
        graph, [("p", p)], updates: assignFirst ? updates.reversed() : updates, variables: variables, threads: threads)
      program.run(seed: 0, step: 0)
      let (before, other) = (variables[0].1, variables[1].1)
      #expect(memory[variables[0].0] == zip(before, other).map { $0 - $1 })
      #expect(memory[variables[1].0] == before && memory[variables[2].0] == before)
      #expect(Array(program.output("p")) == before)
    }
  }

  @Test
  func updatesThatDoNotFitTheirVariablesAreRefused() throws {
    let graph = Graph(batch: 8)
    let (p, one) = (graph.parameter("p", rows: 1, columns: 5), graph.constant(1, .scalar))
    let row = graph.constant(1, .fixed(1, 6))
    func make(_ updates: [Update], _ declared: [Variable]) throws {
      _ = try program(graph, [("p", p)], updates: updates, variables: declared.map { ($0, numbers($0.count)) })
    }
    let rule = UpdateRule.sgd(momentum: 0)
    let error = #expect(throws: ShapeError.self) {
      try make([Update(parameter: "p", gradient: row, rule: rule, rate: one)], [parameter("p", 1, 5)])
    }
    #expect(
      error?.description.hasPrefix("p: sgd(momentum=0x0) cannot take shapes [1, 5] and [1, 6] and [1, 1]") == true)
    #expect(throws: ShapeError.self) { try make([], [parameter("p", 5, 1)]) }
    #expect(throws: ShapeError.self) {
      try make([Update(parameter: "p", gradient: p, rule: rule, rate: p)], [parameter("p", 1, 5)])
    }
    #expect(throws: GraphError.unknownVariable("p")) { try make([], []) }
    let update = Update(parameter: "p", gradient: p, rule: rule, rate: one)
    #expect(throws: GraphError.writtenTwice("p")) { try make([update, update], [parameter("p", 1, 5)]) }
    #expect(throws: GraphError.noOutputs) { _ = try program(graph, []) }
  }

  @Test(arguments: ["portable", "sse2", "avx2", "avx512", "neon"])
  func aRectifierOfAnInfinityIsTheLargerOfZeroAndIt(isa: String) throws {
    guard fs_kernels_named(isa) != nil else { return }
    // By itself, in a product, in its derivative, and in the derivative that a product takes in.
    let values: [Float] = [-.infinity, .infinity, -3, 4, .nan, -0.5, 1, -.infinity]
    let graph = Graph(batch: 8)
    let x = graph.input("x", columns: 1)
    let one = graph.parameter("one", rows: 1, columns: 1)
    let (plain, fused) = (try x.leakyReLU(slope: 0), try x.times(one).leakyReLU(slope: 0))
    let leaky = try x.leakyReLU(slope: 0.5)
    // d(sum of r(x) · x) / dx = r(x) + the gate of x by r(x).
    let slope = try gradient(of: (plain * x).sumOfRows(), withRespectTo: [x])[0]
    let fusedSlope = try gradient(of: (fused * x).sumOfRows(), withRespectTo: [x])[0]
    let outputs = [("plain", plain), ("fused", fused), ("leaky", leaky), ("slope", slope), ("fused slope", fusedSlope)]
    let (program, _) = try program(graph, outputs, variables: [(parameter("one", 1, 1), [1])], isa: isa)
    try #require(program.input("x")).update(from: values, count: 8)
    program.run(seed: 0, step: 0)
    let defined = evaluate(
      outputs.map(\.1),
      bindings: [
        (x, Matrix(rows: 8, columns: 1, values: values.map(Double.init))),
        (one, Matrix(rows: 1, columns: 1, values: [1])),
      ])
    func same(_ a: Float, _ b: Float) -> Bool { a == b || (a.isNaN && b.isNaN) }
    for (event, value) in values.enumerated() {
      let wanted = value.isNaN ? value : max(0, value)
      for name in ["plain", "fused"] { #expect(same(program.output(name)[event], wanted), "\(name)(\(value))") }
      #expect(same(program.output("leaky")[event], value > 0 ? value : 0.5 * value))
      for name in ["slope", "fused slope"] {
        #expect(same(program.output(name)[event], 2 * wanted), "\(name)(\(value))")
      }
      for ((name, _), matrix) in zip(outputs, defined) {
        #expect(same(program.output(name)[event], Float(matrix.values[event])), "\(name)(\(value))")
      }
    }
  }

  @Test
  func theSlopeOfARootAtZeroIsZero() throws {
    let values: [Float] = [0, 4, 0.25, 0, .infinity, .nan, 1, 0]
    let graph = Graph(batch: 8)
    let x = graph.input("x", columns: 1)
    let root = try x.squareRoot()
    let slope = try gradient(of: root.sumOfRows(), withRespectTo: [x])[0]
    // A norm without a constant under its root, of a vector that is zero.
    let norm = try gradient(of: (x * x).squareRoot().sumOfRows(), withRespectTo: [x])[0]
    let (program, _) = try program(graph, [("slope", slope), ("norm", norm)])
    try #require(program.input("x")).update(from: values, count: 8)
    program.run(seed: 0, step: 0)
    for (event, value) in values.enumerated() {
      let (found, ofNorm) = (program.output("slope")[event], program.output("norm")[event])
      if value.isNaN {
        #expect(found.isNaN)
      } else {
        #expect(found == (value == 0 ? 0 : 0.5 / value.squareRoot()), "the slope at \(value)")
        #expect(value.isInfinite || ofNorm == (value == 0 ? 0 : 1), "the slope of the norm at \(value)")
      }
    }
  }

  @Test
  func theLargestOfAWindowKeepsNaNAndItsSlopeGoesToOneCell() throws {
    // Windows of two cells, two channels: NaN in either place, equal values, infinities.
    let grid = Grid([8], channels: 2)
    let values: [Float] = [
      .nan, 1, 3, 1, /**/ 2, -.infinity, .nan, -.infinity, /**/ -1, .infinity, -2, 5, /**/ .nan, 7, .nan, 8,
    ]
    let graph = Graph(batch: 8)
    let x = graph.input("x", columns: 16)
    let largest = try x.largest(of: grid, window: [2])
    let weights = graph.input("weights", columns: 8)
    let slope = try gradient(of: (largest * weights).sumOfColumns().sumOfRows(), withRespectTo: [x])[0]
    let (program, _) = try program(graph, [("largest", largest), ("slope", slope)])
    for event in 0..<8 {
      (try #require(program.input("x")) + 16 * event).update(from: values, count: 16)
      for place in 0..<8 { program.input("weights")?[8 * event + place] = Float(place + 1) }
    }
    program.run(seed: 0, step: 0)
    let wanted: [Float] = [.nan, 1, .nan, -.infinity, -1, .infinity, .nan, 8]
    let slopes: [Float] = [1, 2, 0, 0, 0, 4, 3, 0, 5, 6, 0, 0, 7, 0, 0, 8]
    for event in 0..<8 {
      let found = program.output("largest")[8 * event..<8 * event + 8]
      #expect(zip(found, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(Array(found))")
      #expect(Array(program.output("slope")[16 * event..<16 * event + 16]) == slopes)
    }
  }

  @Test
  func packedWeightsFollowTheirVariables() throws {
    // A program without updates packs its weights anew where something may have changed them: a value that is set, memory
    // that is handed out, another program's update.
    let graph = Graph(batch: 8)
    let variable = parameter("w", 3, 40)
    let memory = Variables([variable])
    memory[variable] = numbers(120)
    let kernels = try #require(fs_kernels_named(nil))
    let x = graph.input("x", columns: 3)
    let reader = try Program(
      graph: graph, outputs: [("value", x.times(graph.parameter("w", rows: 3, columns: 40)))], variables: memory,
      pool: ThreadPool(threads: 1), kernels: kernels)
    let other = Graph(batch: 8)
    let update = Update(
      parameter: "w", gradient: other.constant(-1, .fixed(3, 40)), rule: .sgd(momentum: 0),
      rate: other.constant(1, .scalar))
    let writer = try Program(
      graph: other, outputs: [], updates: [update], variables: memory, pool: ThreadPool(threads: 1), kernels: kernels)
    try #require(reader.input("x")).update(repeating: 1, count: 24)
    func expectCurrent(_ place: String) {
      for _ in 0..<2 {
        reader.run(seed: 0, step: 0)
        let w = memory[variable]
        for column in 0..<40 {
          let sum = w[column] + w[40 + column] + w[80 + column]
          #expect((reader.output("value")[column] - sum).magnitude < 1e-5, "\(place), column \(column)")
        }
      }
    }
    expectCurrent("at first")
    memory[variable] = numbers(240).suffix(120).map { $0 }
    expectCurrent("after a value was set")
    memory.pointer("w")[7] = 11
    expectCurrent("after memory was handed out")
    writer.run(seed: 0, step: 0)
    expectCurrent("after an update")
  }

  @Test
  func tensorsThatCrossStagesShareMemory() throws {
    // Ten normalisations over the batch, one after another: no more than a few tensors are needed at any time.
    let (batch, columns) = (4096, 64)
    let graph = Graph(batch: batch)
    let x = graph.input("x", columns: columns)
    var value = x
    for layer in 0..<10 {
      value = try (value - value.meanOverBatch()) * value + Float(layer)
    }
    let (program, _) = try program(graph, [("value", value.meanOverBatch())])
    #expect(program.memoryBytes < 6 * 4 * batch * columns, "\(program.memoryBytes) bytes")
    let values = numbers(batch * columns).map { 0.1 * $0 }
    try #require(program.input("x")).update(from: values, count: values.count)
    program.run(seed: 0, step: 0)
    let matrix = Matrix(rows: batch, columns: columns, values: values.map(Double.init))
    let wanted = try evaluate([value.meanOverBatch()], bindings: [(x, matrix)])[0]
    for column in 0..<columns {
      let (found, value) = (Double(program.output("value")[column]), wanted[0, column])
      #expect((found - value).magnitude <= 1e-4 * (1 + value.magnitude), "\(found) against \(value)")
    }
  }

  @Test
  func memoryBeyondTheLimitIsRefusedBeforeItIsTaken() throws {
    // 65,536 units in a thousand layers would take 17 TB, and products of extents more than an Int can count.
    let layers = (0..<1000).map { parameter("critic.\($0).weight", 65_536, 65_536) }
    let error = #expect(throws: MemoryError.self) { _ = try Variables(layers, within: MemoryLimit(bytes: 1 << 33)) }
    #expect(
      error?.description
        == "the parameters and the optimisers' tensors need 17 TB of memory, and 8590 MB of the limit of"
        + " 8590 MB are left; the widest tensors are critic.0.weight [65536, 65536] (17 GB), critic.1.weight [65536, 65536]"
        + " (17 GB), critic.2.weight [65536, 65536] (17 GB); use narrower layers, fewer layers or a smaller batch")
    #expect(throws: MemoryError.self) {
      _ = try Variables([parameter("p", .max, .max)], within: MemoryLimit(bytes: 1 << 33))
    }

    // Variables and programs share one limit, and a released program returns its share.
    let limit = MemoryLimit(bytes: 1 << 20)
    let variable = parameter("w", 100, 1000)
    let variables = try Variables([variable], within: limit)
    func step(batch: Int) throws -> Program {
      let graph = Graph(batch: batch)
      let value = try graph.input("x", columns: 100).times(graph.parameter("w", rows: 100, columns: 1000))
      return try Program(
        graph: graph, outputs: [("value", value)], variables: variables, pool: ThreadPool(threads: 1),
        kernels: try #require(fs_kernels_named("portable")))
    }
    for _ in 0..<3 { #expect(try step(batch: 8).memoryBytes < 1 << 20) }
    let refused = #expect(throws: MemoryError.self) { try step(batch: 10_000_000) }
    #expect(refused?.description.contains("the step of value") == true)
    #expect(refused?.widest.first == "product(nn) [batch, 1000] (40 GB)")
  }

  @Test(arguments: [1, 63, 64, 100, 129, 256, 1000, 1025, 2049, 10_000, 10_000_000])
  func everyBatchOf64HasEightBlocksOrMore(batch: Int) {
    let blocks = Blocks(batch: batch)
    #expect(blocks.count <= 16 && blocks.rows * blocks.count >= batch && blocks.rows * (blocks.count - 1) < batch)
    #expect(batch < 64 || blocks.count >= 8)
  }
}
