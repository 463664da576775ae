// What a shell offers after a tab, out of the store: fast, and nothing where there is no store.
import ArgumentParser
import Foundation
import Output
import RunStore

extension CompletionKind {
  /// What names a run.
  static var runs: CompletionKind { .custom { words, _, prefix in candidates(words) { try runNames($0, prefix) } } }

  /// What names a run or `best:` and a metric, and the filter of `runs`.
  static var filter: CompletionKind {
    .custom { words, _, prefix in candidates(words) { continued(prefix, with: try $0.columnNames()) } }
  }

  /// Columns with commas between them.
  static var columns: CompletionKind {
    .custom { words, _, prefix in candidates(words) { continued(prefix, with: try $0.columnNames()) } }
  }

  /// Names of series.
  static var series: CompletionKind { .custom { words, _, _ in candidates(words) { try $0.seriesNames() } } }

  /// Files of a store.
  static var store: CompletionKind { .file(extensions: ["sqlite"]) }
}

/// Runs that a shell offers, the latest ones.
private let runCount = 200

/// - Parameter words: the command line so far, which may name the store.
private func candidates(_ words: [String], _ body: (RunStore) throws -> [String]) -> [String] {
  let option = words.lastIndex(of: "--store").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
  let assigned = words.last { $0.hasPrefix("--store=") }.map { String($0.dropFirst("--store=".count)) }
  let path = assigned ?? option ?? environment("FASTSIM_STORE") ?? "fastsim.sqlite"
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  let store = try? RunStore(path: path, access: .read, settings: StoreSettings(busySeconds: 0.2))
  return store.flatMap { try? body($0) } ?? []
}

private func runNames(_ store: RunStore, _ prefix: String) throws -> [String] {
  if prefix.hasPrefix("best:") {
    return try store.columnNames().filter { $0.hasPrefix("metrics.") }.map { "best:" + $0.dropFirst("metrics.".count) }
  }
  let latest = try store.latestRuns(runCount)
  var names: [String] = []
  for run in latest where !names.contains(run.name) { names.append(run.name) }
  return ["latest", "best:"] + names + latest.map(\.number.description)
}

/// What was typed, with its last name replaced by each name that begins so.
private func continued(_ prefix: String, with names: [String]) -> [String] {
  let end = prefix.lastIndex { $0.isWhitespace || ["(", ","].contains($0) }.map { prefix.index(after: $0) }
  let start = end ?? prefix.firstIndex { !["'", "\""].contains($0) } ?? prefix.endIndex
  let (before, begun) = (String(prefix[..<start]), String(prefix[start...]))
  return names.filter { $0.hasPrefix(begun) }.map { before + $0 }
}
