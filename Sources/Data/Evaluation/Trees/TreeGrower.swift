// Grows one tree level by level from the gradients of the rows.
internal import CKernels
internal import Numerics

/// What a grown tree is made of.
struct GrownTree: Sendable {
  /// The root is node 0.
  var nodes: [fs_tree_node]
  /// Levels of splits; 0 for a single leaf.
  var depth: Int
  var splits: [Split]

  struct Split: Sendable {
    let feature: Int
    let gain: Double
    /// The sum of second derivatives in the node that is split.
    let cover: Double
  }
}

/// The memory and the steps of growing; one for a whole fit.
///
/// In a level, all rows that are still in the game stand in `order`, node after node. They are cut into `shares` of equal
/// size for the threads. Where a share ends inside a node, the next share sums its part into a histogram of its own,
/// which is added later: sums are whole numbers, so neither the shares nor the order of additions reach a bit.
/// Only the smaller child of a split is summed; its sibling is the parent minus it.
final class TreeGrower: @unchecked Sendable {
  private let matrix: BinnedColumns
  private let options: TreeOptions
  private let lanes: Int32
  private let rootRows: [Int32]
  private let shares: Int
  private let order: UnsafeMutablePointer<Int32>
  private let spare: UnsafeMutablePointer<Int32>
  private let histogramLength: Int
  private var allHistograms: [UnsafeMutablePointer<Int64>] = []
  private var freeHistograms: [UnsafeMutablePointer<Int64>] = []

  /// - Parameters:
  ///   - rows: to learn from, ascending.
  ///   - lanes: of the gradients, 2, or 4 where the effective size limits splits.
  init(_ matrix: BinnedColumns, rows: [Int32], lanes: Int32, options: TreeOptions, threads: Int?) {
    self.matrix = matrix
    self.options = options
    self.lanes = lanes
    rootRows = rows
    // Waking a thread costs as much as some thousand rows.
    shares = rows.count * matrix.columns < 65536 ? 1 : max(1, threads ?? 4)
    order = .allocate(capacity: max(1, rows.count))
    spare = .allocate(capacity: max(1, rows.count))
    histogramLength = matrix.columns * Int(FS_TREE_BINS) * Int(lanes)
  }

  deinit {
    order.deallocate()
    spare.deallocate()
    for histogram in allHistograms { UnsafeMutableRawPointer(histogram).deallocate() }
  }

  /// A node that may be split, with the histogram of its rows.
  private struct Open: @unchecked Sendable {
    let node: Int
    let rows: Range<Int>
    let total: fs_tree_sums
    let histogram: UnsafeMutablePointer<Int64>
  }

  /// What the margins of a node's rows gain: `left` where the bin of the feature is at most `bin`, `right` elsewhere.
  private struct Update {
    let rows: Range<Int>
    let feature: Int32
    let bin: Int32
    let left: Double
    let right: Double

    init(rows: Range<Int>, feature: Int32, bin: Int32, left: Double, right: Double) {
      (self.rows, self.feature, self.bin, self.left, self.right) = (rows, feature, bin, left, right)
    }

    init(rows: Range<Int>, value: Double) {
      self.init(rows: rows, feature: 0, bin: 255, left: value, right: value)
    }
  }

  /// A part of a node's rows, places in `order`.
  private struct Piece {
    let item: Int
    let rows: Range<Int>
  }

  /// Grows a tree and adds its leaves to the margins of the rows it learnt from.
  /// - Parameters:
  ///   - steps: gradients of all rows of the matrix, shape [rows][lanes].
  ///   - margins: element `row * stride` belongs to a row.
  func grow(
    _ steps: UnsafePointer<Int32>, _ rule: fs_tree_rule, _ margins: UnsafeMutablePointer<Double>, stride: Int
  ) -> GrownTree {
    order.update(from: rootRows, count: rootRows.count)
    var tree = GrownTree(nodes: [leaf(0)], depth: 0, splits: [])
    let root = takeHistogram()
    sum([(0..<rootRows.count, root)], steps)
    let total = fs_tree_total(root, lanes)
    var rule = rule
    guard fs_tree_allowed(total, lanes, &rule) != 0 else {
      freeHistograms.append(root)
      return tree
    }
    tree.nodes[0].value = value(total, rule)
    var open = [Open(node: 0, rows: 0..<rootRows.count, total: total, histogram: root)]
    for level in 0..<options.depth where !open.isEmpty {
      let splits = bestSplits(open, rule)
      if splits.contains(where: { $0.gain > 0 }) { tree.depth = level + 1 }
      var updates = write(splits, of: open, into: &tree, rule, last: level + 1 == options.depth)
      open = level + 1 == options.depth ? [] : children(splits, of: open, in: tree, steps, rule, &updates)
      add(updates, to: margins, stride)
    }
    return tree
  }

  private func leaf(_ index: Int) -> fs_tree_node {
    fs_tree_node(feature: 0, bin: 255, left: Int32(index), padding: 0, value: 0)
  }

