// A compiled step: the optimised graph as a flat list of kernel calls on memory that is planned once.
package import CKernels

/// A step that runs without allocating: inputs and scalars are set, `run` computes, outputs are read.
///
///     let program = try Program(
///       batch: 1024, outputs: [("loss", loss)], updates: updates, variables: variables, pool: pool, kernels: kernels)
///     program.input("real").update(from: rows, count: 1024 * 8)
///     program.setScalar("rate", 1e-3)
///     program.run(seed: 1, step: 0)
///     let loss = program.output("loss")[0]
package final class Program {
  /// The canonical text: equal for equal programs, whatever machine or order built them.
  package let text: String
  /// The outputs' names, in the order in which they were asked for.
  package let outputNames: [String]
  /// Floating-point operations of one step.
  package let flops: Int
  /// Bytes that the program holds apart from the variables.
  package let memoryBytes: Int

  let pool: ThreadPool
  let kernels: UnsafePointer<fs_kernels>
  private let plan: Plan
  private let memory: UnsafeMutablePointer<Float>
  private let updateCalls: [(borrowing Frame) -> Void]
  private let blocks: Blocks

  /// - Parameters:
  ///   - outputs: named results; a batch tensor gives [batch, columns] values.
  ///   - updates: parameter updates, done after everything else; their order is the order of memory alone.
  /// - Throws: `ShapeError` where an update's gradient has not its parameter's shape.
  package init(
    graph: Graph, outputs: [(name: String, tensor: Tensor)], updates: [Update] = [], variables: Variables,
    pool: ThreadPool, kernels: UnsafePointer<fs_kernels>
  ) throws {
    let blocks = Blocks(batch: graph.batch)
    // Gradients are visited from the last layer to the first, so that each is summed as soon as the backward pass has
    // come to it and its factors' memory is free again.
    let roots =
      outputs.map(\.tensor)
      + updates.reversed().flatMap { [$0.gradient, $0.rate] + $0.corrections }
    guard !roots.isEmpty else { throw ShapeError(layer: "", operation: "program without outputs", shapes: []) }
    var live = try rewrite(roots, rules: fuseEpilogues)
    live = try rewrite(live, rules: mergeReductions)
    live = try rewrite(live, rules: [])

    let schedule = Schedule(roots: live)
    var lines = ["numerics \(FS_NUMERICS) batch \(graph.batch) tile \(Blocks.tileRows) blocks \(blocks.count)"]
    lines += schedule.lines
    for (output, tensor) in zip(outputs, live) { lines.append("output \(output.name) %\(schedule.number(tensor))") }
    var next = outputs.count
    var updateRoots: [(Update, [Tensor])] = []
    for update in updates.reversed() {
      let count = 2 + update.corrections.count
      let tensors = Array(live[next..<next + count])
      lines.append(
        "update \(update.parameter) \(update.rule.text) "
          + tensors.map { "%\(schedule.number($0))" }.joined(separator: " "))
      updateRoots.append((update, tensors))
      next += count
    }
    text = lines.joined(separator: "\n") + "\n"
    outputNames = outputs.map(\.name)

    let kept = Set(live.map(\.id))
    let plan = Plan(
      schedule: schedule, kept: kept, batch: graph.batch, blocks: blocks, workers: pool.threads, variables: variables,
      kernels: kernels)
    self.plan = plan
    self.pool = pool
    self.kernels = kernels
    self.blocks = blocks
    memory = plan.memory
    memoryBytes = plan.floats * MemoryLayout<Float>.stride
    flops = schedule.flops(batch: graph.batch)
    outputLocations = Dictionary(
      uniqueKeysWithValues: zip(outputs, live).map { output, tensor in
        (output.name, (plan.location(tensor.id), tensor.shape))
      })
    updateCalls = updateRoots.map { update, tensors in
      updateCall(update, tensors.map { plan.location($0.id) }, variables)
    }
  }

  deinit { memory.deallocate() }

  private let outputLocations: [String: (Location, Shape)]

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
  package func run(seed: UInt64, step: UInt64) {
    for stage in plan.stages {
      if let sums = stage.sums {
        let chunk = 1 << 14
        pool.run(chunks: (sums.count + chunk - 1) / chunk) { index, _ in
          let start = index * chunk
          self.kernels.pointee.tree_sum(
            Int64(self.blocks.count), Int64(min(chunk, sums.count - start)), sums.parts + start, Int64(sums.stride),
            sums.total + start)
        }
      }
      let whole = Frame(kernels: kernels, seed: seed, step: step, tile: plan.tile(0))
      if !stage.packs.isEmpty {
        pool.run(chunks: stage.packs.count) { index, _ in stage.packs[index](whole) }
      }
      for call in stage.fixedCalls { call(whole) }
      if !stage.tileCalls.isEmpty {
        pool.run(chunks: blocks.count) { block, worker in
          self.runBlock(stage, block, worker, seed: seed, step: step)
        }
      }
    }
    let whole = Frame(kernels: kernels, seed: seed, step: step, tile: plan.tile(0))
    pool.run(chunks: updateCalls.count) { index, _ in self.updateCalls[index](whole) }
  }

  private func runBlock(_ stage: Plan.Stage, _ block: Int, _ worker: Int, seed: UInt64, step: UInt64) {
    var frame = Frame(kernels: kernels, seed: seed, step: step, tile: plan.tile(worker))
    frame.block = block
    let range = blocks.range(block)
    frame.firstRow = range.lowerBound
    while frame.firstRow < range.upperBound {
      frame.rows = min(Blocks.tileRows, range.upperBound - frame.firstRow)
      for call in stage.tileCalls { call(frame) }
      frame.firstRow += frame.rows
      frame.accumulate = 1
    }
  }
}

private func updateCall(_ update: Update, _ locations: [Location], _ variables: Variables) -> KernelCall {
  let parameter = variables.pointer(update.parameter)
  let slots = update.rule.slots.map { variables.pointer(Update.slotName(update.parameter, $0)) }
  let count = variables.declarations.first { $0.name == update.parameter }?.count ?? 0
  let (gradient, rate) = (locations[0], locations[1])
  let corrections = locations.dropFirst(2).map { $0 }
  switch update.rule {
  case .rmsprop(let decay, let epsilon):
    return { frame in
      frame.kernels.pointee.rmsprop(
        Int64(count), parameter, gradient.pointer(frame), slots[0], rate.pointer(frame).pointee, decay, epsilon)
    }
  case .adam(let beta1, let beta2, let epsilon):
    return { frame in
      frame.kernels.pointee.adam(
        Int64(count), parameter, gradient.pointer(frame), slots[0], slots[1], rate.pointer(frame).pointee, beta1,
        beta2, epsilon, corrections[0].pointer(frame).pointee, corrections[1].pointer(frame).pointee)
    }
  }
}
