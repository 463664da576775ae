// Offsets of a program's tensors: for the complete batch, for one tile, for partial sums and for packed weights.
internal import CKernels

struct PanelKey: Hashable {
  let weights: Int
  let form: PackedForm
}

struct DenseKey: Hashable {
  let node: Int
  let input: Int
}

/// Offsets, in floats, into the shared memory and into a worker's tile memory.
struct MemoryLayoutPlan {
  /// The sums that a stage begins with: `total` floats from the blocks' partial results, which lie `count` floats
  /// apart.
  struct Sums {
    var parts = 0
    var total = 0
    var count = 0
  }

  private(set) var shared: [Int: Int] = [:]
  private(set) var tile: [Int: Int] = [:]
  /// Where a repeated column is written out for an operation that reads complete rows.
  private(set) var dense: [DenseKey: Int] = [:]
  private(set) var panels: [PanelKey: Int] = [:]
  private(set) var sums: [Int: Sums] = [:]
  private(set) var sharedFloats = 0
  private(set) var tileFloats = 0
  private(set) var tiling: Tiling
  private let views: Set<Int>
  private let written: Set<Int>

  /// Whether a slice or a broadcast is a window on its input's memory.
  func isView(_ id: Int) -> Bool { views.contains(id) }

  /// Whether every element of a constant is in memory; one element stands for all otherwise.
  func isWritten(_ id: Int) -> Bool { written.contains(id) }

  /// - Parameters:
  ///   - kept: results and operands of updates.
  ///   - tiling: the most rows of a tile; the plan may take fewer.
  ///   - tables: frames and routes of convolutions.
  init(
    schedule: Schedule, kept: Set<Int>, tiling: Tiling, kernels: UnsafePointer<fs_kernels>,
    tables: ConvolutionTableCache
  ) {
    let graph = schedule.graph
    let (batch, blocks) = (graph.batch, tiling.blocks)
    self.tiling = tiling
    let written = Self.writtenNodes(schedule, kept)
    self.written = written
    views = Set(
      schedule.nodes.filter { id in
        let operation = graph.nodes[id].operation
        return (operation is Slice || operation is Broadcast) && !written.contains(id)
      })
    let whole = wholeBatch(schedule)
    for id in schedule.nodes where !views.contains(id) && !(graph.nodes[id].operation is Parameter) {
      let node = graph.nodes[id]
      if schedule.isReduction(id) { continue }
      if node.operation is Constant, !written.contains(id) {
        shared[id] = reserve(1)
      } else if !node.shape.isBatch || whole.contains(id) && isKept(id, graph) {
        shared[id] = reserve(node.shape.count(batch: batch))
      }
    }
    for stage in 0..<schedule.stageCount {
      let reductions = schedule.nodes.filter { schedule.isReduction($0) && schedule.stages[$0] == stage }
      guard !reductions.isEmpty else { continue }
      var entry = Sums()
      entry.total = sharedFloats
      for id in reductions { shared[id] = reserve(graph.nodes[id].shape.count(batch: batch)) }
      entry.count = sharedFloats - entry.total
      sums[stage] = entry
    }
    planStages(schedule, whole, blocks)
    for id in schedule.nodes {
      let node = graph.nodes[id]
      if let (index, form) = node.operation.packedInput {
        let key = PanelKey(weights: node.inputs[index], form: form)
        if panels[key] == nil {
          panels[key] = reserve(form.floats(graph.nodes[key.weights].shape, kernels: kernels, tables: tables))
        }
      }
      for key in repeatedInputs(of: id, graph) {
        let shape = graph.nodes[node.inputs[key.input]].shape
        if !shape.isBatch { dense[key] = reserve(shape.count(batch: batch)) }
      }
    }
    planTiles(schedule)
    while tileFloats > Tiling.cacheBytes / 4, self.tiling.blocksTogether > 1 {
      self.tiling = self.tiling.divided
      planTiles(schedule)
    }
    while tileFloats > Tiling.mostBytes / 4, self.tiling.rows > 1 {
      self.tiling = self.tiling.halved
      planTiles(schedule)
    }
  }

  private mutating func reserve(_ count: Int) -> Int {
    defer { sharedFloats = boundedSum(sharedFloats, alignedCount(count)) }
    return sharedFloats
  }

  /// Whether a batch tensor has memory of its own for the whole step: inputs and results.
  private func isKept(_ id: Int, _ graph: Graph) -> Bool {
    graph.nodes[id].operation is Input || graph.nodes[id].operation is Constant || written.contains(id)
  }

  /// Batch tensors that cross stages, and the blocks' partial sums, share memory by the stages in which they are needed.
  private mutating func planStages(_ schedule: Schedule, _ whole: Set<Int>, _ blocks: Blocks) {
    let graph = schedule.graph
    let crossing = schedule.nodes.filter { id in
      graph.nodes[id].shape.isBatch && whole.contains(id) && !views.contains(id) && !isKept(id, graph)
    }
    // The last stage in which tiles read the tensor.
    var last: [Int: Int] = [:]
    for id in schedule.nodes {
      let used = schedule.stages[id]! - (schedule.isReduction(id) ? 1 : 0)
      for input in graph.nodes[id].inputs {
        let owner = owner(input, graph)
        last[owner] = max(last[owner] ?? 0, used)
      }
    }
    let base = sharedFloats
    var free = FreeList()
    var ending: [Int: [(Int, Int)]] = [:]
    func take(_ count: Int, until stage: Int) -> Int {
      let size = alignedCount(count)
      let offset = free.take(size)
      ending[stage, default: []].append((offset, size))
      return boundedSum(base, offset)
    }
    for stage in 0..<schedule.stageCount {
      for id in crossing where schedule.stages[id] == stage {
        shared[id] = take(graph.nodes[id].shape.count(batch: graph.batch), until: last[id] ?? stage)
      }
      // Partial sums are made in this stage and combined before the tiles of the next one.
      if let next = sums[stage + 1] {
        sums[stage + 1]?.parts = take(boundedProduct(next.count, blocks.count), until: stage)
      }
      for (offset, size) in ending.removeValue(forKey: stage) ?? [] { free.give(offset, size) }
    }
    sharedFloats = boundedSum(sharedFloats, free.end)
  }

