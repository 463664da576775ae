// Which objectives survive a network that was not chosen for them: the robustness table in small.
internal import Charts
internal import Numerics
internal import RunStore
internal import StudyConfigs

/// Four objectives with four kinds of network on one toy, as a table of final energy distances.
struct ArchitecturesStudy: Study {
  let name = "architectures"
  let question = "Which objectives survive a network that was not chosen for them?"
  var config: String { studyConfigs[name] ?? "" }

  private static let objectives: [(name: String, overrides: [(path: String, value: String)])] = [
    ("gan", [("model.objective", "gan"), ("model.penalty", "null"), ("training.critic_steps", "1")]),
    ("lsgan", [("model.objective", "lsgan"), ("model.penalty", "null"), ("training.critic_steps", "1")]),
    (
      "wgan",
      [
        ("model.objective", "wgan"), ("model.penalty", "null"),
        ("training.optimiser", "{kind: rmsprop, rate: 0.0005}"),
      ]
    ),
    ("wgan-gp", []),
  ]

  private static let networks: [(name: String, words: String, settings: String)] = [
    ("plain", "ReLU, no normalisation", "{layers: 3, units: 48, activation: relu}"),
    ("gated", "gated", "{layers: 3, units: 48, activation: gated}"),
    ("tanh", "tanh", "{layers: 3, units: 48, activation: tanh}"),
    ("residual", "deep residual", "{layers: 10, units: 48, activation: relu, connections: residual}"),
  ]

  var members: [StudyMember] {
    Self.networks.flatMap { network in
      Self.objectives.map { objective in
        StudyMember(
          "\(objective.name)/\(network.name)",
          objective.overrides + [("model.generator", network.settings), ("model.critic", network.settings)])
      }
    }
  }

  func report(_ runs: StudyRuns) throws -> StudyReport {
    var report = StudyReport(title: "Architectures")
    report.say(
      "The published comparison of WGAN-GP trains every objective with networks that it was not tuned for: without"
        + " normalisation, with gated units, with tanh throughout, and a hundred layers deep. In small, on eight Gaussians:"
        + " one learning rate for all, three hidden layers of 48 units or ten with residual connections. What counts is not"
        + " the best cell but the worst one of each column.")
    func run(_ objective: String, _ network: String) -> StudyRun? { runs.group("\(objective)/\(network)").first }
    let distances = Self.objectives.map { objective in
      Self.networks.map { run(objective.name, $0.name)?.value("energy_distance") }
    }
    report.table(
      ["network"] + Self.objectives.map(\.name),
      Self.networks.enumerated().map { place, network in
        [HTMLPage.Cell(network.words)]
          + Self.objectives.enumerated().map { index, objective in
            guard let record = run(objective.name, network.name)?.measure("energy_distance") else {
              return HTMLPage.Cell("diverged", mood: .bad, isNumber: true)
            }
            return .measure(record, 4, mood: record.value < 0.02 ? .good : record.value > 0.1 ? .bad : .plain)
          }
      },
      caption:
        "Final energy distances to held-out data, in units of the data's width, with their errors; green below 0.02,"
        + " red above 0.1. One seed each.")
    report.show(
      CategoryChart(
        title: "Final energy distance by network and objective", xLabel: "network",
        y: Axis(
          label: "energy distance", unit: "data widths", covering: distances.joined().compactMap { $0 } + [0, 0.1]),
        categories: Self.networks.map(\.words),
        series: zip(Self.objectives, distances).map { objective, values in
          CategoryChart.Series(name: objective.name, values: values.map { [$0 ?? .nan] }, style: .bars)
        }, caption: "Lower is better; a missing bar diverged."), as: "table")
    report.table(
      ["network"] + Self.objectives.map(\.name),
      Self.networks.map { network in
        [HTMLPage.Cell(network.words)]
          + Self.objectives.map { .measure(run($0.name, network.name)?.measure("modes.covered.generated"), 0) }
      }, caption: "Modes covered, of eight.")
    let worst = distances.map { column in column.map { $0 ?? .infinity }.max() ?? .infinity }
    report.check(
      "WGAN-GP trains with every network: its worst energy distance is below 0.1 (it is \(significant(worst[3])))",
      worst[3] < 0.1)
    return report
  }
}
