// Datasets and splits are named by the exact bytes that docs/datasets.md states.
import Digests
import Foundation
import ReferenceCases
import Samples
import TestSupport
import Testing

private let roles: [(role: ColumnRole, name: String)] = [
  (.condition, "P"), (.condition, "ETA"), (.condition, "nTracks"), (.target, "RichDLLk"), (.weight, "probe_sWeight"),
  (.mass, "mass"),
]

private func dataset(_ table: Table, _ roles: [(role: ColumnRole, name: String)] = roles) throws -> Dataset {
  try Dataset(name: "t", source: "t", columns: try roles.map { ($0.role, try table.column($0.name)) })
}

@Suite(.timeLimit(.minutes(20))) struct DigestTests {
  @Test func digestsAreThoseOfTheStatedBytes() throws {
    let column = Column(name: "P", values: [1, -0.0])
    let bytes =
      Array("fastsim column 1\nP\nfloat64\n2\n".utf8) + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x80]
    #expect(column.digest() == Digest(of: bytes))
    let data = try Dataset(name: "any", source: "thing", columns: [(.target, column)])
    #expect(data.columnDigests == [column.digest()])
    #expect(data.digest == Digest(of: "fastsim dataset 1\ntarget\t\(column.digest().hex)\n"))
  }

  @Test(arguments: [
    "table.csv", "semicolon_crlf.csv", "table.tsv", "structured.npy", "f64.npy", "f64_fortran.npy", "big_endian.npy",
  ])
  func pythonFindsTheSameDigests(file: String) throws {
    let script = packageFolder.appending(path: "Examples/dataset_digest.py").path
    let path = fixturePath("io_formats", file)
    let isNamed = file.hasSuffix("v") || file.hasPrefix("s")
    let roles = isNamed ? roles : roles.enumerated().map { ($1.role, "c\($0)") }
    let output = try python([script, path] + roles.map { "\($0.role.rawValue)=\($0.name)" })
    let data = try dataset(try readTable(path), roles)
    let lines = zip(data.columnDigests, roles).map { "\($0.hex) \($1.role.rawValue) \($1.name)" }
    #expect(output == (lines + ["\(data.digest.hex) dataset"]).joined(separator: "\n") + "\n")
  }

  /// The example is complete: a file, a command, what it prints. The program's own digests are the same.
  @Test func theHandbooksExamplePrintsWhatItShows() throws {
    let handbook = try String(contentsOf: packageFolder.appending(path: "docs/datasets.md"), encoding: .utf8)
    let lines = handbook.split(separator: "\n").map { $0.trimmingPrefix("    ") }
    let shown = try #require(lines.firstIndex { $0.hasPrefix("$ cat ") })
    let command = try #require(lines.firstIndex { $0.hasPrefix("$ python3 ") })
    let words = lines[command].split(separator: " ").dropFirst(2).map(String.init)
    let (script, name, roles) = (words[0], words[1], words.dropFirst(2).map { $0.split(separator: "=") })
    #expect(lines[shown] == "$ cat \(name)")
    let folder = try TemporaryFolder()
    let path = try folder.write(name, lines[(shown + 1)..<command].map { $0 + "\n" }.joined())
    let output = try python([packageFolder.appending(path: script).path, path] + words.dropFirst(2))
    #expect(output == lines[(command + 1)...(command + 1 + roles.count)].map { $0 + "\n" }.joined())
    let data = try dataset(
      try readTable(path), try roles.map { (try #require(ColumnRole(rawValue: String($0[0]))), String($0[1])) })
    #expect(output.hasSuffix("\(data.digest.hex) dataset\n"))
  }

  @Test func oneBitOfOneColumnChangesItsDigestAndTheDatasets() throws {
    let table = try readTable(fixturePath("io_formats", "table.csv"))
    let data = try dataset(table)
    var columns = table.columns
    columns[5].values[17] = columns[5].values[17].nextUp
    let changed = try dataset(try Table(columns: columns))
    #expect(changed.digest != data.digest)
    #expect(zip(changed.columnDigests, data.columnDigests).map { $0 == $1 } == [true, true, true, true, false, true])
    var other = roles
    other[5].role = .other
    #expect(try dataset(table, other).digest != data.digest)
    #expect(try dataset(table, roles.reversed()).digest != data.digest)
    #expect(try dataset(table, roles.reversed()).columnDigests == data.columnDigests.reversed())
  }

  @Test func datasetsKnowTheirWeights() throws {
    let table = try readTable(fixturePath("io_formats", "table.csv"))
    let data = try dataset(table)
    let weights = try table.column("probe_sWeight").values
    let rows = try ReferenceCase("io_formats").values("shape")[0]
    #expect(Double(data.rowCount) == rows)
    #expect(abs(data.weightSum - weights.reduce(0, +)) < 1e-12)
    #expect(abs(data.weightSumSquares - weights.reduce(0) { $0 + $1 * $1 }) < 1e-12)
    #expect(data.weightValues.map(bits) == bits(weights))
    #expect(data.columns(.condition).map(\.name) == ["P", "ETA", "nTracks"])
    let plain = try dataset(table, [(.target, "P")])
    #expect(plain.weightSum == rows && plain.effectiveSize == rows && plain.weightValues == nil)
    #expect(
      message { try dataset(table, [(.weight, "P"), (.weight, "ETA")]) }
        == "t: columns P and ETA are both weights; multiply them into one")
  }
}
