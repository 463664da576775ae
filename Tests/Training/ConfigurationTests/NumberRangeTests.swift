// Every number of a config keeps the range that the handbook gives for it.
import Configuration
import Testing

/// A range as the handbook writes it: `1 to 10⁹`, `above 0, at most 1` or `0 to below 1`.
private struct DocumentedRange {
  let inside: [String]
  let outside: [String]

  init?(_ text: String, isWhole: Bool) {
    var plain = text.replacing("−", with: "-").replacing("2⁶⁴ - 1", with: "18446744073709551615")
    for (power, digits) in [("10⁶", "1000000"), ("10⁹", "1000000000"), ("10¹²", "1000000000000")] {
      plain = plain.replacing(power, with: digits)
    }
    guard let match = plain.wholeMatch(of: /(above )?(-?[0-9.]+)(?:,? at most | to )(below )?(-?[0-9.]+)/),
      let lower = Double(match.2), let upper = Double(match.4)
    else { return nil }
    let never = [".nan", ".inf", "-.inf", "1e999", "-1e999", "word", "[1]", "18446744073709551616"]
    if isWhole {
      let beyond = UInt64(match.4).map { $0 == .max ? "18446744073709551616" : "\($0 + 1)" } ?? ""
      inside = [String(match.2), String(match.4)]
      outside = never + [beyond, "\(Int(lower) - 1)", "\(Int(lower)).5", "-9223372036854775809"]
    } else {
      inside = [match.1 == nil ? lower : lower.nextUp, match.3 == nil ? upper : upper.nextDown].map { "\($0)" }
      outside =
        never + [match.1 == nil ? lower.nextDown : lower, match.3 == nil ? upper.nextUp : upper].map { "\($0)" }
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct NumberRangeTests {
  /// At each edge, beyond it, and with what is no number. A number inside its range may still be refused beside others,
  /// as fractions that do not add up to 1, but not as one that is out of range.
  @Test func everyNumberKeepsItsDocumentedRange() throws {
    let documented = try documentedKeys()
    func range(_ key: String) -> DocumentedRange? {
      guard let (type, text) = documented[key], type.contains("number"), !type.contains("numbers") else { return nil }
      // A number of a schedule has the range of the value.
      let value = key.split(separator: ".").dropLast().joined(separator: ".")
      let range = text == "that of the value" ? documented[value]?.range ?? "" : text
      return DocumentedRange(range, isWhole: type.contains("whole number"))
    }
    // The same key of two sections is read by the same code.
    func kind(_ key: String) -> String { (key.split(separator: ".").last ?? "") + " " + (documented[key]?.range ?? "") }
    var missing = Set(documented.keys.filter { range($0) != nil }.map(kind))
    #expect(missing.count > 35)
    for short in try complete + [shortest] + completeWithFits() {
      let text = try load(short).printed
      for (path, _) in try load(text).leaves {
        guard let range = range(generalised(path)), missing.remove(kind(generalised(path))) != nil else { continue }
        for value in range.inside {
          let answer = refusal(text, [(path, value)])
          #expect(!answer.contains("\(path): found"), "\(path)=\(value): \(answer)")
        }
        for value in range.outside {
          let answer = refusal(text, [(path, value)])
          #expect(answer.contains("\(path): found") && answer.contains("; expected"), "\(path)=\(value): \(answer)")
          #expect(!answer.contains("\n"), "\(path)=\(value)")
        }
      }
    }
    #expect(missing.sorted() == [])
  }
}
