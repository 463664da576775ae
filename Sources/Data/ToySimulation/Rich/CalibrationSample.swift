// The five calibration samples: how their tracks are born, what lies under the peak, and what is selected.
internal import CKernels
internal import ToyDescriptions

/// A track of a calibration sample before the detector has seen it.
struct CalibrationTrack {
  let isSignal: Bool
  let track: RichTrack
  /// Reconstructed mass of the parent in MeV.
  let parentMass: Double
}

/// Where tracks of a species known without the detector come from: a decay whose mass peak stands on background.
struct CalibrationSample: Sendable {
  private static let momenta = (low: 2.0, high: 150.0)
  private static let pseudorapidities = (low: 1.8, high: 5.0)
  private static let backgroundCrowding = 1.2

  let species: RichSpecies
  let decay: TwoBodyDecay
  /// Tracks are selected above this transverse momentum in GeV.
  let minimumTransverseMomentum: Double
  let masses: MassModel
  /// Fraction of signal among all events.
  let purity: Double
  /// Weights of the species in the background, in the order of `RichSpecies.index`.
  let backgroundMix: [Double]

  /// One event, signal with the probability `purity`: n of them hold a binomial number of signal events in random order.
  ///
  /// The mass does not depend on anything else, unless `correlatedMass` lets the peak widen with momentum.
  func sample(purity: Double, correlatedMass: Bool, _ random: inout EventRandom) -> CalibrationTrack {
    let isSignal = random.bernoulli(purity)
    let species = isSignal ? self.species : RichSpecies.allCases[random.categorical(backgroundMix)]
    let kinematics = selectedKinematics(isSignal: isSignal, &random)
    let scale = (isSignal ? 1 : Self.backgroundCrowding) * 162 / 4
    let trackCount = (8 + scale * random.gamma(shape: 4)).rounded(.down)
    let mass: Double
    if isSignal {
      let widthFactor = correlatedMass ? 0.6 + 0.5 * (kinematics.momentum / 40).squareRoot() : 1
      mass = masses.sampleSignal(widthFactor: widthFactor, &random)
    } else {
      mass = masses.sampleBackground(&random)
    }
    let track = RichTrack(
      species: species, momentum: kinematics.momentum, pseudorapidity: kinematics.pseudorapidity,
      trackCount: trackCount)
    return CalibrationTrack(isSignal: isSignal, track: track, parentMass: mass)
  }

  private func selectedKinematics(isSignal: Bool, _ random: inout EventRandom) -> TrackKinematics {
    while true {
      let kinematics = isSignal ? decay.sample(&random) : backgroundKinematics(&random)
      let isSelected =
        kinematics.momentum > Self.momenta.low && kinematics.momentum < Self.momenta.high
        && kinematics.pseudorapidity > Self.pseudorapidities.low
        && kinematics.pseudorapidity < Self.pseudorapidities.high
        && kinematics.transverseMomentum > minimumTransverseMomentum
      if isSelected { return kinematics }
    }
  }

  private func backgroundKinematics(_ random: inout EventRandom) -> TrackKinematics {
    let transverse = 0.25 + 0.7 * random.exponential()
    let pseudorapidity = 1.8 + 3.2 * random.beta(1.5, 1.5)
    let grown = fs_exp(pseudorapidity)
    return TrackKinematics(
      momentum: transverse * 0.5 * (grown + 1 / grown), pseudorapidity: pseudorapidity,
      transverseMomentum: transverse)
  }
}

extension CalibrationSample {
  private static let d0Masses = MassModel(
    window: 1815...1915,
    peak: .doubleGaussian(mean: 1864.84, narrow: 6.5, wide: 11.0, fraction: 0.65),
    continuum: .exponential(slope: -0.004))
  private static let lambdaMasses = MassModel(
    window: 1100.683...1130.683,
    peak: .doubleGaussian(mean: 1115.683, narrow: 1.1, wide: 2.2, fraction: 0.70),
    continuum: .chebyshev(slope: 0.15))
  private static let jpsiMasses = MassModel(
    window: 2990...3200,
    peak: .crystalBall(mean: 3096.9, width: 13.5, alpha: 1.9, power: 3),
    continuum: .exponential(slope: -0.0018))

  /// The sample that calibrates a species: kaons and pions from D⁰ → K π, protons from Λ → p π, leptons from J/ψ.
  init(of species: RichSpecies) {
    let pion = RichSpecies.pion.mass
    let kaon = RichSpecies.kaon.mass
    switch species {
    case .kaon:
      self.init(
        species: species, decay: .fromD0(probeMass: kaon, otherMass: pion), minimumTransverseMomentum: 0.25,
        masses: Self.d0Masses, purity: 0.65, backgroundMix: [0.04, 0.03, 0.65, 0.20, 0.08])
    case .pion:
      self.init(
        species: species, decay: .fromD0(probeMass: pion, otherMass: kaon), minimumTransverseMomentum: 0.25,
        masses: Self.d0Masses, purity: 0.65, backgroundMix: [0.03, 0.01, 0.70, 0.18, 0.08])
    case .proton:
      let decay = TwoBodyDecay(
        parentMass: 1.115683, probeMass: species.mass, otherMass: pion, scale: 1.5, exponent: 3.5,
        minimum: 0.5)
      self.init(
        species: species, decay: decay, minimumTransverseMomentum: 0.25, masses: Self.lambdaMasses, purity: 0.75,
        backgroundMix: [0.02, 0.01, 0.75, 0.12, 0.10])
    case .muon:
      self.init(
        species: species, decay: .fromJpsi(daughterMass: species.mass), minimumTransverseMomentum: 0.8,
        masses: Self.jpsiMasses, purity: 0.55, backgroundMix: [0.01, 0.35, 0.50, 0.10, 0.04])
    case .electron:
      self.init(
        species: species, decay: .fromJpsi(daughterMass: species.mass), minimumTransverseMomentum: 0.5,
        masses: Self.jpsiMasses, purity: 0.55, backgroundMix: [0.30, 0.01, 0.54, 0.10, 0.05])
    }
  }
}

extension TwoBodyDecay {
  fileprivate static func fromD0(probeMass: Double, otherMass: Double) -> TwoBodyDecay {
    TwoBodyDecay(
      parentMass: 1.86484, probeMass: probeMass, otherMass: otherMass, scale: 3.0, exponent: 3.5, minimum: 1.5)
  }

  fileprivate static func fromJpsi(daughterMass: Double) -> TwoBodyDecay {
    TwoBodyDecay(
      parentMass: 3.0969, probeMass: daughterMass, otherMass: daughterMass, scale: 4.0, exponent: 4.0, minimum: 0)
  }
}
