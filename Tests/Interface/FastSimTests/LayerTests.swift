// Networks that a config lists layer by layer: errors with lines, and the example of the handbook.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Blobs on 6 x 6 cells whose width grows with the condition `p`.
  func writeImages(_ name: String = "images.csv", rows: Int = 600) throws {
    var lines = [(["p"] + (0..<36).map { "c\($0)" }).joined(separator: ",")]
    for row in 0..<rows {
      let (p, x, y) = (Double(row * 31 % 101) / 101, Double(row * 57 % 13) / 6, Double(row * 73 % 17) / 8)
      let cells = (0..<36).map { cell -> Double in
        let (dx, dy) = (Double(cell / 6) - 1.5 - x, Double(cell % 6) - 1.5 - y)
        // A parabola with an edge, no exponential.
        return max(0, 1 + 2 * p - (dx * dx + dy * dy) / 3)
      }
      lines.append(([p] + cells).map { "\($0)" }.joined(separator: ","))
    }
    try write(name, lines.joined(separator: "\n") + "\n")
  }

  /// A small convolutional WGAN-GP on these images.
  func writeImageConfig(_ name: String = "images.yaml", epochs: Int = 2, steps: Int = 5) throws {
    try write(
      name,
      """
      name: images
      seed: 3
      data:
        file: images.csv
        conditions: [p]
        targets: [\((0..<36).map { "c\($0)" }.joined(separator: ", "))]
        transform: none
      model:
        objective: wgan-gp
        latent: 6
        generator:
          layers:
            - {concatenate: conditions}
            - {dense: 36, normalisation: batch, activation: relu}
            - {reshape: [3, 3, 4]}
            - {transposed_convolution: 4, kernel: 4, stride: 2, normalisation: batch, activation: leaky-relu}
            - {convolution: 1, kernel: 3, padding: 1, activation: softplus}
            - {crop: [6, 6]}
        critic:
          layers:
            - {reshape: [6, 6, 1]}
            - {convolution: 4, kernel: 4, stride: 2, padding: same, activation: leaky-relu}
            - residual:
                - {convolution: 4, kernel: 3, padding: 1, normalisation: layer, activation: leaky-relu}
            - {average_pooling: 3}
            - flatten
            - {concatenate: conditions}
            - {dense: 1}
      training:
        epochs: \(epochs)
        steps: \(steps)
        critic_steps: 2
        batch: 32
        optimiser: {kind: adam, rate: 0.001, beta1: 0, beta2: 0.9}
        generator_average: 0.9
      evaluation: {measures: [moments], every: 10}
      """)
  }
}

