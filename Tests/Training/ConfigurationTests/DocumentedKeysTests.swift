// The handbook's page of settings names every key that the decoders know, and no other.
import Configuration
import Foundation
import TestSupport
import Testing

/// The type and the range of each key in the page's tables. Lines before a table that begin with "At" give the sections
/// of its keys.
func documentedKeys() throws -> [String: (type: String, range: String)] {
  let page = try String(contentsOf: packageFolder.appending(path: "docs/config.md"), encoding: .utf8)
  var keys: [String: (type: String, range: String)] = [:]
  var sections: [String] = []
  for block in page.components(separatedBy: "\n\n") {
    let lines = block.split(separator: "\n")
    if lines.first?.hasPrefix("#") == true { sections = [] }
    if let range = block.range(of: #"(^|[.] )At `"#, options: .regularExpression) {
      sections = block[range.lowerBound...].split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 && $0.element.contains(".") }.map { String($0.element) }
    }
    guard lines.first?.hasPrefix("| key |") == true else { continue }
    for line in lines.dropFirst(2) {
      let key = String(line.split(separator: "`")[1])
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      for path in sections.isEmpty ? [key] : sections.map({ "\($0).\(key)" }) { keys[path] = (cells[1], cells[3]) }
    }
    sections = []
  }
  return keys
}

/// Paths with N for places in lists, without the parameters of densities, which their kinds name, with a schedule inside
/// another one as that one, with a layer of a residual block as a layer of its network, and with NAME for names that a config gives.
func generalised(_ path: String) -> String {
  var keys = path.split(separator: ".").map { Int($0) == nil ? String($0) : "N" }
  keys = keys.enumerated().filter { $0.element != "then" || $0.offset == keys.count - 1 }.map(\.element)
  for place in keys.indices.dropFirst() where ["critics", "heads", "compare"].contains(keys[place - 1]) {
    keys[place] = "NAME"
  }
  while let block = keys.indices.dropLast().first(where: {
    ["residual", "shortcut"].contains(keys[$0]) && keys[$0 + 1] == "N"
  }) {
    keys.removeSubrange(block...block + 1)
  }
  let isFit = keys.contains("splot") || keys.contains("probability")
  let end = keys.firstIndex { ["start", "fixed"].contains($0) && isFit } ?? keys.count - 1
  return keys[...end].joined(separator: ".")
}

private func ancestors(_ path: String) -> [String] {
  let keys = path.split(separator: ".")
  return keys.indices.dropFirst().map { keys[..<$0].joined(separator: ".") }
}

/// What a section's decoder says it knows when it meets a key that it does not.
private func knownKeys(of section: String, in text: String) -> [String] {
  let message = refusal(text, [("\(section.isEmpty ? "" : section + ".")qqqqqqqq", "1")])
  guard let range = message.range(of: "unknown key; expected ") else { return [] }
  return message[range.upperBound...].replacingOccurrences(of: " or ", with: ", ").components(separatedBy: ", ")
}

/// A complete config with both forms of a mass fit at both places.
func completeWithFits() throws -> [String] {
  let density = "{kind: chebyshev, degree: 1, fixed: {c1: 0}}"
  let components = "components: [{name: a, density: \(density)}, {name: b, density: \(density)}], signal: a"
  return try ["signal: \(density), background: \(density)", components].flatMap { fit in
    try ["splot", "probability"].map { kind in
      let weights = "{\(kind): {mass: mass, \(fit)}}"
      return try load(complete[0], [("data.weights", weights), ("evaluation.against.weights", weights)]).printed
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct DocumentedKeysTests {
  @Test
  func everyKeyIsDocumented() throws {
    let documented = try Set(documentedKeys().keys)
    #expect(documented.count > 100)
    var leaves: Set<String> = []
    var known: Set<String> = []
    for text in try complete + [shortest] + completeWithFits() {
      let paths = try load(text).leaves.map(\.path)
      leaves.formUnion(paths.map(generalised))
      for section in Set(paths.flatMap(ancestors) + [""]) {
        known.formUnion(knownKeys(of: section, in: text).map { generalised(section.isEmpty ? $0 : "\(section).\($0)") })
      }
    }
    #expect(known.count > 100)
    let sections = Set(documented.flatMap(ancestors))
    #expect(leaves.subtracting(documented).sorted() == [])
    #expect(known.subtracting(documented).subtracting(sections).sorted() == [])
    #expect(documented.subtracting(known).sorted() == [])
  }
}
