// Reference fits of iminuit and the sweights package, read from Tests/Fixtures.
import Foundation
import SPlot
import Testing

/// One folder of Tests/Fixtures: data, model and expected numbers.
struct ReferenceCase: CustomTestStringConvertible {
  let name: String
  let components: [MassComponent]

  var testDescription: String { name }

  static let all = [
    ReferenceCase(
      name: "splot_01_gauss_expo",
      components: [
        MassComponent(name: "sig", density: .gaussian), MassComponent(name: "bkg", density: .exponential),
      ]),
    ReferenceCase(
      name: "splot_02_double_gauss_cheb_lambda",
      components: [
        MassComponent(name: "sig", density: .doubleGaussian),
        MassComponent(name: "bkg", density: .chebyshev(degree: 1)),
      ]),
    ReferenceCase(
      name: "splot_03_crystal_ball_expo_jpsi",
      components: [
        MassComponent(name: "sig", density: .crystalBall(tail: .left)),
        MassComponent(name: "bkg", density: .exponential),
      ]),
    ReferenceCase(
      name: "splot_04_three_components",
      components: [
        MassComponent(name: "B0", density: .gaussian),
        MassComponent(
          name: "Bs", density: .gaussian,
          settings: [ShapeSetting("sigma", shared: SharedParameter(component: "B0", parameter: "sigma"))]),
        MassComponent(name: "bkg", density: .exponential),
      ]),
    ReferenceCase(
      name: "splot_05_low_purity",
      components: [
        MassComponent(name: "sig", density: .gaussian), MassComponent(name: "bkg", density: .chebyshev(degree: 2)),
      ]),
  ]

  private var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/\(name)")
  }

  func columns() throws -> [String: [Double]] {
    let lines = try String(contentsOf: folder.appending(path: "data.csv"), encoding: .utf8).split(separator: "\n")
    let names = lines[0].split(separator: ",").map(String.init)
    var columns = [[Double]](repeating: [], count: names.count)
    for line in lines.dropFirst() {
      for (index, cell) in line.split(separator: ",").enumerated() { columns[index].append(try #require(Double(cell))) }
    }
    return Dictionary(uniqueKeysWithValues: zip(names, columns))
  }

  func expected() throws -> (window: ClosedRange<Double>, entries: [String: ExpectedEntry]) {
    let file = try JSONDecoder().decode(
      ExpectedFile.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    return (file.window[0]...file.window[1], file.expected)
  }

  func model(window: ClosedRange<Double>) -> MassModel { MassModel(components: components, window: window) }
}

private struct ExpectedFile: Decodable {
  let window: [Double]
  let expected: [String: ExpectedEntry]
}

/// Numbers with their tolerances: |x - value| <= atol + rtol |value|.
struct ExpectedEntry: Decodable {
  let values: [Double]
  private let absolute: Double
  private let relative: Double

  private enum Key: CodingKey { case value, atol, rtol }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    absolute = try container.decode(Double.self, forKey: .atol)
    relative = try container.decode(Double.self, forKey: .rtol)
    if let one = try? container.decode(Double.self, forKey: .value) {
      values = [one]
    } else if let many = try? container.decode([Double].self, forKey: .value) {
      values = many
    } else {
      values = try container.decode([[Double]].self, forKey: .value).flatMap { $0 }
    }
  }

  /// The first place where the numbers differ by more than is tolerated, in words.
  func mismatch(_ found: [Double]) -> String? {
    guard found.count == values.count else { return "\(found.count) values for \(values.count)" }
    for (index, pair) in zip(found, values).enumerated()
    where !(abs(pair.0 - pair.1) <= absolute + relative * abs(pair.1)) {
      return "[\(index)] is \(pair.0), expected \(pair.1) within \(absolute) + \(relative) of it"
    }
    return nil
  }
}
