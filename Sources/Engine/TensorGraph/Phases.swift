// The phases of a step: what the pool does, one after the other, made when the program is built.
internal import CKernels

/// The seed and the number of the step that is computed; every phase reads them.
final class StepNumber {
  var seed: UInt64 = 0
  var step: UInt64 = 0
}

/// One phase.
struct Phase {
  let work: ChunkedWork
  /// Whether it does nothing but pack parameters, and can be omitted while they stay as they are.
  var packsParameters = false
}

/// For each stage: the sums that end the stage before, the packing of weights, what is computed once, then the tiles
/// task by task. The updates come last. Sums are cut into chunks of columns, which never changes a bit of them.
/// - Parameter instrument: the call that is made for a call of the plan.
func makePhases(
  plan: Plan, updates: [Call], kernels: UnsafePointer<fs_kernels>, stepNumber: StepNumber,
  instrument: (Call) -> KernelCall
) -> [Phase] {
  let (tiling, blocks) = (plan.tiling, plan.tiling.blocks)
  func tile(_ worker: Int, buffer: Int = 0) -> Tile {
    Tile(
      kernels: kernels, seed: stepNumber.seed, step: stepNumber.step, worker: worker, memory: plan.tileMemory(buffer),
      scratch: plan.scratch + worker * plan.scratchFloats,
      factors: plan.factors + worker * Int(FS_MOST_FACTORS))
  }
  func sideBySide(_ calls: [Call]) -> ChunkedWork {
    let calls = calls.map(instrument)
    return ChunkedWork(chunks: calls.count) { chunk, worker in calls[chunk](tile(worker)) }
  }
  var phases: [Phase] = []
  for stage in plan.stages {
    if let sums = stage.sums { phases.append(Phase(work: sideBySide(sumCalls(sums, blocks)))) }
    if !stage.packs.isEmpty { phases.append(Phase(work: sideBySide(stage.packs), packsParameters: true)) }
    if !stage.fixedCalls.isEmpty {
      let calls = stage.fixedCalls.map(instrument)
      phases.append(Phase(work: ChunkedWork(chunks: 1) { _, worker in for call in calls { call(tile(worker)) } }))
    }
    if !stage.tileCalls.isEmpty {
      let calls = stage.tileCalls.map { $0.sumsOverBatch ? blockwise(instrument($0), blocks) : instrument($0) }
      phases.append(
        Phase(
          work: ChunkedWork(chunks: tiling.taskCount) { task, worker in
            var tile = tile(worker, buffer: plan.buffer(task: task, worker: worker))
            tiling.forEachTile(of: task) { firstRow, rows in
              (tile.firstRowInMemory, tile.firstRow, tile.rows) = (firstRow, firstRow, rows)
              for call in calls { call(tile) }
            }
          }))
    }
  }
  if !updates.isEmpty { phases.append(Phase(work: sideBySide(updates))) }
  return phases
}

/// A sum over the batch: a call for the rows of each block that a tile touches, each into the partial sums of its block.
private func blockwise(_ call: @escaping KernelCall, _ blocks: Blocks) -> KernelCall {
  { tile in
    var part = copy tile
    let end = tile.firstRow + tile.rows
    while part.firstRow < end {
      part.block = part.firstRow / blocks.rows
      let block = blocks.range(part.block)
      part.rows = min(block.upperBound, end) - part.firstRow
      part.accumulate = part.firstRow > block.lowerBound ? 1 : 0
      call(part)
      part.firstRow += part.rows
    }
  }
}

/// The blocks' partial results combined by the fixed tree, in chunks of columns.
private func sumCalls(
  _ sums: (parts: UnsafeMutablePointer<Float>, stride: Int, count: Int, total: UnsafeMutablePointer<Float>),
  _ blocks: Blocks
) -> [Call] {
  let chunk = 1 << 14
  return stride(from: 0, to: sums.count, by: chunk).map { start in
    let count = min(chunk, sums.count - start)
    return Call(
      kind: "tree_sum", flops: (blocks.count - 1) * count, bytes: 4 * (blocks.count + 1) * count,
      run: { tile in
        tile.kernels.pointee.tree_sum(
          Int64(blocks.count), Int64(count), sums.parts + start, Int64(sums.stride), sums.total + start)
      })
  }
}
