// Sizes from files, configs, stores and options at which the process once ended by a signal: each is one line, or works.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Runs a command that has to fail in one line.
  fileprivate func refusal(
    _ arguments: [String], naming words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let output = try fastsim(arguments)
    #expect(output.status == 1 && output.signal == 0, "\(arguments): \(output.err)", sourceLocation: sourceLocation)
    #expect(output.complaints.count == 1, "\(output.err)", sourceLocation: sourceLocation)
    for word in words {
      #expect(output.err.contains(word), "no \"\(word)\" in: \(output.err)", sourceLocation: sourceLocation)
    }
  }

  /// A NumPy array that has nothing but its header.
  fileprivate func writeHeader(_ name: String, shape: String, isFortran: Bool = false) throws {
    let text = "{'descr': '<f4', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(shape), }\n"
    let bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    try Data(bytes).write(to: folder.appending(path: name))
  }

  fileprivate static func with(_ body: (Workshop) throws -> Void) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try body(workshop)
  }
}

@Suite(.timeLimit(.minutes(20))) struct TrapTests {
  /// Without rows an array has no elements, however large its other extents are.
  @Test(arguments: [false, true]) func anArrayWithoutRowsAndHugeExtentsIsRefused(_ isFortran: Bool) throws {
    try Workshop.with { workshop in
      try workshop.writeHeader("a.npy", shape: "(0, 1099511627776, 1099511627776)", isFortran: isFortran)
      try workshop.refusal(["look", "a.npy"], naming: ["a.npy", "1099511627776 x 1099511627776 cells", "16777216"])
    }
  }

  @Test func aColumnWhoseRangeOverflowsIsRefused() throws {
    try Workshop.with { workshop in
      try workshop.writeEvents { row, cells in cells[3] = row % 2 == 0 ? "1.7e308" : "-1.7e308" }
      try workshop.writeFileConfig()
      try workshop.refusal(["train", "file.yaml", "--quiet"], naming: ["RichDLLk", "range overflows", "rescale"])
    }
  }

  /// Fewer bins than a taper towards both ends takes.
  @Test(arguments: [2, 3, 8]) func aHistogramOfFewBinsIsMade(_ bins: Int) throws {
    try Workshop.with { workshop in
      try workshop.writeEvents()
      try workshop.writeFileConfig()
      let made = try workshop.fastsim("baseline", "file.yaml", "--quiet", "--set", "model.bins=\(bins)")
      #expect(made.status == 0 && made.signal == 0, "\(made.err)")
    }
  }

  /// A batch system limits the memory of its jobs with `ulimit -v`.
  @Test func moreRowsThanFitIntoMemoryAreRefused() throws {
    try Workshop.with { workshop in
      func limited(_ arguments: String) throws {
        let output = try workshop.run(
          "/bin/bash", ["-c", "ulimit -v 12000000; exec \"$0\" \(arguments) --quiet", Workshop.binary])
        #expect(output.status == 1 && output.signal == 0, "\(arguments): \(output.err)")
        #expect(output.complaints.count == 1, "\(output.err)")
        #expect(output.err.contains("MiB of memory") && output.err.contains("usable"), "\(output.err)")
      }
      try limited("simulate atlas-calorimeter --rows 450000000 --out a.h5")
      try workshop.writeConfig(epochs: 1, steps: 1)
      #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
      try limited("sample 1 --count 1000000000 --out a.csv")
    }
  }

  /// The number of an attempt that another program wrote into the store, and after which there is none.
  @Test func aStoredNumberAtTheEdgeIsNamed() throws {
    try Workshop.with { workshop in
      try workshop.writeConfig(epochs: 1, steps: 1)
      #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
      try workshop.tamper("UPDATE attempt SET number = 9223372036854775807")
      try workshop.refusal(["resume", "1", "--epochs", "2", "--quiet"], naming: ["column 'number' of table 'attempt'"])
    }
  }

  /// Extents of cells that another program wrote into the store.
  @Test(arguments: ["9999999999,9999999999", "16777216,16777216", "-20,-10", "0", "", "x"])
  func storedExtentsThatCannotBeAreNamed(_ extents: String) throws {
    try Workshop.with { workshop in
      try workshop.writeShowers()
      try workshop.writeCellConfig(epochs: 1, steps: 1)
      #expect(try workshop.fastsim("train", "cells.yaml", "--quiet").status == 0)
      try workshop.tamper("UPDATE dataset_column SET type = 'float32[\(extents)]' WHERE type LIKE 'float32%'")
      for command in [["sample", "1", "--count", "2", "--out", "a.npz"], ["look", "1"], ["evaluate", "1"]] {
        try workshop.refusal(command, naming: ["how many cells"])
      }
      #expect(try workshop.fastsim("audit", "1").signal == 0)
    }
  }
}