  /// Slices, broadcasts and constants whose elements must all be in memory: results, and repeated columns that are
  /// packed or read for the complete batch.
  private static func writtenNodes(_ schedule: Schedule, _ kept: Set<Int>) -> Set<Int> {
    let graph = schedule.graph
    var written = kept
    for id in schedule.nodes {
      let node = graph.nodes[id]
      for (place, input) in node.inputs.enumerated() where repeatsColumn(input, graph, []) {
        if node.operation.packedInput?.index == place || node.operation.readsWholeBatch(place) { written.insert(input) }
      }
    }
    return written
  }

  /// Batch tensors that outlive their tile: inputs, results, and what a later stage reads.
  private func wholeBatch(_ schedule: Schedule) -> Set<Int> {
    let graph = schedule.graph
    var whole = written
    for id in schedule.nodes {
      let node = graph.nodes[id]
      if node.operation is Input { whole.insert(id) }
      for input in node.inputs where graph.nodes[input].shape.isBatch {
        let used = schedule.stages[id]! - (schedule.isReduction(id) ? 1 : 0)
        if used > schedule.stages[input]! { whole.insert(owner(input, graph)) }
      }
    }
    return whole
  }

  /// The node whose memory a view looks at.
  private func owner(_ id: Int, _ graph: Graph) -> Int {
    views.contains(id) ? owner(graph.nodes[id].inputs[0], graph) : id
  }

  /// Whether one column in memory stands for all columns of the node.
  private static func repeatsColumn(_ id: Int, _ graph: Graph, _ written: Set<Int>) -> Bool {
    let node = graph.nodes[id]
    guard node.shape.columns > 1, !written.contains(id) else { return false }
    if node.operation is Constant { return true }
    guard node.operation is Slice || node.operation is Broadcast else { return false }
    return graph.nodes[node.inputs[0]].shape.columns == 1 || repeatsColumn(node.inputs[0], graph, written)
  }

  /// The inputs that an operation reads as complete rows and that are one column in memory.
  private func repeatedInputs(of id: Int, _ graph: Graph) -> [DenseKey] {
    let node = graph.nodes[id]
    guard node.operation.needsDenseInputs else { return [] }
    return node.inputs.indices.filter { Self.repeatsColumn(node.inputs[$0], graph, written) }
      .map { DenseKey(node: id, input: $0) }
  }

  /// First fit by lifetimes, stage by stage.
  private mutating func planTiles(_ schedule: Schedule) {
    let graph = schedule.graph
    var lastUse: [Int: Int] = [:]
    for (position, id) in schedule.nodes.enumerated() {
      for input in graph.nodes[id].inputs { lastUse[owner(input, graph)] = position }
    }
    var free = FreeList()
    var ending: [Int: [(Int, Int)]] = [:]
    func take(_ shape: Shape, until position: Int) -> Int {
      let size = alignedCount(boundedProduct(shape.columns, tiling.rows))
      let offset = free.take(size)
      ending[position, default: []].append((offset, size))
      return offset
    }
    for (position, id) in schedule.nodes.enumerated() {
      let node = graph.nodes[id]
      for key in repeatedInputs(of: id, graph) {
        let shape = graph.nodes[node.inputs[key.input]].shape
        if shape.isBatch { dense[key] = take(shape, until: position) }
      }
      if node.shape.isBatch, shared[id] == nil, !views.contains(id), !(node.operation is Constant) {
        tile[id] = take(node.shape, until: max(lastUse[id] ?? position, position))
      }
      for (offset, size) in ending.removeValue(forKey: position) ?? [] { free.give(offset, size) }
    }
    tileFloats = free.end
  }
}

/// Free stretches of a worker's tile memory.
private struct FreeList {
  private var stretches: [(offset: Int, size: Int)] = []
  private(set) var end = 0

  mutating func take(_ size: Int) -> Int {
    let fitting = stretches.indices.filter { stretches[$0].size >= size }
    if let best = fitting.min(by: { stretches[$0].size < stretches[$1].size }) {
      let offset = stretches[best].offset
      if stretches[best].size == size {
        stretches.remove(at: best)
      } else {
        stretches[best] = (offset + size, stretches[best].size - size)
      }
      return offset
    }
    defer { end = boundedSum(end, size) }
    return end
  }

  mutating func give(_ offset: Int, _ size: Int) {
    let place = stretches.firstIndex { $0.offset > offset } ?? stretches.endIndex
    stretches.insert((offset, size), at: place)
    if place + 1 < stretches.count, offset + size == stretches[place + 1].offset {
      stretches[place].size += stretches.remove(at: place + 1).size
    }
    if place > 0, stretches[place - 1].offset + stretches[place - 1].size == offset {
      stretches[place - 1].size += stretches.remove(at: place).size
    }
  }
}
