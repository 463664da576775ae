// The shape of a component of a mass fit.

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

  package let kind: Kind
  /// The degree of a Chebyshev polynomial, 1 to 8; nil for the other kinds.
  package let degree: Int?
  /// The side of a Crystal Ball's tail; nil for the other kinds.
  package let tail: Tail?
  /// Where the fit begins, in the order of `Kind.parameters`; other parameters begin where the sample puts them.
  package let start: [Parameter]
  /// Parameters that the fit leaves alone, in the order of `Kind.parameters`. A Crystal Ball's n is among them unless `start`
  /// frees it, for n and alpha are strongly correlated.
  package let fixed: [Parameter]

  /// A kind's name alone, or a section with its options.
  init(_ field: ConfigurationField) throws {
    let section = field.isSection ? try field.section(["kind", "degree", "tail", "start", "fixed"]) : nil
    let kind: Kind = try (section?["kind"] ?? field).choice()
    try section?.allow(["kind"] + kind.options + ["start", "fixed"])
    let degree = kind == .chebyshev ? try section?["degree"].given?.integer(1...8) ?? 1 : nil
    (self.kind, self.degree) = (kind, degree)
    tail = kind == .crystalBall ? try section?["tail"].given?.choice() ?? .left : nil
    let names = kind.parameters(degree: degree ?? 1)
    start = try section?["start"].given?.parameters(names) ?? []
    var fixed = try section?["fixed"].given?.parameters(names) ?? []
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
      + [("start", start), ("fixed", fixed)].filter { !$0.1.isEmpty }.map { key, parameters in
        (key, .section(parameters.map { ($0.name, .number($0.value)) }))
      }
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

extension ConfigurationField {
  /// Values by parameter, in the order of the names.
  fileprivate func parameters(_ names: [String]) throws -> [DensityConfiguration.Parameter] {
    let section = try section(names)
    return try names.compactMap { name in
      try section[name].given.map { DensityConfiguration.Parameter(name: name, value: try $0.number(.finite)) }
    }
  }
}
