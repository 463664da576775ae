// Documents that are no config at all: syntax errors, repeated keys, tags, aliases, other shapes.
import Configuration
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct DocumentTests {
  @Test(arguments: [
    (
      "",
      "run.yaml:1: found nothing; expected a section with name, seed, data, model, training, checkpoint, evaluation and sweep"
    ),
    (
      "- 1",
      "run.yaml:1: found a list of 1 value; expected a section with name, seed, data, model, training, checkpoint, evaluation and sweep"
    ),
    ("name: a\nname: b", "run.yaml:2: name: found twice, first on line 1; expected each key once"),
    (
      "name: a\ndata:\n  file: b\n  \"file\": c",
      "run.yaml:4: data.file: found twice, first on line 3; expected each key once"
    ),
    (
      "name: a\ndata: {split: {train: 1, test: 0, train: 1}}",
      "run.yaml:2: data.split.train: found twice, first on line 2; expected each key once"
    ),
    ("name: [a", "run.yaml:2: found a YAML syntax error (did not find expected ',' or ']'); expected a YAML document"),
    (
      "name: a\n\tseed: 1",
      "run.yaml:2: found a YAML syntax error (found a tab character that violates indentation); expected a YAML document"
    ),
    (
      "name: a\n seed: 1",
      "run.yaml:2: found a YAML syntax error (mapping values are not allowed in this context); expected a YAML document"
    ),
    (
      "name: a\n---\nname: b",
      "run.yaml:2: found a second document; expected one YAML document"
    ),
    ("name: *a", "run.yaml:1: name: found the unknown alias \"a\"; expected an anchor before it"),
    (
      "name: !!python/object a",
      "run.yaml:1: name: found the YAML tag \"tag:yaml.org,2002:python/object\"; expected a value without a tag"
    ),
    ("name: a\ndata: !mine {}", "run.yaml:2: data: found the YAML tag \"!mine\"; expected a value without a tag"),
    ("? [a]\n: b", "run.yaml:1: found a key that is no text; expected a name"),
    ("<<: 5", "run.yaml:1: <<: found 5; expected a section to merge"),
  ])
  func aDocumentThatIsNoConfigIsRefused(text: String, message: String) {
    #expect(refusal(text) == message)
  }

  /// Twelve levels of ten aliases each stand for 10¹³ values.
  @Test
  func aliasesOfAliasesAreCountedAndNotExpanded() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      text += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
    }
    for document in [text, text + "? *a12\n: 1\n", text + "b: {<<: *a12}\n"] {
      #expect(
        refusal(document)
          == "run.yaml:5: a4.7: found too many values; expected at most 100000 values, nested at most 32 deep")
    }
  }

  @Test
  func manyAliasesOfShortValuesAreAllowed() {
    let text = "name: &n x\nother: [\((0..<500).map { _ in "*n" }.joined(separator: ", "))]\n"
    #expect(refusal(text).hasPrefix("run.yaml:2: other: unknown key"))
  }

  @Test
  func aliasesOfLongListsAreCounted() {
    let list = (0..<1000).map { "\($0)" }.joined(separator: ", ")
    let tens = (0..<10).map { _ in "*b" }.joined(separator: ", ")
    let text = "a: &a [\(list)]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [\(tens)]\nd: [*c, *c]\n"
    // The root, a and b are 1 + 1001 + 10 011 values; c itself and 9 aliases of b would be 90 100 more.
    #expect(
      refusal(text)
        == "run.yaml:3: c.8: found too many values; expected at most 100000 values, nested at most 32 deep")
  }

  @Test
  func nestedAliasesCountAsDeepAsTheyAre() {
    let deep = String(repeating: "[", count: 20) + "1" + String(repeating: "]", count: 20)
    let text = "a: &a \(deep)\nb: \(String(repeating: "[", count: 20))*a\(String(repeating: "]", count: 20))\n"
    #expect(refusal(text).hasPrefix("run.yaml:2: b.0.0.0"))
    #expect(refusal(text).contains("found too many values"))
  }

  /// The second place is named, the first is told, whatever stands before the key and in whatever style.
  @Test(arguments: [
    ("a: 1\nb:\n  c:\n    d: {e: 1, f: 2,\n      e: 3}\n", 5, "b.c.d.e", 4),
    ("a:\n- b: 1\n- c: 2\n  d: 3\n  c: 4\n", 5, "a.1.c", 3),
    ("größe: {名前: 1, \"名前\": 2}\n", 1, "größe.名前", 1),
    ("é: \"名\"\n'k': 1\nk : 2\n", 3, "k", 2),
    ("a: 1\r\nb: 2\r\na: 3\r\n", 3, "a", 1),
    ("\u{FEFF}a: 1\nb: 2\na: 3\n", 3, "a", 1),
    ("a: |\n  a: 1\n  a: 2\nb: \"a: 1\n  a: 2\"\na: 1\n", 6, "a", 1),
    ("x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x\n", 4, "y.<<", 3),
    ("? a\n: 1\n# a: 2\n? a\n: 3\n", 4, "a", 1),
    ("a: 1\n\"\\x61\": 2\n", 2, "a", 1), ("a:\t1\nb:\t[\t2]\na:\t3\n", 3, "a", 1),
  ])
  func aRepeatedKeyIsFoundWhereItStands(text: String, line: Int, path: String, first: Int) {
    #expect(refusal(text) == "run.yaml:\(line): \(path): found twice, first on line \(first); expected each key once")
  }

  @Test
  func equalKeysOfDifferentSectionsAreNotRepeated() {
    #expect(refusal("a: {k: 1}\nb: [{k: 1}, {k: 1}]\nk: 1\n").hasPrefix("run.yaml:1: a: unknown key"))
  }

  @Test(arguments: [
    ("# nothing\n", 1), ("", 1), ("\u{FEFF}", 1), ("---\n...\n", 2), ("\n\n~\n", 3),
  ])
  func anEmptyDocumentIsNothing(text: String, line: Int) {
    #expect(refusal(text).hasPrefix("run.yaml:\(line): found nothing; expected a section"))
  }

  @Test(arguments: [("name: a\n---\nname: b\n", 2), ("--- {a: 1}\n...\n\n--- {b: 2}\n", 4)])
  func aSecondDocumentIsRefusedWhereItBegins(text: String, line: Int) {
    #expect(refusal(text) == "run.yaml:\(line): found a second document; expected one YAML document")
  }

  @Test(arguments: [
    ("name: a\r\nseed: \u{1}\r\n", 2), ("größe: 1\n名前: [a\n", 3), ("a: 1\nb: 2\n\tc: 3\n", 3),
    ("\u{FEFF}a: 1\n  b: 2\n", 2),
  ])
  func aSyntaxErrorNamesItsLine(text: String, line: Int) {
    #expect(refusal(text).hasPrefix("run.yaml:\(line): found a YAML syntax error ("), "\(refusal(text))")
  }

  @Test(arguments: [
    ("größe: x\nname: 5\n", 1), ("# é\r\n\r\nname:\r\n  5\r\n", 3), ("\u{FEFF}{name:\n 5}\n", 1),
    ("name: |\n  é\n  b\nseed: x\n", 1),
  ])
  func aLineIsThatOfTheKey(text: String, line: Int) {
    #expect(refusal(text).hasPrefix("run.yaml:\(line): "), "\(refusal(text))")
  }

  @Test(arguments: ["[", "{a: ", "- "])
  func deepNestingIsRefused(opening: String) {
    for depth in [40, 100_000] {
      #expect(refusal("name: x\ndata:\n  " + String(repeating: opening, count: depth)).hasPrefix("run.yaml:"))
    }
  }

  @Test
  func anAliasStandsForWhatItNames() throws {
    let text = shortest.replacingOccurrences(of: "{layers: 2, units: 8}", with: "&net {layers: 2, units: 8}")
      .replacingOccurrences(of: "{layers: 2, units: 8, outputs: 4}", with: "{<<: *net, outputs: 4}")
    #expect(try load(text) == load(shortest))
  }

  @Test
  func everyAnswerIsOneLine() {
    let texts = ["name: \"a\\nb\"\nda\"ta\": 1", "\"a\\nb\": 1", "name: a\u{0}b", "\u{7}", "name: |\n  a\n  b\n"]
    for text in texts {
      let message = refusal(text)
      #expect(message != "accepted")
      #expect(!message.contains { $0.isNewline }, "\(message)")
    }
  }
}
