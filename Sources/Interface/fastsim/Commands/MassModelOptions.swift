// The options that describe the components of a mass fit.
import ArgumentParser
import Output
import SPlot

/// The components and the window of a mass fit.
struct MassModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The density of the signal.", valueName: "density"), transform: MassDensity.parsed)
  var signal: MassDensity?

  @Option(help: ArgumentHelp("The density of the background.", valueName: "density"), transform: MassDensity.parsed)
  var background: MassDensity?

  @Option(
    name: .customLong("component"),
    help: ArgumentHelp("An additional component. May be repeated.", valueName: "name=density"),
    transform: MassComponent.parsed)
  var others: [MassComponent] = []

  @Option(
    help: ArgumentHelp(
      "The component whose s-weights are written: the name of --signal, or one of --component.", valueName: "name"))
  var signalName = "signal"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The range of masses to fit (default: all).", valueName: "low,high"),
    transform: MassWindow.init(argument:))
  var window: MassWindow?

  @Option(
    help: ArgumentHelp("The start value of a shape parameter.", valueName: "component.parameter=value"),
    transform: ShapeOption<Double>.number)
  var start: [ShapeOption<Double>] = []

  @Option(
    help: ArgumentHelp("A shape parameter that is fixed to a value.", valueName: "component.parameter=value"),
    transform: ShapeOption<Double>.number)
  var fix: [ShapeOption<Double>] = []

  @Option(
    help: ArgumentHelp("The limits of a shape parameter.", valueName: "component.parameter=low,high"),
    transform: ShapeOption<MassWindow>.range)
  var limit: [ShapeOption<MassWindow>] = []

  @Option(
    help: ArgumentHelp(
      "A shape parameter shared with an earlier component.",
      valueName: "component.parameter=component.parameter"), transform: ShapeOption<ShapeName>.name)
  var share: [ShapeOption<ShapeName>] = []

  mutating func validate() throws {
    for name in start.map(\.name) + fix.map(\.name) + limit.map(\.name) + share.map(\.name) {
      guard let component = massModel.components.first(where: { $0.name == name.component }) else {
        throw ValidationError("no component is named \(name.component); there are \(names.joined(separator: ", "))")
      }
      guard component.density.parameterNames.contains(name.parameter) else {
        let known = component.density.parameterNames.joined(separator: ", ")
        throw ValidationError("\(name.component) has no parameter \(name.parameter); it has \(known)")
      }
    }
    let names = names
    guard names.contains(signalName) else {
      throw ValidationError("no component is named \(signalName); give --signal, or --component \(signalName)=density")
    }
    guard names.count > 1 else { throw ValidationError("give a --background, or another --component name=density") }
    guard Set(names).count == names.count else {
      throw ValidationError("two components have the same name; rename one")
    }
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
    let components = (pair.compactMap { $0 } + others).map { component in
      var component = component
      func mine<Value>(_ options: [ShapeOption<Value>]) -> [ShapeOption<Value>] {
        options.filter { $0.name.component == component.name }
      }
      for option in mine(start) {
        component.set(option.name.parameter) { ($0.start, $0.fixed) = (option.value, false) }
      }
      for option in mine(limit) { component.set(option.name.parameter) { $0.limits = option.value.range } }
      for option in mine(fix) { component.set(option.name.parameter) { ($0.start, $0.fixed) = (option.value, true) } }
      for option in mine(share) { component.set(option.name.parameter) { $0.shared = option.value.shared } }
      return component
    }
    return MassModel(components: components, window: window?.range)
  }
}

/// A shape parameter of a component, as `signal.mu` writes it.
struct ShapeName {
  let component: String
  let parameter: String

  init(argument: some StringProtocol) throws {
    guard let dot = argument.lastIndex(of: "."), dot > argument.startIndex else {
      throw ValidationError("name a parameter as component.parameter, such as signal.mu")
    }
    (component, parameter) = (String(argument[..<dot]), String(argument[argument.index(after: dot)...]))
  }

  var shared: SharedParameter { SharedParameter(component: component, parameter: parameter) }
}

/// What is asked of a shape parameter, as `component.parameter=value` writes it.
struct ShapeOption<Value> {
  let name: ShapeName
  let value: Value

  private init(_ argument: String, _ value: (String) throws -> Value) throws {
    guard let sign = argument.firstIndex(of: "=") else {
      throw ValidationError("give it as component.parameter=value, such as signal.mu=1864.8")
    }
    name = try ShapeName(argument: argument[..<sign])
    self.value = try value(String(argument[argument.index(after: sign)...]))
  }
}

extension ShapeOption<Double> {
  @Sendable static func number(_ argument: String) throws -> Self {
    try Self(argument) { text in
      guard let value = Double(text), value.isFinite else { throw ValidationError("\(text) is not a number") }
      return value
    }
  }
}

extension ShapeOption<MassWindow> {
  @Sendable static func range(_ argument: String) throws -> Self { try Self(argument, MassWindow.init) }
}

extension ShapeOption<ShapeName> {
  @Sendable static func name(_ argument: String) throws -> Self { try Self(argument) { try ShapeName(argument: $0) } }
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
      throw ValidationError(line(for: error))
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
