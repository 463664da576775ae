// What a program does, in words: its stages, operations, fusions, sizes and memory.
internal import Text

extension Program {
  /// The program as text: a summary, then each stage's kernel calls in order. Numbers are those of the canonical text.
  ///
  ///     batch 10000: 16 blocks of 640 rows, in tiles of 128
  ///     61 GFLOP, 5140 MB read and written; memory 15 MB shared and 5284 kB a thread
  ///     put together: 66 biases in products, 60 activations in products, …
  ///     stage 0, for each tile
  ///       %12 = product(nn,bias,leaky=0x3c23d70a) %11 [batch, 67] %4 [67, 128] %5 [1, 128] -> [batch, 128]
  ///             172 MFLOP   7834 kB   with bias, activation
  ///
  /// A byte is counted once for each operand of a call, wherever it is then found in memory. The text depends on the
  /// program, the instruction set (how weights are packed) and the number of threads' memory, and on nothing else.
  package var explanation: String {
    let calls = plan.stages.flatMap { $0.packs + $0.fixedCalls + $0.tileCalls } + updateCalls
    let bytes = calls.reduce(0) { $0 + $1.bytes }
    var lines = [
      "batch \(blocks.batch): \(counted(blocks.count, "block")) of \(blocks.rows) rows, in tiles of \(plan.tiling.rows)",
      "\(amount(flops, "FLOP")), \(amount(bytes, "B")) read and written; memory \(amount(4 * plan.sharedFloats, "B")) shared"
        + " and \(amount(4 * plan.tileFloats, "B")) a thread",
    ]
    let fusions = fusions
    if !fusions.isEmpty { lines.append("put together: " + fusions.joined(separator: ", ")) }
    for (number, stage) in plan.stages.enumerated() {
      if let sums = stage.sums {
        lines.append("stage \(number) begins with the sum of \(counted(blocks.count, "block")): \(sums.count) values")
      }
      if !stage.packs.isEmpty {
        let bytes = stage.packs.reduce(0) { $0 + $1.bytes }
        lines.append("stage \(number), side by side: \(stage.packs.count) weights packed, \(amount(bytes, "B"))")
      }
      for (title, calls) in [("once", stage.fixedCalls), ("for each tile", stage.tileCalls)] where !calls.isEmpty {
        lines.append("stage \(number), \(title)")
        lines += calls.flatMap(describe)
      }
    }
    for (kind, group) in grouped(updateCalls) {
      lines.append(
        "at the end, side by side: \(counted(group.count, "\(kind) update")),"
          + " \(amount(group.reduce(0) { $0 + $1.bytes }, "B"))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What the passes and the plan have put together, counted.
  private var fusions: [String] {
    let graph = schedule.graph
    let operations = schedule.nodes.map { (graph.nodes[$0].operation, graph.nodes[$0].inputs.count) }
    let absorbed = operations.flatMap(\.0.absorbed)
    let merged = operations.filter {
      ($0.0 is SumOfProducts && $0.1 > 2) || (($0.0 is SumRows || $0.0 is SumCells) && $0.1 > 1)
        || (($0.0 as? Convolve)?.role == .weights && $0.1 > 2)
    }
    return [
      (absorbed.count { $0 == "bias" }, "bias", "biases", "in products"),
      (absorbed.count { $0 == "activation" }, "activation", "activations", "in products"),
      (absorbed.count { $0 == "gate" }, "gate", "gates", "in products"),
      (merged.count, "sum", "sums", "over several batches"),
      (plan.columnSums.sumOfProduct.count, "bias gradient", "bias gradients", "made with weight gradients"),
      (operations.count { ($0.0 as? SumColumns)?.ofProducts == true }, "row product", "row products", "in row sums"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2) \($0.3)" }
  }

  private func describe(_ call: Call) -> [String] {
    guard let id = call.node else { return ["  \(call.kind), \(amount(call.bytes, "B"))"] }
    let node = schedule.graph.nodes[id]
    let inputs = node.inputs.map { " %\(schedule.number($0)) \(schedule.graph.nodes[$0].shape)" }.joined()
    var notes = [amount(call.flops, "FLOP"), amount(call.bytes, "B")]
    if !node.operation.absorbed.isEmpty { notes.append("with " + node.operation.absorbed.joined(separator: ", ")) }
    if call.isRepeated { notes.append("again") }
    if let sum = plan.columnSums.sumOfProduct[id] { notes.append("with the sum of rows %\(schedule.number(sum))") }
    return [
      "  %\(schedule.number(id)) = \(node.operation.text)\(inputs) -> \(node.shape)",
      "        " + notes.joined(separator: "   "),
    ]
  }
}

/// Calls by their kind, in the order in which the kinds first come.
func grouped(_ calls: [Call]) -> [(kind: String, calls: [Call])] {
  var groups: [(kind: String, calls: [Call])] = []
  for call in calls {
    if let place = groups.firstIndex(where: { $0.kind == call.kind }) {
      groups[place].calls.append(call)
    } else {
      groups.append((call.kind, [call]))
    }
  }
  return groups
}
