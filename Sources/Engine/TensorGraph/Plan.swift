// Where each tensor of a program lives, and the kernel calls on those places.
internal import CKernels

/// The memory plan of a program. Tensors that one tile needs only while it passes share each worker's tile memory by
/// their lifetimes; inputs, results and what a later stage reads are kept for the whole batch.
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
  /// Floats for the whole step, and for the tile memory of each worker.
  let sharedFloats: Int
  let tileFloats: Int
  /// Sums over rows that come along with a weight gradient, by the gradient's node.
  let columnSums: [Int: Int]
  private var locations: [Int: Location] = [:]
  private let tileBase: UnsafeMutablePointer<Float>

  private let schedule: Schedule
  private var graph: Graph { schedule.graph }

  func tile(_ worker: Int) -> UnsafeMutablePointer<Float> { tileBase + worker * tileFloats }
  func location(_ id: Int) -> Location { locations[id]! }

  init(
    schedule: Schedule, kept: Set<Int>, batch: Int, blocks: Blocks, workers: Int, variables: Variables,
    kernels: UnsafePointer<fs_kernels>
  ) {
    self.schedule = schedule
    let layout = MemoryLayoutPlan(schedule: schedule, kept: kept, batch: batch, blocks: blocks, kernels: kernels)
    tileFloats = layout.tileFloats
    sharedFloats = layout.sharedFloats
    columnSums = layout.columnSumGuest
    memory = allocateFloats(layout.sharedFloats + workers * layout.tileFloats)
    tileBase = memory + layout.sharedFloats
    stages = [Stage](repeating: Stage(), count: schedule.stageCount)
    for id in schedule.nodes { locations[id] = place(id, layout, variables) }
    for (stage, sums) in layout.sums {
      stages[stage].sums = (memory + sums.parts, sums.count, sums.count, memory + sums.total)
    }
    var packed = Set<PanelKey>()
    for id in schedule.nodes { addCalls(id, layout, &packed) }
  }

  deinit { memory.deallocate() }

  private func place(_ id: Int, _ layout: MemoryLayoutPlan, _ variables: Variables) -> Location {
    let node = graph.nodes[id]
    let fixedRows: Int? = if case .fixed(let rows) = node.shape.rows { rows } else { nil }
    if let parameter = node.operation as? Parameter {
      return Location(
        space: .shared, base: variables.pointer(parameter.name), rowStride: node.shape.columns, fixedRows: fixedRows)
    }
    if let constant = node.operation as? Constant {
      let location = Location(
        space: .shared, base: memory + layout.shared[id]!, rowStride: 0, columnStride: 0, fixedRows: fixedRows)
      location.base!.pointee = constant.value
      return location
    }
    if let source = node.inputs.first, layout.isView(id),
      let window = node.operation.view(of: locations[source]!.operand(of: graph.nodes[source].shape, over: node.shape))
    {
      return window
    }
    if let offset = layout.shared[id] {
      let base = memory + offset
      if let input = node.operation as? Input { inputs[input.name] = base }
      if let scalar = node.operation as? ScalarInput { scalars[scalar.name] = base }
      return Location(space: .shared, base: base, rowStride: node.shape.columns, fixedRows: fixedRows)
    }
    return Location(
      space: .tile, base: nil, offset: layout.tile[id]!, rowStride: node.shape.columns, fixedRows: fixedRows)
  }

  private func addCalls(
    _ id: Int, _ layout: MemoryLayoutPlan, _ packed: inout Set<PanelKey>
  ) {
    let node = graph.nodes[id]
    guard !(node.operation is any Leaf), !(node.operation is Constant), !layout.isView(id) else { return }
    let shapes = node.inputs.map { graph.nodes[$0].shape }
    let domain = node.operation.domain(inputs: shapes, output: node.shape)
    var site = Site(
      inputs: zip(node.inputs, shapes).map { input, shape in
        domain.map { locations[input]!.operand(of: shape, over: $0) } ?? locations[input]!
      }, inputShapes: shapes, output: locations[id]!, columns: node.shape.columns, batch: graph.batch)
    let reduction = schedule.isReduction(id)
    let stage = schedule.stages[id]! - (reduction ? 1 : 0)

    if let (index, transposed) = node.operation.packedInput {
      let weights = node.inputs[index]
      let offset = layout.panels[PanelKey(weights: weights, transposed: transposed)]!
      site.panels = memory + offset
      if packed.insert(PanelKey(weights: weights, transposed: transposed)).inserted {
        let shape = graph.nodes[weights].shape
        let pack = Call(
          kind: "pack", bytes: 8 * shape.rowCount(batch: 0) * shape.columns,
          run: packCall(locations[weights]!, shape, transposed: transposed, panels: memory + offset))
        // Parameters are packed at the start, side by side; computed weights as soon as they are there.
        if graph.nodes[weights].operation is Parameter {
          stages[0].packs.append(pack)
        } else {
          stages[schedule.stages[weights]!].fixedCalls.append(pack)
        }
      }
    }
    if node.operation.needsDenseInputs {
      for (index, input) in node.inputs.enumerated()
      where site.inputs[index].columnStride == 0 && shapes[index].columns > 1 {
        let dense = Location(
          space: shapes[index].isBatch ? .tile : .shared, base: shapes[index].isBatch ? nil : memory,
          offset: layout.dense[DenseKey(node: id, input: index)]!, rowStride: shapes[index].columns,
          fixedRows: site.inputs[index].fixedRows)
        let copy = Call(
          kind: "copy", bytes: 4 * shapes[index].rowCount(batch: graph.batch) * shapes[index].columns,
          run: copyCall(from: locations[input]!, to: dense, columns: shapes[index].columns))
        site.inputs[index] = dense
        append(copy, toTiles: shapes[index].isBatch, stage)
      }
    }
    if reduction {
      if layout.columnSumHost[id] != nil { return }
      site.output = partial(id, layout)
      if let guest = layout.columnSumGuest[id] { site.columnSums = partial(guest, layout) }
    }
    let call = Call(
      kind: node.operation.kind, node: id, flops: schedule.flops(id), bytes: schedule.bytes(id),
      run: node.operation.kernel(site))
    append(call, toTiles: reduction || node.shape.isBatch, stage)
  }

  private func append(_ call: Call, toTiles: Bool, _ stage: Int) {
    if toTiles { stages[stage].tileCalls.append(call) } else { stages[stage].fixedCalls.append(call) }
  }

  private func partial(_ id: Int, _ layout: MemoryLayoutPlan) -> Location {
    let sums = layout.sums[schedule.stages[id]!]!
    return Location(
      space: .partial(blockStride: sums.count), base: memory,
      offset: sums.parts + (layout.shared[id]! - sums.total), rowStride: graph.nodes[id].shape.columns,
      fixedRows: graph.nodes[id].shape.rowCount(batch: 0))
  }
}

private func packCall(
  _ source: Location, _ shape: Shape, transposed: Bool, panels: UnsafeMutablePointer<Float>
) -> KernelCall {
  let (rows, columns) = (Int64(shape.rowCount(batch: 0)), Int64(shape.columns))
  return { frame in
    let data = UnsafePointer(source.pointer(frame))
    if transposed {
      frame.kernels.pointee.pack_transposed(columns, rows, data, source.stride, panels)
    } else {
      frame.kernels.pointee.pack(rows, columns, data, source.stride, panels)
    }
  }
}
