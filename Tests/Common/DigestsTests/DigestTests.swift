// SHA-256 against the standard's examples and Python's hashlib (Tests/Fixtures/sha256), in one piece and in many.
import CSHA256
import Digests
import Foundation
import TestSupport
import Testing

private struct Row {
  let length: Int
  let digest: String
}

private func rows() throws -> [Row] {
  try String(contentsOf: fixture("sha256/sha256.csv"), encoding: .utf8).split(separator: "\n").dropFirst().map { line in
    let fields = line.split(separator: ",")
    return Row(length: try #require(Int(fields[0])), digest: String(fields[1]))
  }
}

private func message(_ length: Int) -> [UInt8] { (0..<length).map { UInt8((167 * $0 + 13) % 251) } }

@Suite(.timeLimit(.minutes(20))) struct DigestTests {
  /// FIPS 180-4's examples, as NIST publishes them.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func theStandardsExamplesHold(_ message: String, _ digest: String) {
    #expect(Digest(of: message).hex == digest)
  }

  @Test func messagesOfEveryLengthHaveThePublishedDigest() throws {
    let rows = try rows()
    #expect(rows.count > 300)
    for row in rows { #expect(Digest(of: message(row.length)).hex == row.digest, "\(row.length) bytes") }
  }

  @Test func aMessageInPiecesHasTheDigestOfTheWhole() throws {
    var dice = Dice.cast()
    for row in try rows() where row.length > 1 {
      let bytes = message(row.length)
      var stream = DigestStream()
      var place = 0
      while place < bytes.count {
        let end = min(place + dice.below(200), bytes.count)
        stream.update(bytes[place..<end])
        place = end
      }
      #expect(stream.finalise().hex == row.digest, "\(row.length) bytes")
      #expect(stream.finalise().hex == row.digest, "asking twice changes nothing")
    }
  }

  @Test func theProcessorsInstructionsAndThePortableCodeAgree() {
    guard fs_sha256_has_instructions() else { return }
    let bytes = message(64 * 37)
    for count in 0...37 {
      var (portable, fast) = (fs_sha256_begin(), fs_sha256_begin())
      withUnsafeMutableBytes(of: &portable.state) {
        fs_sha256_blocks_portable($0.baseAddress?.assumingMemoryBound(to: UInt32.self), bytes, count)
      }
      withUnsafeMutableBytes(of: &fast.state) {
        fs_sha256_blocks_instructions($0.baseAddress?.assumingMemoryBound(to: UInt32.self), bytes, count)
      }
      #expect(withUnsafeBytes(of: portable.state) { Array($0) } == withUnsafeBytes(of: fast.state) { Array($0) })
    }
  }

  @Test(arguments: ["", "00", String(repeating: "0", count: 63), String(repeating: "g", count: 64)])
  func whatIsNoDigestIsRejected(_ text: String) {
    #expect(Digest(hex: text) == nil)
  }
}
