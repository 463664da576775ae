// Canonical JSON against the examples of RFC 8785 and against a table that a Python script computed.
import CanonicalJSON
import Foundation
import TestSupport
import Testing

private func lines(_ file: String) throws -> [Substring] {
  try String(contentsOf: fixture("canonical_json/\(file)"), encoding: .utf8).split(separator: "\n")
}

@Suite(.timeLimit(.minutes(20))) struct CanonicalJSONTests {
  /// RFC 8785, appendix B: the bits of a float64 and its text.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
      (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
      (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
      (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
      (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
      (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
      (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
      (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
      (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
      (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
  func numbersOfTheStandard(_ bits: UInt64, _ text: String) {
    #expect(CanonicalJSON.number(Double(bitPattern: bits)).text == text)
  }

  /// RFC 8785, section 3.2.2: the example for all kinds of values.
  @Test func arraysAndStructuresOfTheStandard() throws {
    let source = #"""
      {
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }
      """#
    let expected =
      #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
      + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
    #expect(try CanonicalJSON(json: source).text == expected)
  }

  /// RFC 8785, section 3.2.3: keys in the order of their UTF-16 code units.
  @Test func sortingOfTheStandard() throws {
    let source = #"""
      {
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
      }
      """#
    let text = try CanonicalJSON(json: source).text
    let values = [
      "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]
    let places = try values.map { try #require(text.range(of: $0)).lowerBound }
    #expect(places == places.sorted())
  }

  @Test func numbersOfTheTableThatPythonComputed() throws {
    let lines = try lines("numbers.csv").dropFirst()
    #expect(lines.count == 2500)
    for line in lines {
      let fields = line.split(separator: ",")
      let value = Double(bitPattern: try #require(UInt64(fields[0], radix: 16)))
      let text = CanonicalJSON.number(value).text
      #expect(text == fields[1])
      #expect(Double(text) == value)
    }
  }

  @Test func objectsOfTheTableThatPythonComputed() throws {
    let lines = try lines("objects.tsv")
    #expect(lines.count == 200)
    for line in lines {
      let fields = line.split(separator: "\t")
      #expect(try CanonicalJSON(json: String(fields[0])).text == fields[1])
    }
  }

  @Test(arguments: [
    (CanonicalJSON.number(.nan), #""NaN""#), (.number(.infinity), #""Infinity""#),
    (.number(-.infinity), #""-Infinity""#),
    (.integer(9_007_199_254_740_991), "9007199254740991"), (.integer(9_007_199_254_740_992), #""9007199254740992""#),
    (.integer(.min), #""-9223372036854775808""#), (.unsigned(.max), #""18446744073709551615""#), (.unsigned(7), "7"),
  ])
  func numbersThatJSONLacksAreStrings(_ value: CanonicalJSON, _ text: String) {
    #expect(value.text == text)
  }

  /// What an RFC 8785 canonicaliser does to our text: nothing.
  @Test func canonicalTextIsItsOwnCanonicalText() throws {
    let value = CanonicalJSON.object([
      ("seed", .unsigned(.max)), ("rate", .number(1e-7)), ("steps", .integer(3)), ("nan", .number(.nan)),
      ("large", .number(0x1p60)),
      ("names", .list([.text("a\u{85}\u{2028}\"\\"), .null])), ("empty", .object([])),
    ])
    #expect(try CanonicalJSON(json: value.text).text == value.text)
  }

  @Test func encodableValuesBecomeCanonical() throws {
    struct Report: Encodable {
      let lastStep: Int
      let valueNow: [Double]
      let isWhole: Bool
      let note: String?
    }
    let report = Report(lastStep: 3, valueNow: [1, 0.1, .nan, 1e21], isWhole: true, note: nil)
    #expect(
      try CanonicalJSON(encoding: report, snakeCase: true).text
        == #"{"is_whole":true,"last_step":3,"value_now":[1,0.1,"NaN",1e+21]}"#)
  }

  @Test func printedStringsAreHarmlessToATerminal() {
    #expect(jsonString("\u{1B}[2J\u{9B}\u{2028}é") == #""\u001b[2J\u009b\u2028é""#)
  }
}
