// A bias gradient is made along the way by the weight gradient that reads the same rows.
//
// Before:  %7 = product_tn %h %d        After:  %7 = product_tn %h %d, which also leaves %8
//          %8 = sum_rows %d
//
// Both read %d, so that one call reads it once. The nodes stay as they are: the schedule's text does not change, and the
// bits of a sum are the same in either call.

/// Which sums over rows are made by which weight-gradient products.
struct ColumnSums {
  /// The sum that a product makes besides its own result.
  private(set) var sumOfProduct: [Int: Int] = [:]
  private(set) var productOfSum: [Int: Int] = [:]

  /// A sum of exactly the second factors of a product, in the stage of that product. Where the first factors are computed
  /// in a later stage than the second ones, the sum is needed before the product can be made.
  init(_ schedule: Schedule) {
    struct Key: Hashable {
      let factors: [Int]
      let stage: Int?
    }
    let graph = schedule.graph
    let reductions = schedule.nodes.filter(schedule.isReduction)
    var products: [Key: Int] = [:]
    for id in reductions where graph.nodes[id].operation is SumOfProducts {
      let factors = graph.nodes[id].inputs
      let second = stride(from: 1, to: factors.count, by: 2).map { factors[$0] }
      products[Key(factors: second, stage: schedule.stages[id])] = id
    }
    for id in reductions where graph.nodes[id].operation is SumRows {
      let key = Key(factors: graph.nodes[id].inputs, stage: schedule.stages[id])
      guard let product = products[key], sumOfProduct[product] == nil else { continue }
      sumOfProduct[product] = id
      productOfSum[id] = product
    }
  }
}
