// A fit that keeps its history, its data and a file: docs/library.md explains it. `swift run log-a-run fits.sqlite`
internal import RunStore

@main struct LogARun {
  static func main() throws {
    let store = try RunStore(path: CommandLine.arguments.dropFirst().first ?? "fits.sqlite", access: .write)
    let rate = 0.1
    let run = try store.begin("parabola", parameters: ["rate": .real(rate), "start": 3.0], tags: ["kind": "example"])
    let measured = [2.9, 3.1, 3.0]
    try run.dataset(
      RunDataset(role: "train", name: "points", source: "by hand", columns: [.init("y", role: "target", measured)]))
    var x = 3.0
    for _ in 1...5 {
      for _ in 1...20 {
        try run.log(["loss": x * x, "gradient": 2 * x])  // in memory
        x -= rate * 2 * x
      }
      try run.checkpoint([TensorRecord("x", [x])])  // on disk: twenty steps and the state after them, as one epoch
    }
    try run.metric("distance", abs(x), uncertainty: 1e-9)
    try run.artifact("summary.txt", bytes: Array("x = \(x)\n".utf8), mediaType: "text/plain")
    try run.finish()
    print("run \(run.number) is stored; look at it with: fastsim show \(run.number) --store \(store.path)")
  }
}
