// `fastsim look`: profiles and observables against sums that Python takes of the files, pages, runs and refusals.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct LookTests {
  /// Reads stored arrays and prints what `look` should find: the mean of each bin, its standard error, and the moments of
  /// the energy and of the response with their correlation.
  private static let reference = """
    import array, json, math, struct, sys, zipfile
    path, cells, bins = sys.argv[1], int(sys.argv[2]), json.load(open(sys.argv[3]))
    def load(name, kind):
        data = zipfile.ZipFile(path).read(name + ".npy")
        values = array.array(kind)
        values.frombytes(data[10 + struct.unpack("<H", data[8:10])[0]:])
        return list(values)
    showers, energies = load("showers", "f"), load("incident_energies", "d")
    rows = [showers[start:start + cells] for start in range(0, len(showers), cells)]
    sums = [[0.0] * (max(bins) + 1) for _ in rows]
    for row, found in zip(rows, sums):
        for bin, value in zip(bins, row):
            found[bin] += value
    def mean(values): return math.fsum(values) / len(values)
    def width(values): return math.sqrt(mean([(value - mean(values)) ** 2 for value in values]))
    totals = [math.fsum(row) for row in rows]
    responses = [total / energy for total, energy in zip(totals, energies)]
    covariance = mean([(a - mean(totals)) * (b - mean(responses)) for a, b in zip(totals, responses)])
    columns = list(zip(*sums))
    print(json.dumps({
        "means": [mean(column) for column in columns],
        "errors": [width(column) / math.sqrt(len(rows) - 1) for column in columns],
        "energy": [mean(totals), width(totals)], "response": [mean(responses), width(responses)],
        "correlation": covariance / width(totals) / width(responses)}))
    """

  private func agree(_ found: [Double]?, _ expected: [Double]?, _ tolerance: Double = 1e-6) -> Bool {
    guard let found, let expected, found.count == expected.count else { return false }
    let scale = expected.map(abs).max() ?? 0
    return zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * scale }
  }

  /// The bin of each cell along one axis: x of LHCb's, the layer of the others.
  private func bins(_ detector: String) -> (profile: String, places: [Int]) {
    switch detector {
    case "lhcb-calorimeter": ("x", (0..<900).map { $0 % 30 })
    case "atlas-calorimeter": ("layers", (0..<266).map { $0 < 21 ? 0 : $0 < 189 ? 1 : $0 < 238 ? 2 : 3 })
    case "clic-calorimeter": ("depth", (0..<65_025).map { $0 % 25 })
    default: ("depth", (0..<4225).map { $0 % 25 })
    }
  }

  @Test(arguments: [
    ("lhcb-calorimeter", 40, 1), ("atlas-calorimeter", 40, 4), ("clic-calorimeter", 6, 2),
    ("clic-calorimeter-small", 20, 2),
  ])
  func aFileIsWhatPythonFindsInIt(_ detector: String, _ rows: Int, _ pictures: Int) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let made = try workshop.fastsim(
      "simulate", detector, "--rows", "\(rows)", "--out", "x.npz", "--quiet")
    try #require(made.status == 0, "\(made.err)")
    let looked = try workshop.fastsim("look", "x.npz", "--format", "json", "--drawn", "3", "-o", "x.html", "--quiet")
    try #require(looked.status == 0, "\(looked.err)")
    #expect(looked.object["detector"] as? String == detector)
    let (name, places) = bins(detector)
    try workshop.write("bins.json", "\(places)")
    let text = try workshop.python(Self.reference, "x.npz", "\(places.count)", "bins.json")
    let expected = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let profiles = try #require(looked.object["profiles"] as? [[String: Any]])
    let profile = try #require(profiles.first { $0["name"] as? String == name }?["showers"] as? [String: [Double]])
    #expect(agree(profile["means"], expected["means"] as? [Double]))
    #expect(agree(profile["errors"], expected["errors"] as? [Double]))
    let observables = try #require(looked.object["observables"] as? [[String: Any]])
    for observable in ["energy", "response"] {
      let row = try #require(observables.first { $0["observable"] as? String == observable })
      let moments = try [#require(row["mean"] as? Double), #require(row["width"] as? Double)]
      #expect(agree(moments, expected[observable] as? [Double]), "\(observable): \(moments)")
    }
    let correlations = try #require(looked.object["correlations"] as? [String: Any])
    let names = try #require(correlations["names"] as? [String])
    let matrix = try #require(correlations["showers"] as? [[Double]])
    let (one, other) = try (#require(names.firstIndex(of: "energy")), #require(names.firstIndex(of: "response")))
    #expect(agree([matrix[one][other]], [try #require(expected["correlation"] as? Double)], 1e-5))
    #expect(names.indices.allSatisfy { abs(matrix[$0][$0] - 1) < 1e-9 })
    // A page that needs nothing else, with one sheet for each view.
    let page = String(decoding: try workshop.bytes("x.html"), as: UTF8.self)
    #expect(page.components(separatedBy: "<title>Showers: ").count == pictures + 1)
    #expect(page.contains("energy [MeV]") && page.contains("GeV") && !page.contains("<script"))
    #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
  }

  @Test func twoFilesArePairedAndSortedByDistance() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for (file, seed) in [("a.npz", 1), ("a.h5", 1), ("b.npz", 2)] {
      let made = try workshop.fastsim(
        "simulate", "lhcb-calorimeter", "--rows", "60", "--seed", "\(seed)", "--out", file, "--quiet")
      try #require(made.status == 0, "\(made.err)")
    }
    let same = try workshop.fastsim(
      "look", "a.npz", "--generated", "a.h5", "--format", "json", "-o", "same.svg", "--quiet")
    try #require(same.status == 0, "\(same.err)")
    let equal = try #require(same.object["observables"] as? [[String: Any]])
    #expect(equal.count == 40 && equal.allSatisfy { $0["ks"] as? Double == 0 })
    // The same shower stands below itself: no label tells another energy.
    #expect(!String(decoding: try workshop.bytes("same.svg"), as: UTF8.self).contains("generated: "))

    let command = ["look", "a.npz", "--generated", "b.npz", "-o", "b.svg", "--quiet"]
    let looked = try workshop.fastsim(command + ["--format", "json"])
    try #require(looked.status == 0, "\(looked.err)")
    #expect(try workshop.fastsim(command + ["--format", "json", "--threads", "1"]).out == looked.out)
    #expect(String(decoding: try workshop.bytes("b.svg"), as: UTF8.self).contains("generated: "))
    let rows = try #require(looked.object["observables"] as? [[String: Any]])
    let distances = rows.compactMap { $0["ks"] as? Double }
    #expect(distances.count == 40 && distances == distances.sorted(by: >))
    let script = """
      import array, bisect, struct, zipfile
      def energies(path):
          data = zipfile.ZipFile(path).read("showers.npy")
          values = array.array("f")
          values.frombytes(data[10 + struct.unpack("<H", data[8:10])[0]:])
          return sorted(sum(map(float, values[start:start + 900])) for start in range(0, len(values), 900))
      a, b = energies("a.npz"), energies("b.npz")
      print(max(abs(bisect.bisect_right(a, x) / len(a) - bisect.bisect_right(b, x) / len(b)) for x in a + b))
      """
    let expected = try #require(Double(try workshop.python(script).trimmingCharacters(in: .whitespacesAndNewlines)))
    let energy = try #require(rows.first { $0["observable"] as? String == "energy" }?["ks"] as? Double)
    #expect(abs(energy - expected) < 1e-9)
    let table = try workshop.fastsim(command)
    #expect(table.status == 0 && table.out.contains("60 real and 60 generated showers of lhcb-calorimeter"))
    #expect(table.out.contains("… 20 more observables") && table.out.contains("mean profiles"))
    #expect(
      try workshop.fastsim(command + ["--format", "csv"]).out.hasPrefix("observable,ks,floor,wasserstein_sigmas,"))
  }

  /// Cells of no detector, in a file that has nothing else.
  @Test func anyArrayHasPicturesAndProfiles() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try workshop.python(
      """
      import struct
      cells = [[(row + 1) * (place % 3) for place in range(12)] for row in range(5)]
      head = "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 12), }".ljust(117) + "\\n"
      with open("x.npy", "wb") as file:
          file.write(b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(head)) + head.encode())
          file.write(struct.pack("<60f", *[value for row in cells for value in row]))
      """)
    let looked = try workshop.fastsim("look", "x.npy", "--cells", "4x3", "--format", "json", "-o", "x.html", "--quiet")
    try #require(looked.status == 0, "\(looked.err)")
    let profiles = try #require(looked.object["profiles"] as? [[String: Any]])
    let means = profiles.compactMap { ($0["showers"] as? [String: [Double]])?["means"] }
    // The mean of 1 to 5 is 3; columns hold 0, 1 and 2 times that in four rows.
    #expect(means == [[9, 9, 9, 9], [0, 12, 24]])
    let observables = try #require(looked.object["observables"] as? [[String: Any]])
    #expect(observables.first?["observable"] as? String == "sum" && observables.first?["mean"] as? Double == 36)
    let page = String(decoding: try workshop.bytes("x.html"), as: UTF8.self)
    #expect(page.contains("Showers: image") && !page.contains("MeV"))
  }

  @Test func aRunShowsItsShowersAndItsReportToo() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.write(
      "showers.yaml",
      """
      name: showers
      seed: 3
      data:
        simulate: {detector: lhcb-calorimeter, rows: 400, seed: 1}
        conditions: [incident_energies, px, py, pz, x, y]
        targets: showers
        cell_transform: {divide: incident_energies, power: 0.5}
      model:
        objective: wgan-gp
        latent: 4
        generator: {layers: 1, units: 8}
        critic: {layers: 1, units: 8}
      training: {epochs: 2, steps: 4, batch: 32}
      evaluation: {measures: [ks], replicas: 1, every: 10}
      """)
    let trained = try workshop.fastsim("train", "showers.yaml", "--quiet")
    try #require(trained.status == 0, "\(trained.err)")
    let looked = try workshop.fastsim("look", "latest", "--format", "json", "-o", "run.html", "--quiet")
    try #require(looked.status == 0, "\(looked.err)")
    #expect(try workshop.fastsim("look", "1", "--format", "json", "--quiet", "--threads", "1").out == looked.out)
    let earlier = try workshop.fastsim("look", "1", "--at", "1", "--format", "json", "--quiet")
    #expect(earlier.status == 0 && earlier.out != looked.out)
    #expect(String(decoding: try workshop.bytes("run.html"), as: UTF8.self).contains("run 1 showers, epoch 2"))

    let before = try workshop.fastsim("report", "1").out
    #expect(before.contains("There are no showers: `fastsim evaluate 1` makes them."))
    let judged = try workshop.fastsim("evaluate", "1", "--no-floors", "--quiet")
    try #require(judged.status == 0, "\(judged.err)")
    let report = try workshop.fastsim("report", "1").out
    #expect(
      report.contains("Showers: face") && report.contains("Mean profile: x") && report.contains("All 40 observables"))
    // The report's showers are those that `look` shows.
    let stored = try workshop.fastsim("artifact", "1", "evaluation/test-2-showers.json")
    let showers = try #require(stored.object["showers"] as? [String: Any], "\(stored.err)")
    let kept = try #require(showers["profiles"] as? [[[String: [Double]]]])
    let profiles = try #require(looked.object["profiles"] as? [[String: Any]])
    for (profile, samples) in zip(profiles, kept) {
      #expect((profile["real"] as? [String: [Double]])?["means"] == samples[0]["means"])
      #expect((profile["generated"] as? [String: [Double]])?["means"] == samples[1]["means"])
    }
    let pictures = try workshop.fastsim("report", "1", "--format", "svg", "-o", "pictures")
    #expect(pictures.status == 0 && workshop.exists("pictures/showers-face.svg"), "\(pictures.err)")
    #expect(workshop.exists("pictures/profile-x.svg"))
  }

  @Test func whatIsNoShowerIsRefused() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for detector in ["lhcb", "atlas"] {
      let made = try workshop.fastsim(
        "simulate", "\(detector)-calorimeter", "--rows", "4", "--out", "\(detector).npz", "--quiet")
      try #require(made.status == 0, "\(made.err)")
    }
    var bytes = try workshop.bytes("lhcb.npz")
    let start = try #require(bytes.firstRange(of: Data("showers.npy".utf8))?.upperBound)
    let place = (start + 63) / 64 * 64 + 128 + 900 * 4
    bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0xC0, 0x7F])
    try bytes.write(to: workshop.folder.appending(path: "nan.npz"))
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    let trained = try workshop.fastsim("train", "file.yaml", "--quiet")
    try #require(trained.status == 0, "\(trained.err)")
    let cases: [(arguments: [String], status: Int32, said: String)] = [
      (["nan.npz"], 1, "nan.npz"), (["none.npz"], 1, "none.npz"),
      (["lhcb.npz", "--generated", "atlas.npz"], 1, "266"), (["lhcb.npz", "--cells", "29x30"], 1, "900"),
      (["lhcb.npz", "--array", "cells"], 1, "cells"), (["1"], 1, "its events are columns"),
      (["lhcb.npz", "-o", "x.pdf"], 64, "neither in .html nor in .svg"), (["lhcb.npz", "--at", "1"], 64, "--at"),
      (["1", "--generated", "atlas.npz"], 64, "apply to files"), (["lhcb.npz", "--drawn", "0"], 64, "drawn"),
    ]
    for (arguments, status, said) in cases {
      let refused = try workshop.fastsim(["look"] + arguments + ["--quiet"])
      #expect(refused.status == status && refused.err.contains(said), "\(arguments): \(refused.status) \(refused.err)")
      #expect(refused.out.isEmpty)
    }
  }
}