  /// -eta G / (H + lambda)
  private func value(_ sums: fs_tree_sums, _ rule: fs_tree_rule) -> Double {
    let gradient = Double(sums.gradient) * rule.gradient_unit
    let hessian = Double(sums.hessian) * rule.hessian_unit
    return -options.learningRate * (gradient / (hessian + rule.l2))
  }

  // MARK: Splits

  /// The best split of each node, features in ascending order, the first of equal gains.
  private func bestSplits(_ open: [Open], _ rule: fs_tree_rule) -> [fs_tree_split] {
    let features = matrix.columns
    let found = mapChunks(open.count * features, threads: shares) { task in
      let (node, feature) = (open[task / features], task % features)
      var rule = rule
      let offset = feature * Int(FS_TREE_BINS) * Int(self.lanes)
      return fs_tree_best_split(
        node.histogram + offset, Int32(feature), Int32(self.matrix.edges[feature].count + 1), node.total, self.lanes,
        &rule)
    }
    return open.indices.map { node in
      var best = found[node * features]
      for feature in 1..<max(1, features) where found[node * features + feature].gain > best.gain {
        best = found[node * features + feature]
      }
      return best
    }
  }

  /// Writes the splits into the tree.
  /// - Returns: what the rows of nodes without a split, and in the last level all rows, add to their margins.
  private func write(
    _ splits: [fs_tree_split], of open: [Open], into tree: inout GrownTree, _ rule: fs_tree_rule, last: Bool
  ) -> [Update] {
    var updates: [Update] = []
    for (split, node) in zip(splits, open) {
      guard split.gain > 0 else {
        updates.append(Update(rows: node.rows, value: tree.nodes[node.node].value))
        freeHistograms.append(node.histogram)
        continue
      }
      let left = tree.nodes.count
      tree.nodes[node.node].feature = split.feature
      tree.nodes[node.node].bin = split.bin
      tree.nodes[node.node].left = Int32(left)
      let values = [split.left, rest(node.total, split.left)].map { value($0, rule) }
      for child in 0..<2 {
        tree.nodes.append(leaf(left + child))
        tree.nodes[left + child].value = values[child]
      }
      let cover = Double(node.total.hessian) * rule.hessian_unit
      tree.splits.append(.init(feature: Int(split.feature), gain: split.gain, cover: cover))
      if last {
        updates.append(
          Update(rows: node.rows, feature: split.feature, bin: split.bin, left: values[0], right: values[1]))
        freeHistograms.append(node.histogram)
      }
    }
    return updates
  }

  private func add(_ updates: [Update], to margins: UnsafeMutablePointer<Double>, _ stride: Int) {
    nonisolated(unsafe) let margins = margins
    inShares(updates.map(\.rows)) { piece in
      let update = updates[piece.item]
      fs_tree_apply_split(
        Int64(piece.rows.count), self.order + piece.rows.lowerBound, self.column(update.feature), update.bin,
        [update.left, update.right], Int64(stride), margins)
    }
  }

  // MARK: The next level

  /// Parts the rows of all splits and sums the histograms of the children.
  private func children(
    _ splits: [fs_tree_split], of open: [Open], in tree: GrownTree, _ steps: UnsafePointer<Int32>,
    _ rule: fs_tree_rule, _ updates: inout [Update]
  ) -> [Open] {
    let parents = open.indices.filter { splits[$0].gain > 0 }
    let borders = part(parents.map { open[$0].rows }, parents.map { splits[$0] })
    var next: [Open] = []
    var work: [(rows: Range<Int>, histogram: UnsafeMutablePointer<Int64>)] = []
    var pairs: [(small: UnsafeMutablePointer<Int64>, large: UnsafeMutablePointer<Int64>)] = []
    for (place, index) in parents.enumerated() {
      let (parent, split) = (open[index], splits[index])
      let node = Int(tree.nodes[parent.node].left)
      let rows = [parent.rows.lowerBound..<borders[place], borders[place]..<parent.rows.upperBound]
      let sums = [split.left, rest(parent.total, split.left)]
      let live = (0..<2).filter { canSplit(sums[$0], rule) }
      for child in 0..<2 where !live.contains(child) {
        updates.append(Update(rows: rows[child], value: tree.nodes[node + child].value))
      }
      guard !live.isEmpty else {
        freeHistograms.append(parent.histogram)
        continue
      }
      let small = rows[0].count <= rows[1].count ? 0 : 1
      let histogram = takeHistogram()
      work.append((rows[small], histogram))
      pairs.append((histogram, parent.histogram))
      for child in 0..<2 {
        let own = child == small ? histogram : parent.histogram
        if live.contains(child) {
          next.append(Open(node: node + child, rows: rows[child], total: sums[child], histogram: own))
        } else {
          retired.append(own)
        }
      }
    }
    sum(work, steps)
    nonisolated(unsafe) let siblings = pairs
    let block = Int(FS_TREE_BINS) * Int(lanes)
    forEachChunk(siblings.count * matrix.columns, threads: shares) { task in
      let (pair, offset) = (siblings[task / self.matrix.columns], task % self.matrix.columns * block)
      fs_tree_subtract(Int64(block), pair.large + offset, pair.small + offset)
    }
    freeHistograms += retired
    retired = []
    return next
  }

