// Counted words, times, identifiers and printable texts.
import Foundation
import Testing
import Text

@Suite(.timeLimit(.minutes(20))) struct TextTests {
  @Test func oneIsSingularAndAllElsePlural() {
    #expect(counted(1, "value") == "1 value")
    #expect([0, 2, -1].map { counted($0, "value") } == ["0 values", "2 values", "-1 values"])
    #expect(counted(3, "loss", "losses") == "3 losses")
  }

  /// `date -u -d @SECONDS` of GNU coreutils.
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1_559_046_896_789, "2019-05-28T12:34:56.789Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    ] as [(Int64, String)]) func timesAreWrittenInMilliseconds(milliseconds: Int64, text: String)
  {
    #expect(timeText(milliseconds) == text)
  }

  @Test(arguments: [.min, .max, -62_167_219_200_001, 253_402_300_800_000] as [Int64])
  func timesOutsideTheCalendarHaveNoText(milliseconds: Int64) {
    #expect(timeText(milliseconds) == nil)
  }

  @Test func theCurrentTimeIsBetweenTwoReadingsOfTheClock() throws {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let before = Date().timeIntervalSince1970
    let now = try Date(currentTime(), strategy: style).timeIntervalSince1970
    #expect((before - 0.002...Date().timeIntervalSince1970 + 0.002).contains(now))
  }

  @Test func identifiersAreRandomUUIDs() throws {
    let identifiers = (0..<100).map { _ in newUUID() }
    #expect(Set(identifiers).count == 100)
    for identifier in identifiers {
      #expect(identifier == identifier.lowercased())
      let bytes = try #require(UUID(uuidString: identifier)).uuid
      #expect(bytes.6 >> 4 == 4 && bytes.8 >> 6 == 2)
    }
  }

  @Test func hexadecimalDigitsAreGroupedLikeAUUID() {
    #expect(uuidText("0123456789ABCDEF0123456789abcdef") == "01234567-89ab-cdef-0123-456789abcdef")
    for text in ["", "0123", "g123456789abcdef0123456789abcdef", "０123456789abcdef0123456789abcdef"] {
      #expect(uuidText(text) == nil)
    }
  }

  @Test func whatWouldSteerATerminalIsEscaped() {
    #expect(printable("kaons é 👩‍🔬") == "kaons é 👩‍🔬")
    #expect(printable("a\u{1B}[2J\n\u{85}\u{202E}b\u{2028}") == "a\\u{1B}[2J\\n\\u{0085}\\u{202E}b\\u{2028}")
    for scalar in (0...UInt32(0x9F)).compactMap(Unicode.Scalar.init) {
      #expect(steersTerminal(scalar) == (scalar.value < 0x20 || scalar.value >= 0x7F), "\(scalar.value)")
    }
  }
}
