// Decimal text is read to the nearest float64.
import Samples
import Testing

@Suite(.timeLimit(.minutes(20))) struct DecimalTests {
  @Test func hardDecimalsRoundCorrectly() throws {
    // Half-way cases and ends of the range, from the tests of strtod by R. Regan (exploringbinary.com) and IEEE 754.
    let cases: [(text: String, value: UInt64)] = [
      ("9007199254740993", 0x4340_0000_0000_0000), ("9007199254740993.0", 0x4340_0000_0000_0000),
      ("9007199254740993.00000000000000000000000000000000001", 0x4340_0000_0000_0001),
      ("9007199254740995", 0x4340_0000_0000_0002), ("18014398509481986", 0x4350_0000_0000_0000),
      ("2.2250738585072011e-308", 0x000F_FFFF_FFFF_FFFF), ("2.2250738585072012e-308", 0x0010_0000_0000_0000),
      ("4.9406564584124654e-324", 1), ("2.4703282292062327e-324", 0), ("2.4703282292062328e-324", 1),
      ("1.7976931348623157e308", 0x7FEF_FFFF_FFFF_FFFF), ("1.7976931348623159e308", 0x7FF0_0000_0000_0000),
      ("1e400", 0x7FF0_0000_0000_0000), ("-1e400", 0xFFF0_0000_0000_0000), ("1e-400", 0), ("-1e-400", 1 << 63),
      ("1e999999999999", 0x7FF0_0000_0000_0000), ("0e999999999999", 0), ("-0", 1 << 63), ("-0.000e5", 1 << 63),
      ("0.1", 0x3FB9_9999_9999_999A), ("1.0000000000000002220446049250313080847263336181640625", 0x3FF0_0000_0000_0001),
      ("1.00000000000000011102230246251565404236316680908203125", 0x3FF0_0000_0000_0000),
      ("1.00000000000000011102230246251565404236316680908203126", 0x3FF0_0000_0000_0001),
      ("1e23", 0x44B5_2D02_C7E1_4AF6), ("8.5e22", 0x44B1_FFDB_F6B2_B2EB),
      ("18446744073709551615", 0x43F0_0000_0000_0000),
      ("000000000000000000000000000001.5", 0x3FF8_0000_0000_0000), ("100000000000000000000e-20", 0x3FF0_0000_0000_0000),
      ("5.", 0x4014_0000_0000_0000), (".5", 0x3FE0_0000_0000_0000), ("+1E+2", 0x4059_0000_0000_0000),
      ("Infinity", 0x7FF0_0000_0000_0000), ("-iNF", 0xFFF0_0000_0000_0000),
    ]
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "x\n" + cases.map(\.text).joined(separator: "\n") + "\n")
    let values = try readTable(path).columns[0].values
    for (value, (text, expected)) in zip(values, cases) {
      #expect(value.bitPattern == expected, "\(text)")
    }
  }

  @Test(arguments: [15, 16, 17, 18, 19, 20, 25])
  func everyLengthOfDecimalsRoundsAsTheStandardLibraryDoes(digits: Int) throws {
    var texts: [String] = []
    for row in 0..<4000 {
      var text = uniform(UInt64(digits), 3 * row) < 0.5 ? "-" : ""
      let point = Int(uniform(UInt64(digits), 3 * row + 1) * Double(digits + 1))
      for digit in 0..<digits {
        if digit == point { text += "." }
        text += "\(Int(uniform(UInt64(digits) + 1000, row * 32 + digit) * 10))"
      }
      let exponent = Int((uniform(UInt64(digits), 3 * row + 2) - 0.5) * (row % 2 == 0 ? 50 : 640))
      texts.append(row % 4 == 3 ? text : "\(text)e\(exponent)")
    }
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "x\n" + texts.joined(separator: "\n"))
    let expected = try texts.map { try #require(Double($0)) }
    #expect(bits(try readTable(path).columns[0].values) == bits(expected))
  }

  @Test(arguments: ["abc", "1.2.3", "1e", "1e+", "--1", "0x10", "1_000", "1,5", "e5", ".", "-", "1 2", "nanx", "1e5x"])
  func whatIsNoNumberIsRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.tsv", "x\ty\n1\t2\n3\t\(text)\n")
    #expect(
      message { try readTable(path) }
        == "\(path): row 2 (line 3), column y: \"\(text)\" is not a number; correct the value or omit the column")
  }
}
