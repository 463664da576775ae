// What is refused, what is warned of, and limits of the models.
import SPlot
import Testing

private let peakOnSlope = [
  MassComponent(name: "signal", density: .gaussian), MassComponent(name: "background", density: .exponential),
]

private func toy(signal: Double = 300, background: Double = 700, stream: UInt32 = 0) -> [Double] {
  ToySpectrum(seed: 5, stream: stream, signal: signal, background: background).mass
}

@Suite(.timeLimit(.minutes(20))) struct RefusalTests {
  @Test func massesThatAreNotFiniteAreRefusedWithTheirRow() {
    for wrong in [Double.nan, .infinity, -.infinity] {
      var mass = toy()
      mass[17] = wrong
      #expect(throws: SPlotError.nonFiniteMass(row: 17)) {
        try fitMass(mass, model: MassModel(components: peakOnSlope))
      }
    }
  }

  @Test func unusableDataAreRefused() {
    let model = MassModel(components: peakOnSlope)
    #expect(throws: SPlotError.tooFewEvents(events: 0, parameters: 1)) { try fitMass([], model: model) }
    #expect(throws: SPlotError.tooFewEvents(events: 4, parameters: 5)) {
      try fitMass([5200, 5210, 5300, 5250], model: model)
    }
    #expect(throws: SPlotError.self) { try fitMass([Double](repeating: 5200, count: 100), model: model) }
    #expect(throws: SPlotError.tooFewEvents(events: 0, parameters: 5)) {
      try fitMass(toy(), model: MassModel(components: peakOnSlope, window: 1...2))
    }
    #expect(throws: SPlotError.self) {
      try fitMass(toy(), model: MassModel(components: peakOnSlope, window: 5200...5200))
    }
    #expect(throws: SPlotError.self) {
      try fitMass(toy(), model: MassModel(components: peakOnSlope, window: 0...(.infinity)))
    }
    #expect(throws: SPlotError.self) { try fitMass([-1.7e308, 1.7e308, 0, 1, 2, 3], model: model) }
  }

  @Test func eventsOutsideTheWindowHaveWeightZeroAndAreReported() throws {
    let inside = toy()
    let mass = [5000.0] + inside + [6000, 5450.5]
    let model = MassModel(components: peakOnSlope, window: ToySpectrum.window)
    let fit = try fitMass(mass, model: model)
    let weights = try fit.weights(component: "signal")
    #expect(weights.count == mass.count)
    #expect(weights[0] == 0 && weights.suffix(2).allSatisfy { $0 == 0 })
    #expect(fit.eventsOutside == 3 && fit.eventCount == inside.count)
    #expect(fit.warnings.contains { $0.hasPrefix("3 of \(mass.count) events lie outside the window") })
    let alone = try fitMass(inside, model: model)
    #expect(try alone.weights(component: "signal") == Array(weights[1...inside.count]))
    #expect(try fit.density(of: "signal", at: 6000) == 0)
  }

  @Test func modelsThatCannotBeFittedAreRefusedInWords() {
    func refusal(_ components: [MassComponent]) -> String? {
      #expect(throws: SPlotError.self) { try fitMass(toy(), model: MassModel(components: components)) }?.description
    }
    func gaussian(_ settings: ShapeSetting...) -> [MassComponent] {
      [MassComponent(name: "signal", density: .gaussian, settings: settings), peakOnSlope[1]]
    }
    #expect(refusal([])?.contains("0 components") == true)
    #expect(refusal((0..<7).map { MassComponent(name: "c\($0)", density: .exponential) })?.contains("7") == true)
    #expect(refusal([peakOnSlope[0], peakOnSlope[0]])?.contains("rename one") == true)
    #expect(refusal([MassComponent(name: "", density: .gaussian)])?.contains("no name") == true)
    #expect(refusal([MassComponent(name: "x", density: .chebyshev(degree: 0))])?.contains("degree 0") == true)
    #expect(refusal(gaussian(ShapeSetting("width")))?.contains("has mu, sigma") == true)
    #expect(refusal(gaussian(ShapeSetting("mu"), ShapeSetting("mu")))?.contains("set twice") == true)
    #expect(refusal(gaussian(ShapeSetting("mu", start: .nan)))?.contains("not a finite") == true)
    #expect(refusal(gaussian(ShapeSetting("mu", start: 1, limits: 2...3)))?.contains("outside its limits") == true)
    #expect(refusal(gaussian(ShapeSetting("mu", limits: 2...2)))?.contains("two different") == true)
    #expect(refusal(gaussian(ShapeSetting("mu", fixed: true)))?.contains("without a value") == true)
    let unknown = SharedParameter(component: "background", parameter: "lam")
    #expect(refusal(gaussian(ShapeSetting("mu", shared: unknown)))?.contains("no earlier component") == true)
    #expect(throws: SPlotError.unknownComponent("x", known: ["signal", "background"])) {
      try fitMass(toy(), model: MassModel(components: peakOnSlope), options: MassFitOptions(minos: ["x"]))
    }
  }

  @Test func proportionalDensitiesAreRefused() {
    let twice = [
      MassComponent(name: "one", density: .chebyshev(degree: 1), settings: [ShapeSetting("c1", start: 0, fixed: true)]),
      MassComponent(name: "two", density: .exponential, settings: [ShapeSetting("lam", start: 0, fixed: true)]),
    ]
    #expect(throws: SPlotError.singularWeights) { try fitMass(toy(), model: MassModel(components: twice)) }
  }

  @Test func weightsOfUnknownAndOfAbsentComponentsAreRefused() throws {
    let fit = try fitMass(toy(), model: MassModel(components: peakOnSlope, window: ToySpectrum.window))
    #expect(throws: SPlotError.unknownComponent("sig", known: ["signal", "background"])) {
      try fit.weights(component: "sig")
    }
    // A narrow peak sought where the spectrum has a gap.
    let gap = toy(signal: 0, background: 4000).filter { !(5350...5400).contains($0) }
    let fixed = [
      MassComponent(
        name: "signal", density: .gaussian,
        settings: [ShapeSetting("mu", start: 5375, fixed: true), ShapeSetting("sigma", start: 25, fixed: true)]),
      peakOnSlope[1],
    ]
    let absent = try fitMass(gap, model: MassModel(components: fixed, window: ToySpectrum.window))
    #expect(absent.yields[0].value < 0)
    #expect(throws: SPlotError.self) { try absent.weights(component: "signal") }
    #expect(absent.warnings.contains { $0.contains("negative yield") })
  }

  @Test func weakSignalsAndLimitsAreWarnedOf() throws {
    let weak = [
      MassComponent(
        name: "signal", density: .gaussian,
        settings: [ShapeSetting("mu", start: 5280, fixed: true), ShapeSetting("sigma", start: 15, fixed: true)]),
      peakOnSlope[1],
    ]
    let fit = try fitMass(
      toy(signal: 5, background: 900, stream: 2), model: MassModel(components: weak, window: ToySpectrum.window))
    #expect(fit.warnings.contains { $0.contains("below three times its error") || $0.contains("negative yield") })
    #expect(fit.warnings.contains { $0.contains("fewer than 50") })

    let tight = [
      MassComponent(name: "signal", density: .gaussian, settings: [ShapeSetting("sigma", limits: 1...8)]),
      peakOnSlope[1],
    ]
    let limited = try fitMass(toy(), model: MassModel(components: tight, window: ToySpectrum.window))
    #expect(limited.parametersAtLimit == ["signal.sigma"])
    #expect(limited.warnings.contains { $0.contains("signal.sigma is at a limit") })
    #expect(limited.converged)
    #expect(limited.identities.sumRule < 1e-9)
  }

  @Test func fixedAndSharedParametersStayWhereTheyBelong() throws {
    let components = [
      MassComponent(name: "signal", density: .gaussian, settings: [ShapeSetting("mu", start: 5281, fixed: true)]),
      MassComponent(
        name: "partner", density: .gaussian,
        settings: [
          ShapeSetting("mu", start: 5380, fixed: true),
          ShapeSetting("sigma", shared: SharedParameter(component: "signal", parameter: "sigma")),
        ]),
      peakOnSlope[1],
    ]
    let fit = try fitMass(toy(), model: MassModel(components: components, window: ToySpectrum.window))
    #expect(fit.shapes[0].value == 5281 && fit.shapes[0].error == 0 && fit.shapes[0].isFixed)
    #expect(fit.shapes[3].value == fit.shapes[1].value && fit.shapes[3].error == fit.shapes[1].error)
    #expect(fit.parameterNames == ["N(signal)", "N(partner)", "N(background)", "signal.sigma", "background.lam"])
    #expect(fit.correlation.indices.allSatisfy { abs(fit.correlation[$0][$0] - 1) < 1e-12 })
    #expect(fit.summary.contains("same as signal.sigma"))
  }

  @Test func oneComponentTakesEveryEvent() throws {
    let mass = toy(signal: 0, background: 800)
    let fit = try fitMass(mass, model: MassModel(components: [peakOnSlope[1]], window: ToySpectrum.window))
    #expect(abs(fit.yields[0].value - Double(mass.count)) < 1e-6)
    #expect(try fit.weights(component: "background").allSatisfy { abs($0 - 1) < 1e-9 })
  }

  @Test func aScaledMassGivesTheScaledFit() throws {
    let mass = toy()
    let large = try fitMass(mass, model: MassModel(components: peakOnSlope, window: 5150...5450))
    let small = try fitMass(mass.map { $0 / 1000 }, model: MassModel(components: peakOnSlope, window: 5.15...5.45))
    #expect(abs(large.yields[0].value - small.yields[0].value) < 1e-3 * large.yields[0].error)
    #expect(abs(large.yields[0].error - small.yields[0].error) < 1e-3 * large.yields[0].error)
    #expect(abs(large.shapes[0].value - 1000 * small.shapes[0].value) < 1e-3 * large.shapes[0].error)
  }

  @Test func curvesCountEveryEventAndExpectTheYields() throws {
    let fit = try fitMass(toy(), model: MassModel(components: peakOnSlope, window: ToySpectrum.window))
    let curves = fit.curves(bins: 50)
    #expect(curves.counts.reduce(0, +) == Double(fit.eventCount))
    #expect(abs(curves.expected.reduce(0, +) - fit.yields.reduce(0) { $0 + $1.value }) < 1e-3)
    #expect(curves.edges.count == 51 && curves.positions.count == curves.total.count)
    #expect(curves.edges.first == 5150 && curves.edges.last == 5450)
    #expect(
      zip(zip(curves.components[0].values, curves.components[1].values), curves.total).allSatisfy {
        abs($0.0 + $0.1 - $1) < 1e-9
      })
    let chi2 = curves.pulls.reduce(0) { $0 + $1 * $1 } / 50
    #expect((0.5...1.6).contains(chi2))
    #expect(fit.curves(bins: 0).counts.count == 1)
  }

  @Test func backgroundsThatVanishAtTheWindowsEndStillConverge() throws {
    // A background that falls to zero at the upper edge: 1 - T_1(t), drawn by the square root of a uniform.
    var random = ToyStream(seed: 12, stream: 0)
    var mass: [Double] = []
    for event in 0..<3000 {
      mass.append(
        event < 900 ? 5280 + 15 * random.normal() : 5450 - 300 * random.uniform().squareRoot())
    }
    for degree in 1...3 {
      let components = [peakOnSlope[0], MassComponent(name: "background", density: .chebyshev(degree: degree))]
      let fit = try fitMass(mass, model: MassModel(components: components, window: ToySpectrum.window))
      #expect(fit.converged && fit.identities.sumRule < 1e-9)
      #expect(abs(fit.yields[0].value - 900) < 3 * fit.yields[0].error)
    }
  }
}
