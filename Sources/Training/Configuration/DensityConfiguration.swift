// The shape of a component of a mass fit.
internal import Numerics

/// A density of the mass, normalised in the fit's window.
package struct DensityConfiguration: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case gaussian
    /// Two Gaussians with one mean.
    case doubleGaussian = "double-gaussian"
    /// A Gaussian core with a power-law tail.
    case crystalBall = "crystal-ball"
    case exponential
    /// A sum of Chebyshev polynomials.
    case chebyshev
  }

  /// The side of a Crystal Ball's power-law tail; radiation makes a left one.
  package enum Tail: String, Sendable, CaseIterable { case left, right }

  /// A value of a shape parameter.
  package struct Parameter: Sendable, Equatable {
    package let name: String
    package let value: Double
  }

  /// The range that the fit may not leave.
  package struct Limit: Sendable, Equatable {
    package let name: String
    package let range: ClosedRange<Double>
  }

  /// A parameter that is one and the same as that of an earlier component.
  package struct Shared: Sendable, Equatable {
    package let name: String
    package let component: String
    package let parameter: String
  }

  package let kind: Kind
  /// The degree of a Chebyshev polynomial, 1 to 8; nil for the other kinds.
  package let degree: Int?
  /// The side of a Crystal Ball's tail; nil for the other kinds.
  package let tail: Tail?
  /// Where the fit begins, in the order of `Kind.parameters`; other parameters begin where the sample puts them.
  package let start: [Parameter]
  /// Parameters that the fit leaves alone, in the order of `Kind.parameters`. A Crystal Ball's n is among them unless `start`
  /// frees it, because n and alpha are strongly correlated.
  package let fixed: [Parameter]
  /// Ranges other than the fit's own, in the order of `Kind.parameters`.
  package let limits: [Limit]
  /// In the order of `Kind.parameters`.
  package let shared: [Shared]

  private static let settings = ["start", "fixed", "limits", "shared"]

  /// A kind's name alone, or a section with its options.
  init(_ field: ConfigurationField) throws {
    let section = field.isSection ? try field.section(["kind", "degree", "tail"] + Self.settings) : nil
    let kind: Kind = try (section?["kind"] ?? field).choice()
    try section?.allow(["kind"] + kind.options + Self.settings)
    let degree = kind == .chebyshev ? try section?["degree"].given?.integer(.degree) ?? 1 : nil
    (self.kind, self.degree) = (kind, degree)
    tail = kind == .crystalBall ? try section?["tail"].given?.choice() ?? .left : nil
    let names = kind.parameters(degree: degree ?? 1)
    func read<Value>(_ key: String, _ value: (String, ConfigurationField) throws -> Value) throws -> [Value] {
      guard let field = section?[key].given else { return [] }
      let values = try field.section(names)
      return try names.compactMap { name in try values[name].given.map { try value(name, $0) } }
    }
    start = try read("start") { Parameter(name: $0, value: try $1.number(.finite)) }
    limits = try read("limits") { Limit(name: $0, range: try $1.interval()) }
    shared = try read("shared", Shared.init)
    var fixed = try read("fixed") { Parameter(name: $0, value: try $1.number(.finite)) }
    if kind == .crystalBall, !(start + fixed).contains(where: { $0.name == "n" }) {
      fixed.append(Parameter(name: "n", value: 3))
    }
    self.fixed = fixed
    for parameter in fixed where start.contains(where: { $0.name == parameter.name }) {
      throw field.problem(
        found: "\(parameter.name) both in start and in fixed", expected: "each parameter in one of them")
    }
  }

  /// The kind's name alone where there is no more to say.
  var tree: ConfigurationTree {
    let options =
      ConfigurationTree.optional("degree", degree.map(ConfigurationTree.integer))
      + ConfigurationTree.optional("tail", tail.map { .text($0.rawValue) })
      + [
        ("start", start.map { ($0.name, .number($0.value)) }), ("fixed", fixed.map { ($0.name, .number($0.value)) }),
        ("limits", limits.map { ($0.name, .numbers([$0.range.lowerBound, $0.range.upperBound])) }),
        ("shared", shared.map { ($0.name, .text("\($0.component).\($0.parameter)")) }),
      ].filter { !$0.1.isEmpty }.map { ($0.0, .section($0.1)) }
    return options.isEmpty ? .text(kind.rawValue) : .section([("kind", .text(kind.rawValue))] + options)
  }
}

extension DensityConfiguration.Kind {
  /// The shape parameters: means, widths, a fraction, exponents and coefficients.
  package func parameters(degree: Int) -> [String] {
    switch self {
    case .gaussian: ["mu", "sigma"]
    case .doubleGaussian: ["mu", "s1", "s2", "f1"]
    case .crystalBall: ["mu", "sigma", "alpha", "n"]
    case .exponential: ["lam"]
    case .chebyshev: (1...max(1, degree)).map { "c\($0)" }
    }
  }

  /// The keys that only this kind has.
  fileprivate var options: [String] {
    switch self {
    case .crystalBall: ["tail"]
    case .chebyshev: ["degree"]
    default: []
    }
  }
}

extension DensityConfiguration.Shared {
  fileprivate init(name: String, _ field: ConfigurationField) throws {
    let text = try field.text()
    guard let dot = text.lastIndex(of: "."), dot > text.startIndex, text.index(after: dot) < text.endIndex else {
      throw field.problem(expected: "an earlier component's parameter, such as B0.sigma")
    }
    self.name = name
    (component, parameter) = (String(text[..<dot]), String(text[text.index(after: dot)...]))
  }
}