  /// Histograms of children that stay leaves: needed for the subtraction, free after it.
  private var retired: [UnsafeMutablePointer<Int64>] = []

  /// False where no two children could both have the least hessian sum.
  private func canSplit(_ sums: fs_tree_sums, _ rule: fs_tree_rule) -> Bool {
    Double(sums.hessian) * rule.hessian_unit >= 2 * rule.minimum_hessian * 0.999999
  }

  /// Moves the rows of each split so that the left ones come first.
  /// - Returns: where the right ones start.
  private func part(_ ranges: [Range<Int>], _ splits: [fs_tree_split]) -> [Int] {
    let pieces = pieces(ranges)
    let counts = mapChunks(pieces.count, threads: shares) { share in
      pieces[share].map { piece in
        let split = splits[piece.item]
        return Int(
          fs_tree_partition(
            Int64(piece.rows.count), self.order + piece.rows.lowerBound, self.column(split.feature), split.bin,
            self.spare + piece.rows.lowerBound))
      }
    }
    // A node cut by the end of a share: its left parts move before its right ones.
    var borders = ranges.map(\.lowerBound)
    for (share, parts) in pieces.enumerated() {
      for (place, piece) in parts.enumerated() {
        let (border, lefts) = (borders[piece.item], counts[share][place])
        let rights = piece.rows.lowerBound - border
        if rights > 0, lefts > 0 {
          spare.update(from: order + border, count: rights)
          (order + border).update(from: order + piece.rows.lowerBound, count: lefts)
          (order + border + lefts).update(from: spare, count: rights)
        }
        borders[piece.item] += lefts
      }
    }
    return borders
  }

  // MARK: Shares

  /// The rows of all items, one after another, cut into equal parts.
  private func pieces(_ ranges: [Range<Int>]) -> [[Piece]] {
    let total = ranges.reduce(0) { $0 + $1.count }
    guard total > 0 else { return [] }
    let size = (total + shares - 1) / shares
    var result: [[Piece]] = [[]]
    var room = size
    for (item, range) in ranges.enumerated() {
      var start = range.lowerBound
      while start < range.upperBound {
        if room == 0 {
          result.append([])
          room = size
        }
        let end = min(range.upperBound, start + room)
        result[result.count - 1].append(Piece(item: item, rows: start..<end))
        room -= end - start
        start = end
      }
    }
    return result
  }

  private func inShares(_ ranges: [Range<Int>], _ body: @Sendable (Piece) -> Void) {
    let pieces = pieces(ranges)
    forEachChunk(pieces.count, threads: shares) { share in
      for piece in pieces[share] { body(piece) }
    }
  }

  /// Sums the gradients of each range into its histogram, which is cleared first.
  private func sum(
    _ work: [(rows: Range<Int>, histogram: UnsafeMutablePointer<Int64>)], _ steps: UnsafePointer<Int32>
  ) {
    let pieces = pieces(work.map(\.rows))
    // The first piece of a share continues a node that the share before it began.
    let continued = pieces.map { parts in
      parts.first.map { $0.rows.lowerBound > work[$0.item].rows.lowerBound } ?? false
    }
    nonisolated(unsafe) let own = continued.map { $0 ? takeHistogram() : nil }
    nonisolated(unsafe) let (work, steps) = (work, steps)
    forEachChunk(pieces.count, threads: shares) { share in
      for (place, piece) in pieces[share].enumerated() {
        let histogram = place == 0 ? own[share] ?? work[piece.item].histogram : work[piece.item].histogram
        histogram.update(repeating: 0, count: self.histogramLength)
        self.matrix.rowMajor.withUnsafeBufferPointer { bins in
          fs_tree_histogram(
            Int64(piece.rows.count), self.order + piece.rows.lowerBound, bins.baseAddress!, Int64(self.matrix.stride),
            Int32(self.matrix.columns), steps, self.lanes, histogram)
        }
      }
    }
    for (share, histogram) in own.enumerated() {
      guard let histogram, let item = pieces[share].first?.item else { continue }
      fs_tree_add(Int64(histogramLength), work[item].histogram, histogram)
      freeHistograms.append(histogram)
    }
    for (rows, histogram) in work where rows.isEmpty { histogram.update(repeating: 0, count: histogramLength) }
  }

  private func takeHistogram() -> UnsafeMutablePointer<Int64> {
    if let histogram = freeHistograms.popLast() { return histogram }
    let bytes = histogramLength * MemoryLayout<Int64>.stride
    let histogram = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Int64.self, capacity: histogramLength)
    allHistograms.append(histogram)
    return histogram
  }

  private func column(_ feature: Int32) -> UnsafePointer<UInt8> {
    // The array lives as long as the grower and never changes.
    matrix.columnMajor.withUnsafeBufferPointer { $0.baseAddress! + Int(feature) * matrix.rows }
  }

  private func rest(_ total: fs_tree_sums, _ part: fs_tree_sums) -> fs_tree_sums {
    fs_tree_sums(
      gradient: total.gradient - part.gradient, hessian: total.hessian - part.hessian,
      square: total.square - part.square)
  }
}
