// The phases of a step: what the pool does, one after the other, made when the program is built.
internal import CKernels

/// The random numbers' seed and step of the run under way; every phase reads them.
final class Moment {
  var seed: UInt64 = 0
  var step: UInt64 = 0
}

/// For each stage: the sums that end the stage before, the packing of weights, what is computed once, then the tiles
/// block by block. The updates come last. Sums are cut into chunks of columns, which never changes a bit of them.
/// - Parameter instrument: the call that is made for a call of the plan.
func makePhases(
  plan: Plan, blocks: Blocks, updates: [Call], kernels: UnsafePointer<fs_kernels>, moment: Moment,
  instrument: (Call) -> KernelCall
) -> [ChunkedWork] {
  func frame(_ worker: Int) -> Frame {
    Frame(kernels: kernels, seed: moment.seed, step: moment.step, worker: worker, tile: plan.tile(worker))
  }
  func sideBySide(_ calls: [Call]) -> ChunkedWork {
    let calls = calls.map(instrument)
    return ChunkedWork(chunks: calls.count) { chunk, worker in calls[chunk](frame(worker)) }
  }
  var phases: [ChunkedWork] = []
  for stage in plan.stages {
    if let sums = stage.sums { phases.append(sideBySide(sumCalls(sums, blocks))) }
    if !stage.packs.isEmpty { phases.append(sideBySide(stage.packs)) }
    if !stage.fixedCalls.isEmpty {
      let calls = stage.fixedCalls.map(instrument)
      phases.append(ChunkedWork(chunks: 1) { _, worker in for call in calls { call(frame(worker)) } })
    }
    if !stage.tileCalls.isEmpty {
      let calls = stage.tileCalls.map(instrument)
      phases.append(
        ChunkedWork(chunks: blocks.count) { block, worker in
          var frame = frame(worker)
          frame.block = block
          let range = blocks.range(block)
          frame.firstRow = range.lowerBound
          while frame.firstRow < range.upperBound {
            frame.rows = min(Blocks.tileRows, range.upperBound - frame.firstRow)
            for call in calls { call(frame) }
            frame.firstRow += frame.rows
            frame.accumulate = 1
          }
        })
    }
  }
  if !updates.isEmpty { phases.append(sideBySide(updates)) }
  return phases
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
      run: { frame in
        frame.kernels.pointee.tree_sum(
          Int64(blocks.count), Int64(count), sums.parts + start, Int64(sums.stride), sums.total + start)
      })
  }
}
