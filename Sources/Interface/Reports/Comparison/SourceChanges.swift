// The uncommitted source changes of compared runs, and how they differ.
package import Comparison
package import RunStore
internal import Text

/// The stored source changes of the runs' last attempts, where they are worth a look.
package struct SourceChanges {
  /// Lines to print under a title; each is printable.
  package struct Block {
    package let title: String
    package let lines: [String]
  }

  /// The whole text for each run; nil where there is none, or all are equal and were not requested.
  package let texts: [String?]
  private let comparison: Comparison
  private let all: Bool

  /// Lines of an excerpt.
  private static let excerpt = 40
  /// Longer texts are not compared line by line, because that takes time quadratic in the differences.
  private static let comparable = 4000

  /// - Parameter all: complete texts instead of excerpts, of equal ones, too.
  package init(_ comparison: Comparison, _ store: RunStore, all: Bool) throws {
    self.comparison = comparison
    self.all = all
    let revisions = Set(comparison.sources.map { $0?.revision })
    let isWorthALook = all || revisions.count > 1 || !comparison.haveEqualDiffs
    texts = try comparison.sources.enumerated().map { run, source in
      guard isWorthALook, let source, source.diff != nil else { return nil }
      return try store.sourceDiff(of: comparison.runs[run].number, attempt: source.attempt)
    }
  }

  /// The first run's changes, and of others with the same revision what differs from them; else each run's own.
  package var blocks: [Block] {
    texts.indices.compactMap { run in
      guard let text = texts[run] else { return nil }
      let number = comparison.runs[run].number
      let lines = Self.lines(text)
      if let same = (0..<run).first(where: { texts[$0] == text }) {
        return Block(title: "source changes of run \(number): those of run \(comparison.runs[same].number)", lines: [])
      }
      if run > 0, !all, let first = texts[0], comparison.sources[0]?.revision == comparison.sources[run]?.revision {
        let reference = Self.lines(first)
        if max(reference.count, lines.count) <= Self.comparable {
          return Block(
            title: "source changes of run \(number) against those of run \(comparison.runs[0].number)",
            lines: cut(unified(reference, lines)))
        }
      }
      return Block(title: "source changes of run \(number), \(lines.count) lines", lines: cut(lines))
    }
  }

  private func cut(_ lines: [String]) -> [String] {
    guard !all, lines.count > Self.excerpt else { return lines }
    return lines.prefix(Self.excerpt) + ["… \(lines.count - Self.excerpt) more lines with --all"]
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    // Tabs are plain in sources; what else steers a terminal is escaped.
    return lines.map {
      printable($0.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "    "))
    }
  }
}

/// The lines that differ between two texts, with three lines of each side around them.
private func unified(_ old: [String], _ new: [String]) -> [String] {
  var removed: Set<Int> = []
  var inserted: Set<Int> = []
  for change in new.difference(from: old) {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): inserted.insert(offset)
    }
  }
  var lines: [String] = []
  var isChange: [Bool] = []
  var (left, right) = (0, 0)
  while left < old.count || right < new.count {
    if left < old.count, removed.contains(left) {
      lines.append("- " + old[left])
      isChange.append(true)
      left += 1
    } else if right < new.count, inserted.contains(right) {
      lines.append("+ " + new[right])
      isChange.append(true)
      right += 1
    } else {
      lines.append("  " + old[left])
      isChange.append(false)
      left += 1
      right += 1
    }
  }
  let context = 3
  var shown: Set<Int> = []
  for index in lines.indices where isChange[index] {
    shown.formUnion(max(0, index - context)...min(lines.count - 1, index + context))
  }
  var result: [String] = []
  for index in shown.sorted() {
    if index > 0, !shown.contains(index - 1) { result.append("@@ line \(index + 1)") }
    result.append(lines[index])
  }
  return result
}
