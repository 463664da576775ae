// Runs whose events are arrays of cells: the same promises as those of columns, from a file to a file.
import Foundation
import Samples
import TestSupport
import Testing

extension Workshop {
  /// An HDF5 file of small showers on 12 x 12 cells with their energy and position.
  func writeShowers(_ name: String = "showers.h5", rows: Int = 600, changing: Int? = nil) throws {
    func fraction(_ row: Int, _ prime: Int) -> Double { Double((row * prime) % 1009) / 1009 }
    var energies: [Double] = []
    var positions: [Double] = []
    var cells: [Float] = []
    for row in 0..<rows {
      let (energy, x) = (10 + 90 * fraction(row, 31), fraction(row, 57) - 0.5)
      energies.append(energy)
      positions.append(x)
      for place in 0..<144 {
        let (a, b) = (Double(place % 12) - 5.5 - x, Double(place / 12) - 5.5)
        let wave = 1 + 0.3 * fraction(row * 144 + place, 211)
        let cell = energy * wave * exp(-(a * a + b * b) / 3)
        cells.append(cell < 0.1 ? 0 : Float(cell))
      }
    }
    if let changing { cells[changing] = cells[changing].nextUp }
    let layout = HDF5Layout([
      (name: "energy", shape: [rows, 1], type: .double), (name: "x", shape: [rows], type: .double),
      (name: "showers", shape: [rows, 12, 12], type: .single),
    ])
    var bytes = layout.head
    func append(_ start: Int, _ content: [UInt8]) {
      bytes += [UInt8](repeating: 0, count: start - bytes.count) + content
    }
    append(layout.starts[0], energies.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    append(layout.starts[1], positions.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    append(layout.starts[2], cells.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    try Data(bytes).write(to: folder.appending(path: name))
  }

  func writeCellConfig(epochs: Int = 3, steps: Int = 6, extra: String = "") throws {
    try write(
      "cells.yaml",
      """
      name: cells
      seed: 5
      data:
        file: showers.h5
        conditions: [energy, x]
        targets: showers
        cell_transform: {divide: energy, power: 0.5}
        transform: standardise
      model:
        objective: wgan-gp
        latent: 4
        generator: {layers: 1, units: 16}
        critic: {layers: 1, units: 16}
      training:
        epochs: \(epochs)
        steps: \(steps)
        critic_steps: 2
        batch: 32
        optimiser: {kind: adam, rate: 0.001, beta1: 0.5, beta2: 0.9}
        early_stop: {metric: ks.showers.sum, patience: 100}
      evaluation: {measures: [moments, ks], every: 2, replicas: 2}
      \(extra)
      """)
  }

  fileprivate func succeed(_ arguments: String..., environment: [String: String] = [:]) throws {
    let made = try fastsim(arguments, environment: environment)
    #expect(made.status == 0, "\(arguments): \(made.err)")
  }
}

@Suite(.timeLimit(.minutes(20))) struct CellTests {
  @Test func runsOfCellsAreResumedForkedAndAuditedBitForBit() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeShowers()
    try workshop.writeCellConfig()
    try workshop.succeed("train", "cells.yaml", "--quiet", "--threads", "1", "--store", "whole.sqlite")
    let whole = try Fingerprint(workshop, store: "whole.sqlite")
    try workshop.succeed(
      "train", "cells.yaml", "--quiet", "--threads", "3", "--store", "other.sqlite",
      environment: ["FASTSIM_ISA": "portable"])
    #expect(try Fingerprint(workshop, store: "other.sqlite") == whole)
    try workshop.succeed("train", "cells.yaml", "--epochs", "1", "--quiet", "--store", "parts.sqlite")
    try workshop.succeed("resume", "latest", "--epochs", "3", "--quiet", "--store", "parts.sqlite")
    #expect(try Fingerprint(workshop, store: "parts.sqlite") == whole)
    try workshop.succeed("audit", "latest", "--replay", "all", "--store", "parts.sqlite")
    try workshop.succeed("fork", "latest", "--at", "1", "--quiet", "--store", "other.sqlite")
    #expect(try Fingerprint(workshop, store: "other.sqlite").parameterDigest == whole.parameterDigest)
    try workshop.succeed("audit", "latest", "--replay", "all", "--store", "other.sqlite")

    // One bit of one cell is another data set.
    try workshop.writeShowers(changing: 144 * 400 + 27)
    let refused = try workshop.fastsim("resume", "latest", "--epochs", "4", "--quiet", "--store", "whole.sqlite")
    #expect(refused.status != 0)
    #expect(refused.err.contains("train: column showers differ"), "\(refused.err)")
  }

  @Test func aKilledRunOfCellsLosesNothing() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeShowers()
    try workshop.writeCellConfig(epochs: 2, steps: 400)
    try workshop.succeed("train", "cells.yaml", "--quiet", "--store", "whole.sqlite")
    try workshop.trainKilledOnce(["train", "cells.yaml", "--store", "killed.sqlite"], store: "killed.sqlite")
    #expect(try Fingerprint(workshop, store: "killed.sqlite") == Fingerprint(workshop, store: "whole.sqlite"))
  }

  @Test func generatedCellsAreWrittenAndReadBack() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeShowers()
    try workshop.writeCellConfig(epochs: 1)
    try workshop.succeed("train", "cells.yaml", "--quiet")
    for out in ["one.npz", "two.h5"] {
      try workshop.succeed("sample", "latest", "--conditions", "showers.h5", "--out", out)
      let table = try readTable(workshop.path(out), omitting: ["showers"])
      #expect(table.columns.map(\.name).sorted() == ["energy", "x"])
      #expect(try table.column("x").values == readTable(workshop.path("showers.h5"), columns: ["x"]).columns[0].values)
    }
    let (npz, h5) = (
      try readCells(workshop.path("one.npz"), name: "showers"), try readCells(workshop.path("two.h5"), name: "showers")
    )
    #expect(npz.rowCount == 600 && npz.shape == [144])
    #expect(try npz.verifiedDigest() == h5.verifiedDigest())
    try workshop.succeed("sample", "latest", "--conditions", "one.npz", "--out", "again.npz", "--threads", "1")
    #expect(try workshop.bytes("again.npz") == workshop.bytes("one.npz"))
    // The first events of many are those of few.
    try workshop.succeed("sample", "latest", "--count", "40", "--out", "few.npz")
    try workshop.succeed("sample", "latest", "--count", "80", "--out", "many.npz")
    let (few, many) = (
      try readCells(workshop.path("few.npz"), name: "showers"),
      try readCells(workshop.path("many.npz"), name: "showers")
    )
    for row in 0..<40 { #expect(try few.row(row) == many.row(row)) }
    let refused = try workshop.fastsim("sample", "latest", "--count", "4", "--out", "a.csv")
    #expect(refused.status != 0 && refused.complaints.count == 1, "\(refused.err)")
    try workshop.succeed("sample", "latest", "--svg", "a.svg")
    #expect(String(decoding: try workshop.bytes("a.svg"), as: UTF8.self).contains("width_row"))
  }

  @Test func runsOfCellsAreEvaluated() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeShowers()
    try workshop.writeShowers("others.h5", rows: 300)
    try workshop.writeCellConfig(epochs: 1)
    try workshop.succeed("train", "cells.yaml", "--quiet")
    for extra in [[], ["--data", "others.h5"]] {
      let judged = try workshop.fastsim(["evaluate", "latest", "--measures", "ks", "--format", "json"] + extra)
      #expect(judged.status == 0, "\(judged.err)")
      for name in ["sum", "brightest", "occupied", "centre_row", "width_column"] {
        #expect(judged.out.contains("\"ks.showers.\(name)\""), "\(judged.out)")
      }
    }
    let quiz = try workshop.fastsim("quiz", "latest", "--html", "quiz.html")
    #expect(quiz.status == 0 && workshop.exists("quiz.html"), "\(quiz.err)")
    let images = try workshop.fastsim(
      "evaluate", "latest", "--measures", "image-quality,low-level-statistics", "--format", "json")
    #expect(images.status == 0 && images.out.contains("\"image_quality.ssim\""), "\(images.err)")
  }

