// The options that describe the components of a mass fit.
import ArgumentParser
import SPlot

/// The components and the window of a mass fit.
struct MassModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The density of the signal.", valueName: "density"), transform: MassDensity.parsed)
  var signal: MassDensity?

  @Option(help: ArgumentHelp("The density of the background.", valueName: "density"), transform: MassDensity.parsed)
  var background: MassDensity?

  @Option(
    name: .customLong("component"),
    help: ArgumentHelp("A component of another name; may be repeated.", valueName: "name=density"),
    transform: MassComponent.parsed)
  var others: [MassComponent] = []

  @Option(
    help: ArgumentHelp(
      "The component whose s-weights are wanted: the name of --signal, or one of --component.", valueName: "name"))
  var signalName = "signal"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Masses that take part (default: all).", valueName: "low,high"),
    transform: MassWindow.init(argument:))
  var window: MassWindow?

  mutating func validate() throws {
    let names = names
    guard names.contains(signalName) else {
      throw ValidationError("no component is named \(signalName); give --signal, or --component \(signalName)=density")
    }
    guard names.count > 1 else { throw ValidationError("give a --background, or another --component name=density") }
    guard Set(names).count == names.count else { throw ValidationError("two components have one name; rename one") }
    guard names.count <= MassModel.maximumComponents else {
      throw ValidationError("give at most \(MassModel.maximumComponents) components")
    }
  }

  /// The components' names in the order of the fit.
  var names: [String] { massModel.components.map(\.name) }

  var massModel: MassModel {
    let pair = [
      signal.map { MassComponent(name: signalName, density: $0) },
      background.map { MassComponent(name: "background", density: $0) },
    ]
    return MassModel(components: pair.compactMap { $0 } + others, window: window?.range)
  }
}

/// A range of masses, as `1815,1915` writes it.
struct MassWindow {
  let range: ClosedRange<Double>

  @Sendable init(argument: String) throws {
    let edges = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard edges.count == 2, let low = edges[0], let high = edges[1], low.isFinite, high.isFinite, low < high else {
      throw ValidationError("give it as low,high with low below high, such as 1815,1915")
    }
    range = low...high
  }
}

extension MassDensity {
  @Sendable fileprivate static func parsed(_ text: String) throws -> MassDensity {
    do {
      return try parse(text)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

extension MassComponent {
  @Sendable fileprivate static func parsed(_ text: String) throws -> MassComponent {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
      throw ValidationError("give it as name=density, such as combinatorial=exponential")
    }
    let density = try MassDensity.parsed(String(text[text.index(after: sign)...]))
    return MassComponent(name: String(text[..<sign]), density: density)
  }
}
