// The order of a program's nodes, their canonical numbers, and the stages between reductions over the batch.

/// A program's nodes in the order in which they are computed.
///
/// Rows of the batch pass through a stage together, tile by tile. A sum over the batch ends a stage: what depends on it
/// waits for the next one, and so does what needs every row of a tensor.
struct Schedule {
  let graph: Graph
  /// Live nodes, each after its inputs; the order is that of the canonical text.
  let nodes: [Int]
  /// The stage in which a node is computed. A reduction's partial sums are made in the stage before.
  let stages: [Int: Int]
  let stageCount: Int
  private let numbers: [Int: Int]

  init(roots: [Tensor]) {
    let graph = roots[0].graph
    self.graph = graph
    nodes = order(of: roots)
    var stages: [Int: Int] = [:]
    for id in nodes {
      let node = graph.nodes[id]
      stages[id] =
        node.inputs.enumerated().map { place, input in
          let crosses =
            graph.nodes[input].shape.isBatch && (!node.shape.isBatch || node.operation.readsWholeBatch(place))
          return stages[input]! + (crosses ? 1 : 0)
        }.max() ?? 0
    }
    self.stages = stages
    stageCount = (stages.values.max() ?? 0) + 1
    numbers = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
  }

  /// The same nodes in stages as late as what reads them allows, so that what is read together is computed together: where
  /// a sum runs over two batches and one is ready long before the other, its maps need not be kept until then. A node
  /// whose result takes less memory than what it reads does not wait for longer than that. Sums have the same terms in
  /// the same order, and no bit depends on it.
  var delayed: Schedule {
    var latest = Dictionary(uniqueKeysWithValues: nodes.map { ($0, stageCount - 1) })
    for id in nodes.reversed() {
      for (place, input) in graph.nodes[id].inputs.enumerated() {
        latest[input] = min(latest[input]!, latest[id]! - (crosses(id, place) ? 1 : 0))
      }
    }
    var stages: [Int: Int] = [:]
    for id in nodes {
      let node = graph.nodes[id]
      let earliest =
        node.inputs.enumerated().map { place, input in stages[input]! + (crosses(id, place) ? 1 : 0) }.max() ?? 0
      let last = latest[id]! - (isReduction(id) ? 1 : 0)
      let waiting = Set(node.inputs).filter {
        graph.nodes[$0].shape.isBatch && stages[$0]! < last && !(graph.nodes[$0].operation is Input)
      }
      let held = waiting.reduce(0) { boundedSum($0, graph.nodes[$1].shape.columns) }
      let isPlaced = node.operation is any Leaf || node.operation is Constant
      let isWindow = node.operation is Slice || node.operation is Broadcast
      let result = node.shape.isBatch ? node.shape.columns : 0
      stages[id] = isPlaced ? 0 : isWindow || result < held ? earliest : latest[id]!
    }
    return Schedule(self, stages: stages)
  }

  private init(_ schedule: Schedule, stages: [Int: Int]) {
    (graph, nodes, numbers, stageCount) = (schedule.graph, schedule.nodes, schedule.numbers, schedule.stageCount)
    self.stages = stages
  }

  /// Whether a node can be computed in the stage after that of an input at the earliest.
  private func crosses(_ id: Int, _ place: Int) -> Bool {
    let node = graph.nodes[id]
    return graph.nodes[node.inputs[place]].shape.isBatch
      && (!node.shape.isBatch || node.operation.readsWholeBatch(place))
  }

  func number(_ tensor: Tensor) -> Int { number(tensor.id) }
  func number(_ id: Int) -> Int { numbers[id] ?? -1 }

  /// Whether the node sums over the batch.
  func isReduction(_ id: Int) -> Bool {
    let node = graph.nodes[id]
    return !node.shape.isBatch && node.inputs.contains { graph.nodes[$0].shape.isBatch }
  }

  /// The columns of the widest batch tensor.
  var widestColumns: Int {
    nodes.map { graph.nodes[$0].shape }.filter(\.isBatch).map(\.columns).max() ?? 0
  }

  /// Whether a node computes what `FS_GRID_NUMERICS` counts the versions of.
  var usesGrids: Bool {
    nodes.contains { id in
      let operation = graph.nodes[id].operation
      return operation is Convolve || operation is MapColumns || operation is SumCells
    }
  }

  /// One line a node, in canonical numbers.
  var lines: [String] {
    nodes.enumerated().map { number, id in
      let node = graph.nodes[id]
      let inputs = node.inputs.map { " %\(numbers[$0]!)" }.joined()
      return "%\(number) = \(node.operation.text)\(inputs) \(node.shape)"
    }
  }

  /// Floating-point operations of one node in a step.
  func flops(_ id: Int) -> Int {
    let node = graph.nodes[id]
    return node.operation.flops(
      inputs: node.inputs.map { graph.nodes[$0].shape }, output: node.shape, batch: graph.batch)
  }

  /// Bytes that one node reads and writes in a step, each operand counted once.
  func bytes(_ id: Int) -> Int {
    let node = graph.nodes[id]
    return (node.inputs.map { graph.nodes[$0].shape } + [node.shape]).reduce(0) {
      boundedSum($0, boundedProduct(4, $1.count(batch: graph.batch)))
    }
  }

  /// The bytes of each tensor of the program, with the partial sums of the blocks.
  func sizes(_ blocks: Blocks) -> [(name: String, bytes: Int)] {
    nodes.map { id in
      let node = graph.nodes[id]
      let copies = isReduction(id) ? blocks.count + 1 : 1
      return (
        "\(node.operation.text) \(node.shape)", boundedProduct(4, copies, node.shape.count(batch: graph.batch))
      )
    }
  }
}