  @Test func profilesAreAlongAxesOfTheCells() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeShowers()
    try workshop.writeCellConfig(epochs: 1)
    try workshop.succeed("train", "cells.yaml", "--quiet", "--set", "model.compare={rows: {of: profile, axis: 0}}")
    let refused = try workshop.fastsim(
      "train", "cells.yaml", "--quiet", "--set", "model.compare={rows: {of: profile, axis: 2}}")
    #expect(refused.status == 1 && refused.complaints.count == 1, "\(refused.err)")
    for part in ["model.compare.rows", "a profile along axis 2", "an axis from 0 to 1"] {
      #expect(refused.err.contains(part), "no \(part) in \(refused.err)")
    }
  }

  /// 400 MB of cells with less than that for the process's own memory.
  @Test func dataLargerThanMemoryTrain() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let rows = 110_000
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), 30, 30), }\n"
    let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    try Data(start).write(to: workshop.folder.appending(path: "large.npy"))
    #expect(truncate(workshop.path("large.npy"), off_t(start.count + rows * 3600)) == 0)
    try workshop.write(
      "large.yaml",
      """
      name: large
      data: {file: large.npy, targets: showers, split: {train: 0.998, validation: 0.001, test: 0.001}}
      model:
        objective: wgan
        latent: 2
        generator: {layers: 1, units: 2}
        critic: {layers: 1, units: 2}
      training: {epochs: 1, steps: 3, batch: 32}
      evaluation: {measures: [moments], replicas: 1}
      """)
    let limited = try workshop.run(
      "/bin/sh", ["-c", "ulimit -d 262144 && exec \"$0\" \"$@\"", Workshop.binary, "train", "large.yaml", "--quiet"])
    #expect(limited.status == 0, "\(limited.err)")
  }
}
