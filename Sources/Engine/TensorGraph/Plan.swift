// Where each tensor of a program is in memory, and the kernel calls on those places.
internal import CKernels

/// The memory plan of a program. Tensors that one tile needs only while it passes share each worker's tile memory by
/// their lifetimes; inputs, results and what a later stage reads are kept for the complete batch.
final class Plan {
  struct Stage {
    /// Partial sums of the stage before, to be combined first.
    var sums: (parts: UnsafeMutablePointer<Float>, stride: Int, count: Int, total: UnsafeMutablePointer<Float>)?
    /// Parameters to be packed, in any order.
    var packs: [Call] = []
    /// What is computed once a step, in order.
    var fixedCalls: [Call] = []
    /// What each tile passes through, in order.
    var tileCalls: [Call] = []
  }

  private(set) var stages: [Stage]
  private(set) var inputs: [String: UnsafeMutablePointer<Float>] = [:]
  private(set) var scalars: [String: UnsafeMutablePointer<Float>] = [:]
  let memory: UnsafeMutablePointer<Float>
  /// Room for the operands of one sum over rows, `FS_MOST_FACTORS` for each worker.
  let factors: UnsafeMutablePointer<fs_factors>
  /// Floats for the whole step, and for each buffer of tile memory.
  let sharedFloats: Int
  let tileFloats: Int
  /// Buffers of tile memory: one a worker, or one a task where there are fewer tasks.
  let buffers: Int
  let tiling: Tiling
  /// Sums over rows that weight gradients make along the way.
  let columnSums: ColumnSums
  /// Floats of scratch memory of a worker.
  let scratchFloats: Int
  /// A worker's scratch memory after another's.
  let scratch: UnsafeMutablePointer<Float>
  private let tables = ConvolutionTableCache()
  /// Tensors in shared memory.
  private var locations: [Int: TensorMemory] = [:]
  private let tileBase: UnsafeMutablePointer<Float>

  private let schedule: Schedule
  private var graph: Graph { schedule.graph }

  func tileMemory(_ buffer: Int) -> UnsafeMutablePointer<Float> { tileBase + buffer * tileFloats }
  /// The buffer of a task that a worker computes.
  func buffer(task: Int, worker: Int) -> Int { tiling.taskCount <= buffers ? task : worker }
  func location(_ id: Int) -> TensorMemory { locations[id]! }

  /// - Parameters:
  ///   - kept: results and operands of updates.
  ///   - keptBytes: how many bytes may be kept between stages before tensors are computed again.
  ///   - takeMemory: told how many bytes are about to be allocated.
  init(
    schedule: Schedule, kept: Set<Int>, tiling: Tiling, threads: Int, variables: Variables,
    kernels: UnsafePointer<fs_kernels>, keptBytes: Int, takeMemory: (_ bytes: Int) throws -> Void
  ) throws {
    var schedule = schedule
    let tables = self.tables
    func plan(_ schedule: Schedule) -> MemoryLayoutPlan {
      MemoryLayoutPlan(
        schedule: schedule, kept: kept, tiling: tiling, kernels: kernels, tables: tables, keptBytes: keptBytes)
    }
    var layout = plan(schedule)
    if layout.contents.peakFloats > keptBytes / 4 {
      let delayed = schedule.delayed
      let other = plan(delayed)
      if other.contents.peakFloats < layout.contents.peakFloats { (layout, schedule) = (other, delayed) }
    }
    self.schedule = schedule
    self.tiling = layout.tiling
    tileFloats = layout.tileFloats
    sharedFloats = layout.sharedFloats
    columnSums = ColumnSums(schedule)
    buffers = min(threads, layout.tiling.taskCount)
    var most = 0
    for id in schedule.nodes {
      let (operation, inputs) = (schedule.graph.nodes[id].operation, schedule.graph.nodes[id].inputs.count)
      most = max(most, alignedCount(operation.scratchFloats(kernels: kernels, tables: tables, inputs: inputs)))
    }
    scratchFloats = most
    let working = boundedSum(boundedProduct(buffers, layout.tileFloats), boundedProduct(threads, scratchFloats))
    let floats = boundedSum(layout.sharedFloats, working)
    try takeMemory(boundedProduct(4, floats))
    memory = allocateFloats(floats)
    tileBase = memory + layout.sharedFloats
    scratch = tileBase + buffers * layout.tileFloats
    factors = .allocate(capacity: threads * Int(FS_MOST_FACTORS))
    factors.initialize(repeating: fs_factors(), count: threads * Int(FS_MOST_FACTORS))
    stages = [Stage](repeating: Stage(), count: schedule.stageCount)
    for id in schedule.nodes where layout.shared[id] != nil || graph.nodes[id].operation is Parameter {
      locations[id] = place(id, layout, variables)
    }
    for (stage, sums) in layout.sums {
      stages[stage].sums = (memory + sums.parts, sums.count, sums.count, memory + sums.total)
    }
    var packed = Set<PanelKey>()
    for id in schedule.nodes where !graph.nodes[id].shape.isBatch && !schedule.isReduction(id) {
      addCalls(id, schedule.stages[id]!, layout, &packed)
    }
    for (stage, computed) in layout.contents.computed.enumerated() {
      for id in computed { addCalls(id, stage, layout, &packed) }
    }
  }

  deinit {
    memory.deallocate()
    factors.deallocate()
  }

