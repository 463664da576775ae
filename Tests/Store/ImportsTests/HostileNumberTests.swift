// Imports of files whose numbers are at the edges of what their fields hold, and of files with changed bytes.
import Exchange
import Foundation
import Imports
import Maintenance
import RunStore
import TestSupport
import Testing

/// CRC-32C as TensorFlow masks it.
private func maskedChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var rest = ~UInt32(0)
  for byte in bytes {
    rest ^= UInt32(byte)
    for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82f6_3b78 : rest >> 1 }
  }
  rest = ~rest
  return (rest >> 15 | rest << 17) &+ 0xa282_ead8
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A record of an event file.
private func record(_ bytes: [UInt8]) -> [UInt8] {
  let length = littleEndian(UInt64(bytes.count))
  return length + littleEndian(maskedChecksum(length)) + bytes + littleEndian(maskedChecksum(bytes))
}

private func varint(_ value: UInt64) -> [UInt8] {
  var (rest, bytes) = (value, [UInt8]())
  while rest >= 0x80 {
    bytes.append(UInt8(rest & 0x7f) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

/// An event with one scalar.
private func event(step: Int64, time: Double, value: Float = 1) -> [UInt8] {
  let tag = Array("loss".utf8)
  let scalar = [0x0a, UInt8(tag.count)] + tag + [0x15] + littleEndian(value.bitPattern)
  let summary = [0x0a, UInt8(scalar.count)] + scalar
  return [0x09] + littleEndian(time.bitPattern) + [0x10] + varint(UInt64(bitPattern: step)) + [
    0x2a, UInt8(summary.count),
  ] + summary
}

private func write(_ bytes: [UInt8], to folder: URL) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  try Data(bytes).write(to: folder.appending(path: "events.out.tfevents.1.host"))
}

private let largest: Int64 = (1 << 53) - 1

@Suite(.timeLimit(.minutes(20))) struct HostileNumberTests {
  @Test(arguments: [
    [Int64.min], [.max], [largest + 1], [-largest - 1], [.min, .max], [0, .max], [-largest, largest],
  ])
  func eventsWithImpossibleStepsKeepTheirRunOut(_ steps: [Int64]) throws {
    let room = try Room()
    defer { room.remove() }
    let logs = room.folder.appending(path: "logs")
    try write(steps.flatMap { record(event(step: $0, time: 1)) }, to: logs.appending(path: "bad"))
    try write(record(event(step: 3, time: 1)), to: logs.appending(path: "good"))
    let report = try importRuns(from: logs.path, into: room.store)
    #expect(report.unreadable.map(\.name) == ["bad"])
    #expect(report.unreadable.allSatisfy { $0.reason.contains("has to be a whole number from") })
    #expect(try room.store.runs().map(\.name) == ["good"])
  }

  @Test(arguments: [[-largest, 0], [0, largest], [-largest, -largest + 1]])
  func theLargestStepsAreKept(_ steps: [Int64]) throws {
    let room = try Room()
    defer { room.remove() }
    let logs = room.folder.appending(path: "logs")
    try write(steps.flatMap { record(event(step: $0, time: 1)) }, to: logs)
    #expect(try importRuns(from: logs.path, into: room.store).isWhole)
    let run = try #require(try room.store.runs().first)
    let shift = max(0, -(steps.min() ?? 0))
    #expect(try room.store.history(of: run.number, series: ["loss"]).map(\.step) == steps.map { Int($0 + shift) })
    #expect(try Doctor(room.store).verify(run: run.number).isEmpty)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude, 9.3e15])
  func anyClockIsTaken(_ time: Double) throws {
    let room = try Room()
    defer { room.remove() }
    let logs = room.folder.appending(path: "logs")
    try write(record(event(step: 1, time: time)), to: logs)
    #expect(try importRuns(from: logs.path, into: room.store).isWhole)
    let run = try #require(try room.store.runs().first)
    #expect(run.created.count == "1970-01-01T00:00:00.000Z".count)
  }

  @Test(arguments: [
    ("UPDATE metrics SET step = 9223372036854775807 WHERE rowid = (SELECT min(rowid) FROM metrics)", 1),
    ("UPDATE metrics SET step = -9223372036854775808 WHERE rowid = (SELECT min(rowid) FROM metrics)", 1),
    ("UPDATE metrics SET step = 9007199254740992 WHERE rowid = (SELECT min(rowid) FROM metrics)", 1),
    ("UPDATE metrics SET timestamp = 9223372036854775807", 0),
    ("UPDATE metrics SET timestamp = -9223372036854775808", 0),
    ("UPDATE runs SET start_time = 9223372036854775807, end_time = -9223372036854775808", 0),
    ("UPDATE runs SET start_time = -9223372036854775808, deleted_time = 9223372036854775807", 0),
  ]) func anMLflowStoreWithExtremeNumbersIsReadOrRefusedByRun(_ sql: String, _ refused: Int) throws {
    let room = try Room()
    defer { room.remove() }
    let path = room.folder.appending(path: "mlflow.db").path
    try FileManager.default.copyItem(atPath: fixture("mlflow/mlflow.db").path, toPath: path)
    let whole = try importRuns(from: path, into: room.store, dryRun: true)
    try python("import sqlite3; db = sqlite3.connect('\(path)'); db.execute('''\(sql)'''); db.commit()")
    let report = try importRuns(from: path, into: room.store)
    #expect(report.unreadable.count == refused, "\(report.unreadable)")
    #expect(report.unreadable.allSatisfy { $0.reason.contains("has to be a whole number from") })
    #expect(report.merge.runs.count == whole.merge.runs.count - refused)
    for run in try room.store.runs() { #expect(try Doctor(room.store).verify(run: run.number).isEmpty) }
  }

  /// Records of the fixture's files with changed bytes and the right checksums, so that the reader of messages sees them.
  @Test(arguments: 0..<4) func changedEventFilesAreTakenOrRefused(_ seed: Int) throws {
    var random = Dice(UInt64(seed))
    let room = try Room()
    defer { room.remove() }
    let originals = try records()
    #expect(originals.count > 20)
    let logs = room.folder.appending(path: "logs")
    let count = 60
    for number in 0..<count {
      var bytes: [UInt8] = []
      for _ in 0..<5 {
        var message = originals[random.below(originals.count)]
        for _ in 0..<random.below(4) + 1 { mutate(&message, &random) }
        bytes += record(message)
      }
      // Some lose their checksums, too.
      if random.below(4) == 0 { mutate(&bytes, &random) }
      try write(bytes, to: logs.appending(path: "run-\(number)"))
    }
    let report = try importRuns(from: logs.path, into: room.store)
    #expect(report.merge.runs.count + report.unreadable.count == count, "seed \(seed)")
    for run in try room.store.runs() { #expect(try Doctor(room.store).verify(run: run.number).isEmpty, "seed \(seed)") }
  }

  private func records() throws -> [[UInt8]] {
    let folder = fixture("tensorboard/logs").path
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try names.sorted().filter { $0.contains("tfevents") }.flatMap { name in
      var rest = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))[...]
      var records: [[UInt8]] = []
      while rest.count > 16 {
        let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        records.append(Array(rest.dropFirst(12).prefix(length)))
        rest = rest.dropFirst(length + 16)
      }
      return records
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Dice) {
    guard !bytes.isEmpty else { return }
    let place = random.below(bytes.count)
    switch random.below(5) {
    case 0: bytes[place] = UInt8(random.below(256))
    case 1: bytes[place] ^= 1 << UInt8(random.below(8))
    case 2: bytes.removeLast(bytes.count - place)
    case 3: bytes.insert(contentsOf: repeatElement(0xff, count: random.below(12)), at: place)
    default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(20))], at: place)
    }
  }
}
