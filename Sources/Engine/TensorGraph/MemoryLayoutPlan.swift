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

/// A tensor that the tiles of a stage compute.
struct TileKey: Hashable {
  let node: Int
  let stage: Int
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
  private(set) var tile: [TileKey: Int] = [:]
  /// Where a repeated column is written out for an operation that reads complete rows, in shared memory.
  private(set) var dense: [DenseKey: Int] = [:]
  /// The same in the tiles of a stage.
  private(set) var tileDense: [TileKey: [Int: Int]] = [:]
  /// What the tiles of each stage compute.
  private(set) var contents: StageContents
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
  ///   - keptBytes: how many bytes may be kept between stages before tensors are computed again.
  init(
    schedule: Schedule, kept: Set<Int>, tiling: Tiling, kernels: UnsafePointer<fs_kernels>,
    tables: ConvolutionTableCache, keptBytes: Int
  ) {
    let graph = schedule.graph
    let (batch, blocks) = (graph.batch, tiling.blocks)
    self.tiling = tiling
    let written = Self.writtenNodes(schedule, kept)
    self.written = written
    let views = Set(
      schedule.nodes.filter { id in
        let operation = graph.nodes[id].operation
        return (operation is Slice || operation is Broadcast) && !written.contains(id)
      })
    self.views = views
    let whole = wholeBatch(schedule, views, written)
    let crossing = whole.filter {
      graph.nodes[$0].shape.isBatch && !views.contains($0) && !isKept($0, graph, written)
    }
    contents = StageContents(
      schedule: schedule, blocks: blocks,
      tileNodes: schedule.nodes.filter { id in
        let node = graph.nodes[id]
        return (node.shape.isBatch || schedule.isReduction(id)) && !(node.operation is any Leaf)
          && !(node.operation is Constant) && !views.contains(id)
      }, crossing: crossing, wholeBatch: readInFull(schedule, views), owner: { owner($0, graph, views) },
      keptBytes: keptBytes)
    let between = crossing.subtracting(contents.repeated)
    for id in schedule.nodes where !views.contains(id) && !(graph.nodes[id].operation is Parameter) {
      let node = graph.nodes[id]
      if schedule.isReduction(id) { continue }
      if node.operation is Constant, !written.contains(id) {
        shared[id] = reserve(1)
      } else if !node.shape.isBatch && !isPassing(id, graph) || whole.contains(id) && isKept(id, graph, written) {
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
    planStages(schedule, between, blocks)
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

  /// Whether a tensor without a batch is so large that it shares memory by the stages in which it is needed.
  private func isPassing(_ id: Int, _ graph: Graph) -> Bool {
    let node = graph.nodes[id]
    return !node.shape.isBatch && node.shape.count(batch: graph.batch) >= 4096 && !written.contains(id)
      && !views.contains(id) && !(node.operation is any Leaf) && !(node.operation is Constant)
  }

  /// Batch tensors that are kept between stages, large rows and the blocks' partial sums share memory by the stages in which
  /// they are needed.
  private mutating func planStages(_ schedule: Schedule, _ between: Set<Int>, _ blocks: Blocks) {
    let graph = schedule.graph
    let crossing = schedule.nodes.filter {
      between.contains($0) || isPassing($0, graph) && !schedule.isReduction($0)
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
        shared[id] = take(graph.nodes[id].shape.count(batch: graph.batch), until: contents.lastStage[id] ?? stage)
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

  /// First fit by lifetimes, for each stage by itself: a tile passes through one stage at a time.
  private mutating func planTiles(_ schedule: Schedule) {
    tileFloats = 0
    for stage in 0..<schedule.stageCount { tileFloats = max(tileFloats, planTile(of: stage, schedule)) }
  }

  /// - Returns: the floats of a tile of the stage.
  private mutating func planTile(of stage: Int, _ schedule: Schedule) -> Int {
    let (graph, computed) = (schedule.graph, contents.computed[stage])
    var lastUse: [Int: Int] = [:]
    for (position, id) in computed.enumerated() {
      for input in graph.nodes[id].inputs { lastUse[owner(input, graph, views)] = position }
    }
    var free = FreeList()
    var ending: [Int: [(Int, Int)]] = [:]
    func take(_ shape: Shape, until position: Int) -> Int {
      let size = alignedCount(boundedProduct(shape.columns, tiling.rows))
      let offset = free.take(size)
      ending[position, default: []].append((offset, size))
      return offset
    }
    for (position, id) in computed.enumerated() {
      let (node, key) = (graph.nodes[id], TileKey(node: id, stage: stage))
      for repeated in repeatedInputs(of: id, graph) {
        let shape = graph.nodes[node.inputs[repeated.input]].shape
        if shape.isBatch { tileDense[key, default: [:]][repeated.input] = take(shape, until: position) }
      }
      if node.shape.isBatch, shared[id] == nil { tile[key] = take(node.shape, until: lastUse[id] ?? position) }
      for (offset, size) in ending.removeValue(forKey: position) ?? [] { free.give(offset, size) }
    }
    return free.end
  }
}

/// Whether a batch tensor has memory of its own for the whole step: inputs and results.
private func isKept(_ id: Int, _ graph: Graph, _ written: Set<Int>) -> Bool {
  graph.nodes[id].operation is Input || graph.nodes[id].operation is Constant || written.contains(id)
}

/// The node whose memory a view is a window on.
private func owner(_ id: Int, _ graph: Graph, _ views: Set<Int>) -> Int {
  views.contains(id) ? owner(graph.nodes[id].inputs[0], graph, views) : id
}

/// Batch tensors that outlive their tile: inputs, results, and what a later stage reads.
private func wholeBatch(_ schedule: Schedule, _ views: Set<Int>, _ written: Set<Int>) -> Set<Int> {
  let graph = schedule.graph
  var whole = written
  for id in schedule.nodes {
    let node = graph.nodes[id]
    if node.operation is Input { whole.insert(id) }
    for input in node.inputs where graph.nodes[input].shape.isBatch {
      let used = schedule.stages[id]! - (schedule.isReduction(id) ? 1 : 0)
      if used > schedule.stages[input]! { whole.insert(owner(input, graph, views)) }
    }
  }
  return whole
}

/// Batch tensors of which an operation needs every row at once.
private func readInFull(_ schedule: Schedule, _ views: Set<Int>) -> Set<Int> {
  let graph = schedule.graph
  var full: Set<Int> = []
  for id in schedule.nodes {
    for (place, input) in graph.nodes[id].inputs.enumerated() where graph.nodes[id].operation.readsWholeBatch(place) {
      full.insert(owner(input, graph, views))
    }
  }
  return full
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