  private func place(_ id: Int, _ layout: MemoryLayoutPlan, _ variables: Variables) -> TensorMemory {
    let node = graph.nodes[id]
    let fixedRows: Int? = if case .fixed(let rows) = node.shape.rows { rows } else { nil }
    if let parameter = node.operation as? Parameter {
      return TensorMemory(
        space: .shared, base: variables.pointer(parameter.name), rowStride: node.shape.columns, fixedRows: fixedRows)
    }
    if let constant = node.operation as? Constant {
      let base = memory + layout.shared[id]!
      let written = layout.isWritten(id)
      base.update(repeating: constant.value, count: written ? node.shape.count(batch: graph.batch) : 1)
      return TensorMemory(
        space: .shared, base: base, rowStride: written ? node.shape.columns : 0, columnStride: written ? 1 : 0,
        fixedRows: fixedRows)
    }
    let base = memory + layout.shared[id]!
    if let input = node.operation as? Input { inputs[input.name] = base }
    if let scalar = node.operation as? ScalarInput { scalars[scalar.name] = base }
    return TensorMemory(space: .shared, base: base, rowStride: node.shape.columns, fixedRows: fixedRows)
  }

  /// The memory of a tensor as the calls of a stage find it.
  private func location(_ id: Int, in stage: Int, _ layout: MemoryLayoutPlan) -> TensorMemory {
    if let shared = locations[id] { return shared }
    let node = graph.nodes[id]
    if layout.isView(id), let source = node.inputs.first,
      let window = node.operation.view(
        of: location(source, in: stage, layout).operand(of: graph.nodes[source].shape, over: node.shape))
    {
      return window
    }
    return TensorMemory(
      space: .tile, base: nil, offset: layout.tile[TileKey(node: id, stage: stage)]!, rowStride: node.shape.columns)
  }

  private func addCalls(
    _ id: Int, _ stage: Int, _ layout: MemoryLayoutPlan, _ packed: inout Set<PanelKey>
  ) {
    let node = graph.nodes[id]
    guard !(node.operation is any Leaf), !(node.operation is Constant), !layout.isView(id) else { return }
    let shapes = node.inputs.map { graph.nodes[$0].shape }
    let domain = node.operation.domain(inputs: shapes, output: node.shape)
    var operands = KernelOperands(
      inputs: zip(node.inputs, shapes).map { input, shape in
        let location = location(input, in: stage, layout)
        return domain.map { location.operand(of: shape, over: $0) } ?? location
      }, inputShapes: shapes, output: location(id, in: stage, layout), columns: node.shape.columns, batch: graph.batch,
      tables: tables)
    let reduction = schedule.isReduction(id)
    let isRepeated = !reduction && stage > schedule.stages[id]!

    if let (index, form) = node.operation.packedInput {
      let weights = node.inputs[index]
      let key = PanelKey(weights: weights, form: form)
      let offset = layout.panels[key]!
      operands.panels = memory + offset
      if packed.insert(key).inserted {
        let shape = graph.nodes[weights].shape
        let pack = Call(
          kind: "pack", bytes: 8 * shape.fixedRowCount * shape.columns,
          run: form.call(location(weights, in: stage, layout), shape, panels: memory + offset, tables: tables))
        // Parameters are packed at the start, side by side; computed weights as soon as they are there.
        if graph.nodes[weights].operation is Parameter {
          stages[0].packs.append(pack)
        } else {
          stages[schedule.stages[weights]!].fixedCalls.append(pack)
        }
      }
    }
    for (index, input) in node.inputs.enumerated() {
      let inTiles = shapes[index].isBatch
      guard
        let offset = inTiles
          ? layout.tileDense[TileKey(node: id, stage: stage)]?[index]
          : layout.dense[DenseKey(node: id, input: index)]
      else { continue }
      let dense = TensorMemory(
        space: inTiles ? .tile : .shared, base: inTiles ? nil : memory, offset: offset,
        rowStride: shapes[index].columns, fixedRows: operands.inputs[index].fixedRows)
      let copy = Call(
        kind: "copy", bytes: 4 * shapes[index].count(batch: graph.batch),
        run: copyCall(from: location(input, in: stage, layout), to: dense, columns: shapes[index].columns))
      operands.inputs[index] = dense
      if inTiles || !isRepeated { append(copy, toTiles: inTiles, stage) }
    }
    if reduction {
      if columnSums.productOfSum[id] != nil { return }
      operands.output = partial(id, layout)
      if let sum = columnSums.sumOfProduct[id] { operands.columnSums = partial(sum, layout) }
    }
    let call = Call(
      kind: node.operation.kind, node: id, isRepeated: isRepeated, flops: schedule.flops(id), bytes: schedule.bytes(id),
      sumsOverBatch: reduction, run: node.operation.kernel(operands))
    append(call, toTiles: reduction || node.shape.isBatch, stage)
  }

  private func append(_ call: Call, toTiles: Bool, _ stage: Int) {
    if toTiles { stages[stage].tileCalls.append(call) } else { stages[stage].fixedCalls.append(call) }
  }

  private func partial(_ id: Int, _ layout: MemoryLayoutPlan) -> TensorMemory {
    let sums = layout.sums[schedule.stages[id]!]!
    return TensorMemory(
      space: .partial(blockStride: sums.count), base: memory,
      offset: sums.parts + (layout.shared[id]! - sums.total), rowStride: graph.nodes[id].shape.columns,
      fixedRows: graph.nodes[id].shape.fixedRowCount)
  }
}
