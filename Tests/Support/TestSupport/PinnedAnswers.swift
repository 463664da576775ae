// Digests that a training gives on every machine, as committed in Tests/Fixtures/pinned_answers.csv.
internal import Foundation

/// The digests of a short training: of its parameters, and of its chain where it has one.
package struct PinnedAnswer {
  package let parameters: String
  package let chain: String?
}

/// The pinned answers by name. A change of any of them is a change of the numerics, and raises `FS_NUMERICS`.
package func pinnedAnswers() throws -> [String: PinnedAnswer] {
  let lines = try String(contentsOf: fixture("pinned_answers.csv"), encoding: .utf8).split(separator: "\n").dropFirst()
  return Dictionary(
    uniqueKeysWithValues: lines.map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return (fields[0], PinnedAnswer(parameters: fields[1], chain: fields[2].isEmpty ? nil : fields[2]))
    })
}
