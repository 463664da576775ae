// Full disks, read-only files, names with escapes and SQL: one line, and nothing lost.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AbuseTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
  }

  @discardableResult
  private func done(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> ProgramOutput {
    let output = try workshop.fastsim(arguments)
    #expect(output.status == 0, "\(arguments): \(output.err)\(output.out)", sourceLocation: sourceLocation)
    return output
  }

  private func expectRefused(_ output: ProgramOutput, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(output.status == 1, "\(output.err)\(output.out)", sourceLocation: sourceLocation)
    #expect(output.signal == 0, sourceLocation: sourceLocation)
    #expect(output.complaints.count == 1, "\(output.err)", sourceLocation: sourceLocation)
  }

  /// The commands that write, on a store of twelve epochs.
  static let writers: [[String]] = [
    ["tag", "1", "key=value"], ["note", "1", "text"], ["rename", "1", "other"], ["delete", "1"],
    ["delete", "--purge", "1", "--yes"], ["prune", "--keep-last", "1", "--apply"], ["backup", "copy.sqlite"],
    ["export", "1", "--out", "copy.sqlite"], ["export", "1", "--format", "ro-crate", "--out", "copy.sqlite"],
    ["fork", "1", "--at", "6", "--quiet"], ["train", "config.yaml", "--quiet"],
  ]

  /// No file may grow, as where a quota is used up.
  @Test(arguments: writers) func anExhaustedQuotaChangesNothing(command: [String]) throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 12, steps: 4)
    try done("train", "config.yaml", "--quiet")
    let before = try done("show", "1", "--format", "json").out
    expectRefused(
      try workshop.run(
        "/bin/bash", ["-c", "ulimit -f 1; exec \"$0\" \"$@\"", Workshop.binary] + command))
    #expect(try done("show", "1", "--format", "json").out == before)
    try done("doctor")
    #expect(!workshop.exists("copy.sqlite"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path).allSatisfy { !$0.contains(".part-") })
    try done("tag", "1", "after=yes")
  }

  /// One looks at what there is, to make room.
  @Test(arguments: [
    ["runs"], ["show", "1"], ["doctor"], ["prune", "--keep-last", "1"], ["sql", "SELECT * FROM runs"],
  ])
  func anExhaustedQuotaStillAllowsReading(command: [String]) throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2, steps: 4)
    try done("train", "config.yaml", "--quiet")
    let output = try workshop.run(
      "/bin/bash", ["-c", "(ulimit -f 1; exec \"$0\" \"$@\") | cat", Workshop.binary] + command)
    #expect(output.err.isEmpty, "\(output.err)")
    #expect(try workshop.fastsim(command).out == output.out)
  }

  /// A real disk of a few megabytes, full to the last page. It is mounted for one shell alone, which a container that
  /// allows no mounts doesn't let it: there the same commands meet a quota.
  @Test func aFullDiskChangesNothing() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 12, steps: 4)
    try done("train", "config.yaml", "--quiet")
    try workshop.write(
      "full.sh",
      """
      mkdir disk
      if mount -t tmpfs -o size=3m tmpfs disk 2>/dev/null; then full='head -c 4m /dev/zero > disk/filler'; else full='ulimit -f 1'; fi
      cp fastsim.sqlite config.yaml disk
      sync
      eval "$full" 2>/dev/null
      cd disk
      "$@"; echo "status $?" >&2
      rm -f filler; ulimit -f unlimited 2>/dev/null
      mkdir -p ../after; cp -a . ../after
      """)
    let before = try done("show", "1", "--format", "json").out
    for command in Self.writers {
      try? FileManager.default.removeItem(atPath: workshop.path("after"))
      try? FileManager.default.removeItem(atPath: workshop.path("disk"))
      let output = try workshop.run(
        "/usr/bin/env", ["unshare", "-rm", "/bin/bash", "full.sh", Workshop.binary] + command)
      let plain =
        output.complaints.isEmpty || output.err.contains("unshare:")
        ? try workshop.run("/bin/bash", ["full.sh", Workshop.binary] + command) : output
      let status = plain.complaints.last
      let lines = plain.complaints.dropLast()
      #expect(status == "status 1", "\(command): \(plain.err)")
      #expect(lines.count == 1 && lines.allSatisfy { $0.hasPrefix("fastsim: ") }, "\(command): \(plain.err)")
      let doctor = try done("doctor", "--store", "after/fastsim.sqlite").out
      #expect(doctor.contains("1 run") || command[0] == "train", "\(command): \(doctor)")
      #expect(try done("show", "1", "--format", "json", "--store", "after/fastsim.sqlite").out == before)
      #expect(!workshop.exists("after/copy.sqlite"))
    }
  }

  /// The disk becomes full between two epochs, and training is resumed when there is space again.
  @Test func trainingIntoAFullDiskKeepsWhatWasReported() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 60, steps: 10)
    let limited = try workshop.run(
      "/bin/bash", ["-c", "ulimit -f 900; exec \"$0\" train config.yaml", Workshop.binary])
    #expect(limited.status == 1)
    let reported = limited.complaints.filter { $0.hasPrefix("epoch ") || $0.contains("epoch") }.count
    let state = try #require(try done("runs", "--format", "json").list.first)
    #expect(reported > 0 && state["epoch"] as? Int ?? 0 > 0)
    try done("doctor", "--fix")
    try done("resume", "latest", "--quiet")
    try done("doctor")
  }

  /// A read-only file. Root writes everywhere, so as root the file stands on a disk that is read-only.
  @Test(arguments: writers.filter { !["backup", "export"].contains($0[0]) })
  func aReadOnlyFileIsReadAndNamed(command: [String]) throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 12, steps: 4)
    try done("train", "config.yaml", "--quiet")
    try done("backup", "kept.sqlite")
    try workshop.write(
      "locked.sh",
      """
      mkdir locked && cp kept.sqlite locked/fastsim.sqlite && cp config.yaml locked
      if mount --bind locked locked 2>/dev/null && mount -o remount,bind,ro locked 2>/dev/null; then :; else chmod a-w locked/* locked; fi
      export FASTSIM_STORE=locked/fastsim.sqlite
      "$0" runs --format csv --columns number,name && "$0" doctor && "$0" backup copy.sqlite && "$0" "$@"
      status=$?
      umount locked 2>/dev/null; chmod -R u+w locked
      exit $status
      """)
    let output = try workshop.run(
      "/usr/bin/env", ["unshare", "-rm", "/bin/bash", "-c", ". ./locked.sh", Workshop.binary] + command)
    expectRefused(output)
    #expect(output.err.contains("fastsim.sqlite"))
    #expect(output.out.contains("1,small"))
    #expect(try workshop.bytes("locked/fastsim.sqlite") == workshop.bytes("kept.sqlite"))
    try done("doctor", "--store", "copy.sqlite")
  }

  @Test(arguments: [
    ["runs"], ["show", "1"], ["doctor"], ["tag", "1", "a=b"], ["backup", "copy.sqlite"], ["audit", "1"],
  ])
  func aFileThatWasCutOffIsNamedByEveryCommand(command: [String]) throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 6, steps: 4)
    try done("train", "config.yaml", "--quiet")
    try done("backup", "kept.sqlite")
    let whole = try workshop.bytes("kept.sqlite")
    for size in [60, 4096, whole.count / 3, whole.count - 4096] {
      try whole.prefix(size).write(to: URL(filePath: workshop.path("cut.sqlite")))
      let output = try workshop.fastsim(command + ["--store", "cut.sqlite"])
      #expect(output.signal == 0)
      // Where the command's own pages are all there, it may well answer; the doctor never says yes.
      #expect([0, 1, 2].contains(output.status), "\(output.err)")
      if output.status == 1 { #expect(output.complaints.count == 1, "\(output.err)") }
      if ["doctor", "backup"].contains(command[0]) { #expect(output.status != 0, "\(size): \(output.out)") }
    }
    #expect(!workshop.exists("copy.sqlite"))
  }

  @Test func aStoreThatIsReplacedStopsTheTraining() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 500, steps: 10)
    try workshop.writeConfig("short.yaml", epochs: 1, steps: 4, seed: 8)
    try done("train", "short.yaml", "--quiet", "--store", "other.sqlite")
    let training = try workshop.start(["train", "config.yaml"])
    #expect(training.wait { $0.contains("epoch 2") || $0.split(separator: "\n").count > 4 })
    let other = try workshop.bytes("other.sqlite")
    for ending in ["", "-wal", "-shm"] {
      try? FileManager.default.moveItem(
        atPath: workshop.path("fastsim.sqlite" + ending), toPath: workshop.path("moved.sqlite" + ending))
    }
    try FileManager.default.copyItem(atPath: workshop.path("other.sqlite"), toPath: workshop.path("fastsim.sqlite"))
    let output = training.finish()
    #expect(output.status == 1)
    #expect(output.complaints.last?.contains("was replaced") == true, "\(output.err)")
    #expect(try workshop.bytes("fastsim.sqlite") == other)
    try done("doctor")
    try done("doctor", "--fix", "--store", "moved.sqlite")
  }
}
