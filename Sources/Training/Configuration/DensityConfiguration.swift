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
  /// Where the fit begins, in the order of the names; other parameters begin where the sample puts them.
  package let start: [Parameter]
  /// Parameters that the fit leaves alone, in the order of the names. A Crystal Ball's n is among them unless `start`
  /// frees it, for n and alpha are strongly correlated.
  package let fixed: [Parameter]

  /// The names of the shape parameters: gaussian mu, sigma; double-gaussian mu, s1, s2, f1; crystal-ball mu, sigma,
  /// alpha, n; exponential lam; chebyshev c1, c2, ….
  package var parameterNames: [String] {
    switch kind {
    case .gaussian: ["mu", "sigma"]
    case .doubleGaussian: ["mu", "s1", "s2", "f1"]
    case .crystalBall: ["mu", "sigma", "alpha", "n"]
    case .exponential: ["lam"]
    case .chebyshev: (1...(degree ?? 1)).map { "c\($0)" }
    }
  }

  /// A kind's name alone, or a section with its options.
  init(_ field: ConfigurationField) throws {
    let section = field.isSection ? try field.section(["kind", "degree", "tail", "start", "fixed"]) : nil
    kind = try (section?["kind"] ?? field).choice()
    try section?.allow(["kind"] + Self.options(of: kind) + ["start", "fixed"])
    degree = kind == .chebyshev ? try section?["degree"].given?.integer(1...8) ?? 1 : nil
    tail = kind == .crystalBall ? try section?["tail"].given?.choice() ?? .left : nil
    (start, fixed) = ([], [])
    let names = parameterNames
    let start = try section?["start"].given.map { try Self.parameters($0, among: names) } ?? []
    let fixed = try section?["fixed"].given.map { try Self.parameters($0, among: names, besides: start) } ?? []
    self.start = start
    let isFree = kind != .crystalBall || (start + fixed).contains { $0.name == "n" }
    self.fixed = isFree ? fixed : (fixed + [Parameter(name: "n", value: 3)]).sorted { $0.name < $1.name }
  }
}
