// docs/library.md has each public name of the product RunStore, and no other.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct LibraryPageTests {
  private let page: String

  init() throws {
    page = try String(contentsOf: packageFolder.appending(path: "docs/library.md"), encoding: .utf8)
  }

  @Test func everyPublicNameIsOnThePageAndEveryNameThereIsPublic() throws {
    let names = try publicNames()
    // The parser finds the names: a source whose public names it did not see would let any page pass.
    #expect(names.count > 250 && names.contains("RunStore.history(of:series:steps:)"))
    let documented = namesOfTypes().union(calls(among: names))
    #expect(documented.subtracting(names).sorted() == [], "on the page, not public")
    #expect(names.subtracting(documented).sorted() == [], "public, not on the page")
  }

  /// The parser on a text that has one of each kind of declaration.
  @Test func thePublicNamesOfASourceAreFound() {
    let source = """
      public struct Box: Sendable {
        public enum Kind: String {
          case small, large = "big"
        }
        public var kind: Kind
        let hidden: Int
        public init(_ kind: Kind, of sizes: [(Int, Int)] = []) {}
        package func secret() {}
      }
      extension Box {
        public static func joined(
          _ first: Box, with second: Box
        ) throws -> Box { first }
      }
      package enum Other {
        case hidden
      }
      """
    #expect(
      declarations(in: source) == [
        "Box", "Box.Kind", "Box.Kind.small", "Box.Kind.large", "Box.kind", "Box.init(_:of:)", "Box.joined(_:with:)",
      ])
  }

  // MARK: The page

  /// Of the table of types: `TYPE` and `TYPE.NAME` for each name in its last column.
  private func namesOfTypes() -> Set<String> {
    var names: Set<String> = []
    let lines = page.split(separator: "\n").drop { $0 != "## Types" }
    for line in lines where line.hasPrefix("| `") {
      let cells = line.split(separator: "|")
      guard cells.count == 3, let type = quoted(cells[0]).first else { continue }
      names.insert(type)
      names.formUnion(quoted(cells[2]).map { "\(type).\($0)" })
    }
    return names
  }

  /// The calls of `RunStore` and `LoggedRun`, which the sections above the types describe with their labels.
  private func calls(among names: Set<String>) -> Set<String> {
    let text = page.components(separatedBy: "\n## Types").first ?? ""
    let calls = quoted(text).filter { $0.wholeMatch(of: /[A-Za-z]+\([A-Za-z_:]*\)/) != nil }
    return Set(
      calls.map { call in
        if call.hasPrefix("RunStore(") { return "RunStore.init" + call.dropFirst("RunStore".count) }
        let candidates = ["RunStore", "LoggedRun"].map { "\($0).\(call)" }
        return candidates.first(where: names.contains) ?? call
      })
  }

  /// What stands between backquotes.
  private func quoted(_ text: some StringProtocol) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  // MARK: The sources

  /// What conformances to protocols of Swift ask for.
  private static let conformances: Set<String> = [
    "init(from:)", "encode(to:)", "<(left:right:)", "description", "init(booleanLiteral:)", "init(integerLiteral:)",
    "init(floatLiteral:)", "init(stringLiteral:)",
  ]

  private func publicNames() throws -> Set<String> {
    var names: Set<String> = []
    for folder in ["Sources/Store/RunStore", "Sources/Common/Digests"] {
      let root = packageFolder.appending(path: folder)
      for file in try FileManager.default.subpathsOfDirectory(atPath: root.path) where file.hasSuffix(".swift") {
        let source = try String(contentsOf: root.appending(path: file), encoding: .utf8)
        names.formUnion(
          declarations(in: source).filter { name in
            let scopes = ["Float", "Double", "Int64"]
            return !scopes.contains { name.hasPrefix($0 + ".") }
              && !Self.conformances.contains { name.hasSuffix("." + $0) }
          })
      }
    }
    return names
  }

  /// Public declarations of a formatted source, where each level is two spaces further in: types with those around them,
  /// functions with the labels of their parameters.
  private func declarations(in source: String) -> [String] {
    var names: [String] = []
    var scopes: [(indent: Int, name: String, casesArePublic: Bool)] = []
    let lines = source.components(separatedBy: "\n")
    for (index, line) in lines.enumerated() {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.isEmpty || text.hasPrefix("//") { continue }
      let indent = line.prefix { $0 == " " }.count
      while let last = scopes.last, indent <= last.indent { scopes.removeLast() }
      let prefix = scopes.map { $0.name + "." }.joined()
      if let match = text.prefixMatch(
        of:
          /(?<access>public )?(?:package |private |fileprivate )?(?:final )?(?<kind>struct|enum|class|extension|protocol) (?<name>[A-Za-z0-9.]+)/
      ) {
        let isPublic = match.access != nil && match.kind != "extension"
        if isPublic { names.append(prefix + match.name) }
        scopes.append((indent, String(match.name), isPublic && ["enum", "protocol"].contains(match.kind)))
        continue
      }
      if let scope = scopes.last, scope.casesArePublic, indent == scope.indent + 2 {
        if text.hasPrefix("case ") {
          let cases = text.components(separatedBy: "  //")[0].dropFirst(5).replacing(/\([^()]*\)/, with: "").split(
            separator: ",")
          names += cases.compactMap { $0.split(separator: " ").first }.map { prefix + $0 }
          continue
        }
        if let match = text.prefixMatch(of: /static var ([A-Za-z]+)/) {
          names.append(prefix + match.1)
          continue
        }
      }
      guard
        let match = text.prefixMatch(
          of: /public (?:static |convenience |mutating )*(?<kind>let|var|func|init)\b\??(?: (?<name>[A-Za-z]+|<))?/)
      else { continue }
      let name = match.kind == "init" ? "init" : String(match.name ?? "")
      names.append(
        prefix + name + (["func", "init"].contains(match.kind) ? labels(in: lines[index...].prefix(12)) : ""))
    }
    return names
  }

  /// The labels of a declaration's parameters, such as `(_:with:)`.
  private func labels(in lines: some Sequence<String>) -> String {
    var depth = 0
    var parameters = [""]
    for character in lines.joined(separator: " ").drop(while: { $0 != "(" }) {
      if "([<".contains(character) { depth += 1 }
      if ")]".contains(character) || (character == ">" && parameters.last?.last != "-") { depth -= 1 }
      if depth == 0 { break }
      if character == ",", depth == 1 {
        parameters.append("")
      } else {
        parameters[parameters.count - 1].append(character)
      }
    }
    let words = parameters.map { $0.drop { "( ".contains($0) } }
    return "(" + words.filter { !$0.isEmpty }.map { $0.prefix { !" :".contains($0) } + ":" }.joined() + ")"
  }
}
