// Offsets of a program's tensors: for the whole batch, for one tile, for partial sums and for packed weights.
internal import CKernels

struct PanelKey: Hashable {
  let weights: Int
  let transposed: Bool
}

struct DenseKey: Hashable {
  let node: Int
  let input: Int
}

/// Offsets, in floats, into the shared memory and into a worker's tile memory.
struct MemoryLayoutPlan {
  /// The sums that a stage begins with: `total` floats from the blocks' partial results, which lie `count` floats apart.
  struct Sums {
    var parts = 0
    var total = 0
    var count = 0
  }

  private(set) var shared: [Int: Int] = [:]
  private(set) var tile: [Int: Int] = [:]
  private(set) var dense: [DenseKey: Int] = [:]
  private(set) var panels: [PanelKey: Int] = [:]
  private(set) var sums: [Int: Sums] = [:]
  /// A sum over rows that a weight-gradient product of the same factors makes along the way, and that product's guest.
  private(set) var columnSumHost: [Int: Int] = [:]
  private(set) var columnSumGuest: [Int: Int] = [:]
  private(set) var sharedFloats = 0
  private(set) var tileFloats = 0
  private let views: Set<Int>

  func isView(_ id: Int) -> Bool { views.contains(id) }

  init(schedule: Schedule, kept: Set<Int>, batch: Int, blocks: Blocks, kernels: UnsafePointer<fs_kernels>) {
    let graph = schedule.graph
    views = Set(
      schedule.nodes.filter { id in
        let operation = graph.nodes[id].operation
        return (operation is Slice || operation is Broadcast) && !kept.contains(id)
      })
    findColumnSums(schedule)
    let whole = wholeBatch(schedule, kept)
    for id in schedule.nodes where !views.contains(id) && !(graph.nodes[id].operation is Parameter) {
      let node = graph.nodes[id]
      if schedule.isReduction(id) { continue }
      if node.operation is Constant {
        shared[id] = reserve(1)
      } else if !node.shape.isBatch || whole.contains(id) {
        shared[id] = reserve(node.shape.rowCount(batch: batch) * node.shape.columns)
      }
    }
    for stage in 0..<schedule.stageCount {
      let reductions = schedule.nodes.filter { schedule.isReduction($0) && schedule.stages[$0] == stage }
      guard !reductions.isEmpty else { continue }
      var entry = Sums()
      entry.total = sharedFloats
      for id in reductions {
        shared[id] = reserve(graph.nodes[id].shape.rowCount(batch: batch) * graph.nodes[id].shape.columns)
      }
      entry.count = sharedFloats - entry.total
      entry.parts = reserve(entry.count * blocks.count)
      sums[stage] = entry
    }
    for id in schedule.nodes {
      let node = graph.nodes[id]
      if let (index, transposed) = node.operation.packedInput {
        let key = PanelKey(weights: node.inputs[index], transposed: transposed)
        let shape = graph.nodes[key.weights].shape
        let (k, n) = transposed ? (shape.columns, shape.rowCount(batch: 0)) : (shape.rowCount(batch: 0), shape.columns)
        if panels[key] == nil { panels[key] = reserve(kernels.pointee.panel_floats(Int64(k), Int64(n))) }
      }
    }
    planTiles(schedule)
  }

  private mutating func reserve(_ count: Int) -> Int {
    defer { sharedFloats += alignedCount(count) }
    return sharedFloats
  }

  /// Batch tensors that outlive their tile: inputs, results, and what a later stage reads.
  private func wholeBatch(_ schedule: Schedule, _ kept: Set<Int>) -> Set<Int> {
    let graph = schedule.graph
    var whole = kept
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
  private func repeatsColumn(_ id: Int, _ graph: Graph) -> Bool {
    let node = graph.nodes[id]
    if node.operation is Constant { return true }
    guard views.contains(id) else { return false }
    let source = node.inputs[0]
    return (graph.nodes[source].shape.columns == 1 && node.shape.columns > 1) || repeatsColumn(source, graph)
  }

  private mutating func findColumnSums(_ schedule: Schedule) {
    let graph = schedule.graph
    var products: [[Int]: Int] = [:]
    for id in schedule.nodes where graph.nodes[id].operation is SumOfProducts && schedule.isReduction(id) {
      let factors = graph.nodes[id].inputs
      products[stride(from: 1, to: factors.count, by: 2).map { factors[$0] }] = id
    }
    for id in schedule.nodes where graph.nodes[id].operation is SumRows && schedule.isReduction(id) {
      if let host = products[graph.nodes[id].inputs], columnSumGuest[host] == nil {
        columnSumGuest[host] = id
        columnSumHost[id] = host
      }
    }
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
    for (position, id) in schedule.nodes.enumerated() {
      let node = graph.nodes[id]
      if node.operation.needsDenseInputs {
        for (index, input) in node.inputs.enumerated() where graph.nodes[input].shape.columns > 1 {
          guard repeatsColumn(input, graph) else { continue }
          let count = graph.nodes[input].shape.columns
          if graph.nodes[input].shape.isBatch {
            let size = alignedCount(count * Blocks.tileRows)
            let offset = free.take(size)
            dense[DenseKey(node: id, input: index)] = offset
            ending[position, default: []].append((offset, size))
          } else {
            dense[DenseKey(node: id, input: index)] = reserve(count * graph.nodes[input].shape.rowCount(batch: 0))
          }
        }
      }
      if node.shape.isBatch, shared[id] == nil, !views.contains(id), !(node.operation is Constant) {
        let size = alignedCount(node.shape.columns * Blocks.tileRows)
        let offset = free.take(size)
        tile[id] = offset
        ending[max(lastUse[id] ?? position, position), default: []].append((offset, size))
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
    defer { end += size }
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
