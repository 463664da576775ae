// What the tiles of each stage compute, and which batch tensors are kept between stages or computed again.

/// The work of a program's stages.
///
/// A batch tensor that a later stage reads is either kept for the complete batch or computed again in the tiles of that
/// stage, from tensors that are kept. The second takes no memory for the batch. It is done for operations that take no
/// longer than reading their results would, where it lowers the peak of what is kept (Chen et al., arXiv:1604.06174). The
/// same kernel computes the same rows, so that no bit depends on it.
struct StageContents {
  /// Bytes between stages up to which everything is kept: the caches hold them, and nothing would be gained.
  static let cachedBytes = 16 << 20

  /// For each stage the nodes that its tiles compute, each after its inputs.
  private(set) var computed: [[Int]] = []
  /// The last stage that reads each tensor.
  private(set) var lastStage: [Int: Int] = [:]
  /// Tensors that are computed again in each stage that reads them.
  private(set) var repeated: Set<Int> = []

  private let schedule: Schedule
  private let crossing: Set<Int>
  private let owner: (Int) -> Int
  private let tileNodes: [Int]
  /// Floats of the blocks' partial sums that each stage makes.
  private var partialFloats: [Int]

  /// - Parameters:
  ///   - tileNodes: all that tiles compute, in order.
  ///   - crossing: batch tensors that a later stage reads.
  ///   - wholeBatch: those that a later stage reads in full, and so cannot compute again.
  ///   - owner: the node whose memory a node is a window on; itself otherwise.
  ///   - keptBytes: how many bytes may be kept before anything is computed again.
  init(
    schedule: Schedule, blocks: Blocks, tileNodes: [Int], crossing: Set<Int>, wholeBatch: Set<Int>,
    owner: @escaping (Int) -> Int, keptBytes: Int
  ) {
    (self.schedule, self.crossing, self.owner, self.tileNodes) = (schedule, crossing, owner, tileNodes)
    partialFloats = [Int](repeating: 0, count: schedule.stageCount)
    for id in tileNodes where schedule.isReduction(id) {
      let floats = boundedProduct(blocks.count, schedule.graph.nodes[id].shape.count(batch: blocks.batch))
      partialFloats[stage(id)] = boundedSum(partialFloats[stage(id)], floats)
    }
    (computed, lastStage) = contents(repeating: [])
    lowerThePeak(candidates: crossing.subtracting(wholeBatch), to: keptBytes / 4)
  }

  /// The stage whose tiles compute a node.
  private func stage(_ id: Int) -> Int { schedule.stages[id]! - (schedule.isReduction(id) ? 1 : 0) }

  /// Takes tensors that the fullest stage holds, the widest first, while that lowers what it holds and raises no other
  /// stage above it.
  private mutating func lowerThePeak(candidates: Set<Int>, to floats: Int) {
    var held = heldFloats(lastStage)
    while let peak = held.max(), peak > floats, let fullest = held.firstIndex(of: peak) {
      let choices = candidates.filter { !repeated.contains($0) && holds($0, in: fullest) }
        .map { (floats: size($0), id: $0) }.sorted { ($0.floats, $0.id) > ($1.floats, $1.id) }
      var found = false
      for choice in choices {
        guard let needed = needed(toRepeat: choice.id) else { continue }
        let (computed, lastStage) = contents(repeating: repeated.union(needed))
        let trial = heldFloats(lastStage, without: repeated.union(needed))
        guard trial[fullest] < peak, trial.allSatisfy({ $0 <= peak }) else { continue }
        repeated.formUnion(needed)
        (self.computed, self.lastStage, held, found) = (computed, lastStage, trial, true)
        break
      }
      if !found { return }
    }
  }

  private func holds(_ id: Int, in stage: Int) -> Bool {
    schedule.stages[id]! <= stage && stage <= lastStage[id] ?? -1
  }

  private func size(_ id: Int) -> Int { schedule.graph.nodes[id].shape.count(batch: schedule.graph.batch) }

  /// The most floats that are held for the batch in a stage.
  var peakFloats: Int { heldFloats(lastStage, without: repeated).max() ?? 0 }

  /// Floats that are held for the batch in each stage.
  private func heldFloats(_ lastStage: [Int: Int], without repeated: Set<Int> = []) -> [Int] {
    var held = partialFloats
    for id in crossing where !repeated.contains(id) {
      for stage in schedule.stages[id]!...max(schedule.stages[id]!, lastStage[id] ?? 0) {
        held[stage] = boundedSum(held[stage], size(id))
      }
    }
    return held
  }

  /// The node and what must be computed before it because no stage keeps it; nil where something takes too long.
  private func needed(toRepeat id: Int) -> Set<Int>? {
    let node = schedule.graph.nodes[id]
    guard node.operation.isCheap else { return nil }
    var all: Set = [id]
    for input in node.inputs.map(owner) where schedule.graph.nodes[input].shape.isBatch {
      let operation = schedule.graph.nodes[input].operation
      if crossing.contains(input) || repeated.contains(input) || operation is Input || operation is Constant {
        continue
      }
      guard let more = needed(toRepeat: input) else { return nil }
      all.formUnion(more)
    }
    return all
  }

  private func contents(repeating repeated: Set<Int>) -> (computed: [[Int]], lastStage: [Int: Int]) {
    let graph = schedule.graph
    var computed = [[Int]](repeating: [], count: schedule.stageCount)
    var present = [Set<Int>](repeating: [], count: schedule.stageCount)
    var lastStage: [Int: Int] = [:]
    func read(_ id: Int, in stage: Int) {
      let id = owner(id)
      guard repeated.contains(id), schedule.stages[id]! < stage else {
        lastStage[id] = max(lastStage[id] ?? 0, stage)
        return
      }
      guard present[stage].insert(id).inserted else { return }
      for input in graph.nodes[id].inputs { read(input, in: stage) }
      computed[stage].append(id)
    }
    for id in schedule.nodes where !graph.nodes[id].shape.isBatch && !schedule.isReduction(id) {
      for input in graph.nodes[id].inputs { read(input, in: stage(id)) }
    }
    for id in tileNodes {
      for input in graph.nodes[id].inputs { read(input, in: stage(id)) }
      computed[stage(id)].append(id)
    }
    return (computed, lastStage)
  }
}
