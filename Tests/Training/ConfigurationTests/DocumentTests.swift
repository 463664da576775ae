// Documents that are no config at all: syntax errors, repeated keys, tags, aliases, other shapes.
import Configuration
import Foundation
import Testing

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
    "run.yaml:2: found a YAML syntax error (but found another document); expected a YAML document"
  ),
  ("name: *a", "run.yaml:1: found a YAML syntax error (found undefined alias); expected a YAML document"),
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

@Test
func aliasesOfAliasesStayCheap() {
  var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
  for level in 1...12 {
    text += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
  }
  // The parser itself would look at every value of a key.
  for document in [text, text + "? *a12\n: 1\n", "? *a12\n: 1\n" + text] {
    let message = refusal(document)
    #expect(message.hasPrefix("run.yaml:"))
    #expect(message.hasSuffix(": found more than 32 aliases; expected at most 32"))
  }
}

@Test
func aliasesOfLongListsAreCounted() {
  let list = (0..<1000).map { "\($0)" }.joined(separator: ", ")
  let tens = (0..<10).map { _ in "*b" }.joined(separator: ", ")
  let text = "a: &a [\(list)]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [\(tens)]\nd: [*c, *c]\n"
  // Before c come 1 + 1001 + 10 011 values; c itself, 8 · 10 011, then 1 + 8 · 1001 + 1 leave 888 to the limit.
  #expect(
    refusal(text)
      == "run.yaml:1: c.8.8.888: found too many values; expected at most 100000 values, nested at most 32 deep")
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
