// How a pass works: the live part of a graph is rebuilt node by node, and rules may put something better in place.

/// A rule of a pass. It sees a node whose inputs are rebuilt already.
///
/// - Parameters:
///   - operation: the node's operation.
///   - inputs: its inputs in the new graph.
///   - isPrivate: whether the node is the only reader of its i-th input, which may then be absorbed.
/// - Returns: a tensor of the new graph, or nil to keep the node as it is.
typealias RewriteRule =
  @Sendable (
    _ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool
  ) throws -> Tensor?

/// Rebuilds what `roots` need, rule by rule at each node. What no root needs is left behind.
func rewrite(_ roots: [Tensor], rules: [RewriteRule]) throws -> [Tensor] {
  guard let graph = roots.first?.graph else { return [] }
  let live = order(of: roots)
  var readers = [Int](repeating: 0, count: graph.nodes.count)
  for id in live { for input in graph.nodes[id].inputs { readers[input] += 1 } }
  for root in roots { readers[root.id] += 1 }

  let rebuilt = Graph(batch: graph.batch)
  var replacement: [Int: Tensor] = [:]
  for id in live {
    let node = graph.nodes[id]
    let inputs = node.inputs.compactMap { replacement[$0] }
    var result: Tensor?
    for rule in rules where result == nil {
      result = try rule(node.operation, inputs) { readers[node.inputs[$0]] == 1 }
    }
    replacement[id] = result ?? rebuilt.intern(node.operation, inputs.map(\.id), node.shape)
  }
  return roots.compactMap { replacement[$0.id] }
}

/// The nodes that `roots` need, each after its inputs, in an order that depends on the roots' structure alone and not on
/// the order in which the graph was built.
func order(of roots: [Tensor]) -> [Int] {
  guard let graph = roots.first?.graph else { return [] }
  var visited = Set<Int>()
  var result: [Int] = []
  for root in roots {
    var stack: [(id: Int, next: Int)] = visited.insert(root.id).inserted ? [(root.id, 0)] : []
    while let top = stack.last {
      let inputs = graph.nodes[top.id].inputs
      if top.next < inputs.count {
        stack[stack.count - 1].next += 1
        if visited.insert(inputs[top.next]).inserted { stack.append((inputs[top.next], 0)) }
      } else {
        result.append(top.id)
        stack.removeLast()
      }
    }
  }
  return result
}