@Suite(.timeLimit(.minutes(20))) struct LayerTests {
  @Test
  func layersThatDoNotFitAreRefusedAtTheirLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeImages()
    try workshop.writeImageConfig()
    let text = try String(decoding: workshop.bytes("images.yaml"), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    func line(_ part: String) -> Int { (lines.firstIndex { $0.contains(part) } ?? -1) + 1 }
    for (old, new, at, parts) in [
      (
        "{reshape: [3, 3, 4]}", "{reshape: [3, 3, 5]}", "{reshape: [3, 3, 4]}",
        ["generator.layers.2", "a row of 36 columns", "3x3 cells of 5 channels (45 columns)"]
      ),
      (
        "kernel: 4, stride: 2, padding: same", "kernel: [9, 1], stride: 2", "padding: same",
        ["critic.layers.1", "6x6 cells of 1 channel", "9x1"]
      ),
      (
        "- {crop: [6, 6]}", "- flatten", "layers:",
        ["generator.layers", "layers that end in a row of 64 columns", "36 columns, one for each target"]
      ),
      (
        "- {concatenate: conditions}\n      - {dense: 36,", "- {dense: 36,", "layers:",
        ["generator.layers", "never read the conditions"]
      ),
      ("- {dense: 1}", "- {dense: 2}", "", ["critic.layers", "a row of 2 columns", "1 column, the value of an event"]),
    ] {
      #expect(text.contains(old))
      try workshop.write("wrong.yaml", text.replacingOccurrences(of: old, with: new))
      for explain in [[], ["--explain"]] {
        let result = try workshop.fastsim(["train", "wrong.yaml", "--quiet"] + explain)
        #expect(result.status == 1 && result.complaints.count == 1, "\(result.err)")
        for part in parts { #expect(result.err.contains(part), "no \(part) in \(result.err)") }
        if !at.isEmpty { #expect(result.err.contains("wrong.yaml:\(line(at))"), "\(result.err)") }
      }
    }
    #expect(!workshop.exists("fastsim.sqlite"))
  }

  @Test
  func theHandbooksExampleTrains() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let page = try String(contentsOf: packageFolder.appending(path: "docs/config.md"), encoding: .utf8)
    let block = try #require(
      page.range(of: "    model:\n      objective: wgan-gp\n[^#]*?\n\n", options: .regularExpression))
    let model = page[block].split(separator: "\n").map { $0.dropFirst(4) }.joined(separator: "\n")
    let columns = (0..<64).map { "c\($0)" }
    let rows = (0..<200).map { row in
      (["\(row % 10)"] + (0..<64).map { "\(Double((row * 31 + $0 * 7) % 17) / 16)" }).joined(separator: ",")
    }
    try workshop.write("digits.csv", ([(["digit"] + columns).joined(separator: ",")] + rows).joined(separator: "\n"))
    try workshop.write(
      "digits.yaml",
      """
      name: digits
      data: {file: digits.csv, conditions: [digit], targets: [\(columns.joined(separator: ", "))], transform: none}
      \(model)
      training: {epochs: 1, steps: 1, batch: 16}
      evaluation: {measures: [moments]}
      """)
    let trained = try workshop.fastsim("train", "digits.yaml", "--quiet")
    #expect(trained.status == 0, "\(trained.err)")
    let sampled = try workshop.fastsim("sample", "1", "--out", "generated.csv", "--count", "20")
    #expect(sampled.status == 0, "\(sampled.err)")
  }

  /// Whatever it is generated with, the trained parameters answer with the running moments: an event alone as in a crowd.
  @Test
  func aGeneratorWithBatchNormalisationGeneratesEachEventByItself() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeImages()
    try workshop.writeImageConfig()
    let trained = try workshop.fastsim("train", "images.yaml", "--quiet")
    #expect(trained.status == 0, "\(trained.err)")
    try workshop.write("one.csv", "p\n0.5\n")
    try workshop.write("three.csv", "p\n0.5\n0.1\n0.9\n")
    for name in ["one", "three"] {
      let sampled = try workshop.fastsim("sample", "1", "--conditions", "\(name).csv", "--out", "\(name)-out.csv")
      #expect(sampled.status == 0, "\(sampled.err)")
    }
    func first(_ name: String) throws -> Substring? {
      try String(decoding: workshop.bytes(name), as: UTF8.self).split(separator: "\n").dropFirst().first
    }
    #expect(try first("one-out.csv") == first("three-out.csv"))
  }

  @Test
  func aConvolutionalRunIsResumedAndAuditedToTheBit() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeImages()
    try workshop.writeImageConfig(epochs: 3)
    func digest(_ store: String) throws -> String? {
      let shown = try workshop.fastsim("show", "latest", "--format", "json", "--store", store)
      return (shown.object["run"] as? [String: Any])?["parameter_digest"] as? String
    }
    #expect(try workshop.fastsim("train", "images.yaml", "--quiet", "--store", "whole.sqlite").status == 0)
    #expect(
      try workshop.fastsim("train", "images.yaml", "--epochs", "1", "--quiet", "--store", "parts.sqlite").status == 0)
    #expect(try workshop.fastsim("resume", "latest", "--epochs", "3", "--quiet", "--store", "parts.sqlite").status == 0)
    let whole = try #require(try digest("whole.sqlite"))
    #expect(try digest("parts.sqlite") == whole)
    let audited = try workshop.fastsim("audit", "latest", "--replay", "all", "--store", "parts.sqlite")
    #expect(audited.status == 0, "\(audited.out)\(audited.err)")
    for (threads, isa) in [("1", "portable"), ("3", "")] {
      let store = "other-\(threads).sqlite"
      let trained = try workshop.fastsim(
        ["train", "images.yaml", "--threads", threads, "--quiet", "--store", store], environment: ["FASTSIM_ISA": isa])
      #expect(trained.status == 0, "\(trained.err)")
      #expect(try digest(store) == whole, "\(isa) with \(threads) threads")
    }
  }
}
