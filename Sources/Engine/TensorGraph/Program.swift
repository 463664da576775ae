// A compiled step: the optimised graph as a flat list of kernel calls on memory that is planned once.
package import CKernels

/// A step that runs without allocating: inputs and scalars are set, `run` computes, outputs are read.
///
///     let program = try Program(
///       graph: graph, outputs: [("loss", loss)], updates: updates, variables: variables, pool: pool, kernels: kernels)
///     program.input("real")?.update(from: rows, count: 1024 * 8)
///     program.setScalar("rate", 1e-3)
///     program.run(seed: 1, step: 0)
///     let loss = program.output("loss")[0]
package final class Program {
  /// The canonical text: equal for equal programs, whatever machine or order built them.
  package let text: String
  /// The outputs' names, in the order in which they were requested.
  package let outputNames: [String]
  /// Floating-point operations of one step.
  package let flops: Int
  /// Bytes that the program holds apart from the variables.
  package let memoryBytes: Int

  let pool: ThreadPool
  let kernels: UnsafePointer<fs_kernels>
  let schedule: Schedule
  let plan: Plan
  let blocks: Blocks
  let updateCalls: [Call]
  private let variables: Variables
  private let stepNumber = StepNumber()
  private let phases: [Phase]
  /// The generation of the variables whose packed weights are in memory.
  private var packed: Int?

  /// - Parameters:
  ///   - outputs: named results; a batch tensor gives [batch, columns] values.
  ///   - updates: done after everything else. Outputs and updates see every variable as it was before the step, so that
  ///     the order of the updates has no effect.
  ///   - tileRows: the most rows that pass through the cache together; no bit depends on it.
  ///   - keptBytes: the bytes of batch tensors that are kept between stages before some are computed again; no bit
  ///     depends on it.
  /// - Throws: `ShapeError` where a gradient or a parameter has not its variable's shape, `GraphError`, and
  ///   `MemoryError` where the variables' limit is exceeded.
  package init(
    graph: Graph, outputs: [(name: String, tensor: Tensor)], updates: [Update] = [], variables: Variables,
    pool: ThreadPool, kernels: UnsafePointer<fs_kernels>, tileRows: Int = 128,
    keptBytes: Int = 16 << 20
  ) throws {
    let writes = try variables.writes(of: updates)
    /// A variable that an update writes is copied before the updates run.
    func unchanged(_ tensor: Tensor) throws -> Tensor {
      guard let parameter = tensor.operation as? Parameter, writes.contains(parameter.name) else { return tensor }
      return try tensor.detached()
    }
    // Gradients are visited from the last layer to the first, so that each is summed as soon as the backward pass has
    // come to it and its factors' memory is free again.
    let roots = try (outputs.map(\.tensor) + updates.reversed().flatMap(\.operands)).map(unchanged)
    guard !roots.isEmpty else { throw GraphError.noOutputs }
    var live = try rewrite(roots, rules: fuseEpilogues)
    live = try rewrite(live, rules: mergeReductions)
    live = try rewrite(live, rules: [])

    let schedule = Schedule(roots: live)
    try variables.check(schedule)
    let blocks = Blocks(batch: graph.batch, columns: schedule.widestColumns)
    let numerics = schedule.usesGrids ? "\(FS_NUMERICS) grids \(FS_GRID_NUMERICS)" : "\(FS_NUMERICS)"
    var lines = ["numerics \(numerics) batch \(graph.batch) blocks of \(blocks.rows)"]
    lines += schedule.lines
    for (output, tensor) in zip(outputs, live) { lines.append("output \(output.name) %\(schedule.number(tensor))") }
    var next = outputs.count
    var updateRoots: [(Update, [Tensor])] = []
    for update in updates.reversed() {
      let count = update.operands.count
      let tensors = Array(live[next..<next + count])
      lines.append(
        "update \(update.parameter) \(update.text) "
          + tensors.map { "%\(schedule.number($0))" }.joined(separator: " "))
      updateRoots.append((update, tensors))
      next += count
    }
    text = lines.joined(separator: "\n") + "\n"
    outputNames = outputs.map(\.name)

    let plan = try Plan(
      schedule: schedule, kept: Set(live.map(\.id)),
      tiling: Tiling(blocks: blocks, threads: pool.threads, rows: tileRows), threads: pool.threads,
      variables: variables, kernels: kernels, keptBytes: keptBytes
    ) { bytes in
      try variables.memoryLimit?.take(bytes, for: "the tensors of the step of \(outputs.first?.name ?? "its updates")")
      {
        schedule.sizes(blocks)
      }
    }
    (self.plan, self.schedule, self.variables) = (plan, schedule, variables)
    self.pool = pool
    self.kernels = kernels
    self.blocks = blocks
    memoryBytes = 4 * (plan.sharedFloats + plan.buffers * plan.tileFloats + pool.threads * plan.scratchFloats)
    flops = schedule.nodes.reduce(0) { boundedSum($0, schedule.flops($1)) }
    outputLocations = Dictionary(
      uniqueKeysWithValues: zip(outputs, live).map { output, tensor in
        (output.name, (plan.location(tensor.id), tensor.shape))
      })
    updateCalls = updateRoots.map { update, tensors in
      updateCall(update, tensors.map { plan.location($0.id) }, variables)
    }
    phases = makePhases(
      plan: plan, updates: updateCalls, kernels: kernels, stepNumber: stepNumber, instrument: { $0.run })
  }

  deinit { variables.memoryLimit?.giveBack(memoryBytes) }

  private let outputLocations: [String: (TensorMemory, Shape)]

  /// The memory of a minibatch input, [batch, columns] row-major, for the caller to fill.
  package func input(_ name: String) -> UnsafeMutablePointer<Float>? { plan.inputs[name] }
  /// Sets a scalar of the step; one that the program does not read is ignored.
  package func setScalar(_ name: String, _ value: Float) { plan.scalars[name]?.pointee = value }

  /// The values of an output after `run`, row-major.
  package func output(_ name: String) -> UnsafeBufferPointer<Float> {
    guard let (location, shape) = outputLocations[name], let base = location.base else {
      preconditionFailure("the program has no output named \(name)")
    }
    return UnsafeBufferPointer(
      start: base + location.offset, count: shape.rowCount(batch: blocks.batch) * shape.columns)
  }

  /// Computes one step. The random numbers are those of (seed, step).
  package func run(seed: UInt64, step: UInt64) { run(phases, stepNumber, seed: seed, step: step) }

  func run(_ phases: [Phase], _ stepNumber: StepNumber, seed: UInt64, step: UInt64) {
    (stepNumber.seed, stepNumber.step) = (seed, step)
    let isPacked = packed == variables.generation
    for phase in phases where !(isPacked && phase.packsParameters) { pool.run(phase.work) }
    packed = variables.generation
    if !updateCalls.isEmpty { variables.change() }
  }
}
