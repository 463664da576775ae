// The inner numbers of a run's networks as tables, JSON, a page and pictures.
package import Calorimeters
internal import Charts
package import Evaluation
internal import Numerics
package import Output
package import RunStore
internal import Text

/// What `fastsim inspect` shows.
package struct InternalsReport {
  let run: RunNumber
  let name: String
  let internals: NetworkInternals
  let showers: InspectedShowers?

  /// Targets, variables and inputs that tables and pictures show at most; the JSON has all.
  static let shownTargets = 8
  static let shownInputs = 32

  /// - Parameter showers: nil where the events are columns.
  package init(run: RunNumber, name: String, _ internals: NetworkInternals, showers: InspectedShowers? = nil) {
    (self.run, self.name, self.internals, self.showers) = (run, name, internals, showers)
  }

  /// `run 3 kaons, epoch 12`
  var title: String { "run \(run) \(printable(name)), epoch \(internals.epoch)" }

  /// The targets that the walks change most in units of their widths, in their own order.
  var targets: [Int] {
    let walks = [internals.interpolation] + internals.traversals
    let changes = internals.targets.indices.map { target in
      walks.map { $0.ranges[target] / internals.widths[target] }.max() ?? 0
    }
    return Self.places(of: Self.shownTargets, largest: changes)
  }

  /// `P 23.4, ETA 3.2`; nil for a run without conditions.
  var conditions: String? {
    guard !internals.conditions.isEmpty else { return nil }
    return internals.conditions.prefix(Self.shownTargets).map { "\(printable($0.name)) \(shortNumber($0.value))" }
      .joined(separator: ", ")
  }

  // MARK: - Tables

  /// The tables for a terminal.
  package func lines(for terminal: Terminal) -> [String] {
    [terminal.styled(title, .bold)]
      + sections.flatMap { section in
        ["", terminal.styled(section.title, .bold)] + section.listing.table.lines(for: terminal)
      }
  }

  /// The tables as Markdown.
  package var markdown: [String] {
    ["# \(title)"] + sections.flatMap { ["", "## \($0.title)", ""] + $0.listing.markdown }
  }

  private var sections: [(title: String, listing: Listing)] {
    let at = conditions.map { " at \($0)" } ?? ""
    return [
      ("layers on \(counted(internals.events, "event"))", layerListing),
      ("targets between two latent points\(at)", interpolationListing),
      ("range of targets along each latent variable, in widths of the real events\(at)", traversalListing),
      ("weights of the first layers", weightListing),
    ]
  }

  var layerListing: Listing {
    Listing(
      columns: ["layer", "units", "mean", "spread", "positive", "dead", "gradient", "parameters"],
      rows: internals.networks.flatMap { network in
        network.layers.enumerated().map { index, layer in
          [
            .text(layer.name), OutputValue(layer.units), .number(layer.mean), .number(layer.deviation),
            .number(layer.positive), .number(layer.dead), OutputValue(gradient(network, layer: index)),
            .number(layer.parameters),
          ]
        }
      })
  }

  /// The norm at the epoch that is shown.
  private func gradient(_ network: NetworkInternals.Network, layer: Int) -> Double? {
    guard let place = internals.epochs.firstIndex(of: internals.epoch), network.gradients.indices.contains(layer)
    else { return nil }
    return network.gradients[layer][place]
  }

  private var interpolationListing: Listing {
    let (walk, targets) = (internals.interpolation, targets)
    let shown = walk.positions.indices.filter { $0 % 2 == 0 }
    return Listing(
      columns: ["position"] + targets.map { internals.targets[$0] },
      rows: shown.map { place in
        [.number(walk.positions[place])] + targets.map { .number(walk.targets[$0][place]) }
      })
  }

  var traversalListing: Listing {
    let targets = targets
    return Listing(
      columns: ["variable"] + targets.map { internals.targets[$0] },
      rows: internals.traversals.enumerated().map { variable, walk in
        let ranges = walk.ranges
        return [.text("z\(variable + 1)")] + targets.map { .number(ranges[$0] / internals.widths[$0]) }
      })
  }

  private var weightListing: Listing {
    Listing(
      columns: ["network", "input", "norm", "largest"],
      rows: internals.networks.flatMap { network in
        shownInputs(of: network).map { input in
          let weights = network.firstWeights.weights[input]
          return [
            .text(network.name), .text(network.firstWeights.inputs[input]), .number(norm(weights)),
            .number(weights.map(\.magnitude).max() ?? 0),
          ]
        }
      })
  }

  func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The inputs with the largest weights, in their own order.
  func shownInputs(of network: NetworkInternals.Network) -> [Int] {
    Self.places(of: Self.shownInputs, largest: network.firstWeights.weights.map(norm))
  }

  /// Where the largest numbers are, in their own order; of equal ones the first.
  static func places(of count: Int, largest numbers: [Double]) -> [Int] {
    numbers.indices.sorted { (numbers[$1], $0) < (numbers[$0], $1) }.prefix(count).sorted()
  }

  // MARK: - JSON

  /// The fields that docs/commands.md describes.
  package var document: OutputValue {
    .object([
      ("run", OutputValue(run)), ("epoch", OutputValue(internals.epoch)), ("events", OutputValue(internals.events)),
      ("batches", OutputValue(internals.batches)),
      ("conditions", .object(internals.conditions.map { ($0.name, .number($0.value)) })),
      ("targets", OutputValue(internals.targets)), ("widths", OutputValue(internals.widths)),
      ("gradient_epochs", .list(internals.epochs.map { OutputValue($0) })),
      (
        "networks",
        .list(
          internals.networks.map { network in
            .object([
              ("name", .text(network.name)),
              ("layers", .list(network.layers.indices.map { Self.object(network, layer: $0) })),
              ("inputs", OutputValue(network.firstWeights.inputs)),
              ("first_weights", .list(network.firstWeights.weights.map { OutputValue($0) })),
            ])
          })
      ),
      ("interpolation", Self.object(internals.interpolation)),
      ("traversals", .list(internals.traversals.map(Self.object))),
    ])
  }

  private static func object(_ network: NetworkInternals.Network, layer index: Int) -> OutputValue {
    let layer = network.layers[index]
    let gradients = network.gradients.indices.contains(index) ? network.gradients[index] : []
    return .object([
      ("name", .text(layer.name)), ("units", OutputValue(layer.units)), ("mean", .number(layer.mean)),
      ("spread", .number(layer.deviation)), ("positive", .number(layer.positive)), ("dead", .number(layer.dead)),
      ("parameters", .number(layer.parameters)), ("gradients", OutputValue(gradients)),
    ])
  }

  private static func object(_ walk: NetworkInternals.Walk) -> OutputValue {
    .object([("positions", OutputValue(walk.positions)), ("targets", .list(walk.targets.map { OutputValue($0) }))])
  }
}
