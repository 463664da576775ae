// The photon-by-photon response of a detector of two radiators to one track.
internal import CKernels
package import ToyDescriptions

/// A track as the detector meets it.
package struct RichTrack: Sendable {
  package var species: RichSpecies
  /// True momentum in GeV, positive.
  package var momentum: Double
  package var pseudorapidity: Double
  /// Number of tracks in the event.
  package var trackCount: Double

  package init(species: RichSpecies, momentum: Double, pseudorapidity: Double, trackCount: Double) {
    self.species = species
    self.momentum = momentum
    self.pseudorapidity = pseudorapidity
    self.trackCount = trackCount
  }
}

/// What the detector says of a track: log-likelihoods relative to that of the pion.
package struct RichResponse: Sendable {
  package var electron, kaon, muon, proton: Double
  /// The hypothesis of a particle below every threshold, whose log-likelihood is 0.
  package var belowThreshold: Double
  /// The momentum that the hypotheses were computed with, in GeV.
  package var measuredMomentum: Double
}

/// Simulates photons, the rings of other tracks and diffuse hits, and tests five hypotheses against them.
///
///     let detector = RichDetector()
///     let response = detector.respond(to: track, random: &random)
package struct RichDetector: Sendable {
  private static let momentumResolution = 0.006
  private static let badDirection = (probability: 0.06, scale: 8.0)
  private static let companion = (probability: 0.06 / 170, offset: 3.0)
  private static let photonTail = (probability: 0.10, scale: 3.0)
  private static let knownRing = 0.5
  private static let occupancyWidth = 0.40

  private let radiators = [Radiator.rich1, Radiator.rich2].map(PreparedRadiator.init)

  package init() {}

  /// The response to one track, by itself. In loops a shared buffer saves its allocation.
  package func respond(to track: RichTrack, random: inout EventRandom) -> RichResponse {
    var likelihood = PhotonLikelihood()
    return respond(to: track, random: &random, likelihood: &likelihood)
  }

  func respond(
    to track: RichTrack, random: inout EventRandom, likelihood: inout PhotonLikelihood
  ) -> RichResponse {
    let measuredMomentum = track.momentum * (1 + Self.momentumResolution * random.normal())
    let state = TrackState(
      track: track, measuredMomentum: measuredMomentum,
      directionScale: random.bernoulli(Self.badDirection.probability) ? Self.badDirection.scale : 1,
      decayDistance: random.exponential() * track.momentum / track.species.mass * track.species.decayLength,
      companion: companion(trackCount: track.trackCount, random: &random),
      polarAngle: 2000 * fs_atan(fs_exp(-track.pseudorapidity)))
    likelihood.reset()
    for radiator in radiators {
      simulate(state, in: radiator, random: &random, likelihood: &likelihood)
    }
    let pion = likelihood[.pion]
    return RichResponse(
      electron: likelihood[.electron] - pion, kaon: likelihood[.kaon] - pion, muon: likelihood[.muon] - pion,
      proton: likelihood[.proton] - pion, belowThreshold: 0 - pion, measuredMomentum: measuredMomentum)
  }

  private func companion(trackCount: Double, random: inout EventRandom) -> Companion? {
    guard random.bernoulli(Self.companion.probability * trackCount) else { return nil }
    let x = Self.companion.offset * random.normal()
    let y = Self.companion.offset * random.normal()
    return Companion(offset: fs_hypot(x, y), isKnown: random.bernoulli(Self.knownRing))
  }

  private func simulate(
    _ state: TrackState, in prepared: PreparedRadiator, random: inout EventRandom,
    likelihood: inout PhotonLikelihood
  ) {
    let radiator = prepared.radiator
    let track = state.track
    let acceptance = radiator.acceptance(momentum: track.momentum, pseudorapidity: track.pseudorapidity)
    let directionError = radiator.directionError(momentum: track.momentum)
    let resolution = (radiator.photonResolution * radiator.photonResolution + directionError * directionError)
      .squareRoot()
    let meanRings = radiator.meanRings(trackCount: track.trackCount, polarAngle: state.polarAngle)
    let background = Background(
      acceptance: acceptance,
      density: acceptance * (meanRings * prepared.densityPerRing + prepared.diffuseDensity))

    likelihood.begin(resolution: resolution, window: radiator.window)
    for species in RichSpecies.allCases {
      let photons =
        acceptance * radiator.saturatedYield
        * radiator.relativeYield(momentum: state.measuredMomentum, mass: species.mass)
      let angle = radiator.angle(momentum: state.measuredMomentum, mass: species.mass)
      likelihood.setHypothesis(species, angle: angle, photons: photons)
    }
    addOwnLight(
      of: state, in: radiator, directionError: directionError, background: background, random: &random,
      likelihood: &likelihood)

    let fluctuation = fs_exp(
      Self.occupancyWidth * random.normal() - 0.5 * Self.occupancyWidth * Self.occupancyWidth)
    for _ in 0..<random.poisson(mean: meanRings * fluctuation) {
      let distance = prepared.ringReach * random.uniform().squareRoot()
      let isKnown = random.bernoulli(Self.knownRing)
      addRing(
        at: distance, isKnown: isKnown, in: prepared, background: background, random: &random,
        likelihood: &likelihood)
    }
    if let companion = state.companion {
      addRing(
        at: companion.offset * radiator.companionScale, isKnown: companion.isKnown, in: prepared,
        background: background, random: &random, likelihood: &likelihood)
    }
    let weight = background.weight(ringDensity: 0)
    for _ in 0..<random.poisson(mean: radiator.diffuseHits * acceptance) {
      likelihood.makeRoom()
      likelihood.add(squaredAngle: radiator.window * radiator.window * random.uniform(), weight: weight)
    }
    likelihood.finish()
  }

  private func addOwnLight(
    of state: TrackState, in radiator: Radiator, directionError: Double, background: Background,
    random: inout EventRandom, likelihood: inout PhotonLikelihood
  ) {
    let track = state.track
    var quality = random.beta(6, 1.5) * 7.5 / 6
    if random.bernoulli(radiator.interactionProbability) { quality *= random.uniform() }
    if state.decayDistance <= radiator.entrance { quality = 0 }
    let photons = random.poisson(
      mean: quality * background.acceptance * radiator.saturatedYield
        * radiator.relativeYield(momentum: track.momentum, mass: track.species.mass))
    guard photons > 0 else { return }
    let shiftX = directionError * state.directionScale * random.normal()
    let shiftY = directionError * state.directionScale * random.normal()
    let centre =
      radiator.angle(momentum: track.momentum, mass: track.species.mass) + radiator.commonError * random.normal()
    let weight = background.weight(ringDensity: 0)
    for _ in 0..<photons {
      let azimuth = random.direction()
      let scale = random.bernoulli(Self.photonTail.probability) ? Self.photonTail.scale : 1
      let angle =
        centre + shiftX * azimuth.cosine + shiftY * azimuth.sine
        + radiator.photonResolution * scale * random.normal()
      likelihood.makeRoom()
      likelihood.add(squaredAngle: angle * angle, weight: weight)
    }
  }

  /// The ring of another track around a centre `distance` mrad away.
  private func addRing(
    at distance: Double, isKnown: Bool, in prepared: PreparedRadiator, background: Background,
    random: inout EventRandom, likelihood: inout PhotonLikelihood
  ) {
    let radiator = prepared.radiator
    let u = random.uniform()
    let x = 0.5 * u * u
    let radius = prepared.saturatedAngle * (1 - x).squareRoot()
    let yield = radiator.saturatedYield * (1 - x)
    // No normal number exceeds 8.6: a ring further out has no hit in the window, and its photons need no drawing.
    guard distance - radius - 8.6 * radiator.photonResolution < radiator.window else { return }
    let photons = random.poisson(mean: yield * background.acceptance)
    let weight = background.weight(
      ringDensity: isKnown ? yield / (prepared.ringAreaFactor * radius) : 0)
    for _ in 0..<photons {
      let hitRadius = radius + radiator.photonResolution * random.normal()
      let cosine = random.direction().cosine
      likelihood.makeRoom()
      // Never below 0 but for rounding.
      let squaredAngle = max(0, distance * distance + hitRadius * hitRadius + 2 * distance * hitRadius * cosine)
      likelihood.add(squaredAngle: squaredAngle, weight: weight)
    }
  }
}

/// A track and what both radiators share of it.
private struct TrackState {
  let track: RichTrack
  let measuredMomentum: Double
  let directionScale: Double
  /// Metres flown before the decay.
  let decayDistance: Double
  let companion: Companion?
  /// mrad
  let polarAngle: Double
}

/// A second track close to the first, with the offset of its direction in mrad.
private struct Companion {
  let offset: Double
  let isKnown: Bool
}

/// The background that the likelihood expects around a track.
private struct Background {
  let acceptance: Double
  /// Hits per mrad².
  let density: Double

  /// 1/(2π ρ) for hits where a known ring adds `ringDensity`. Only without acceptance, where there are no hits, is ρ 0.
  func weight(ringDensity: Double) -> Double {
    let sum = density + acceptance * ringDensity
    return sum > 0 ? 1 / (2 * Double.pi * sum) : 0
  }
}

/// A radiator with what follows from it for every track.
private struct PreparedRadiator: Sendable {
  let radiator: Radiator
  let saturatedAngle: Double
  /// Largest distance of a ring's centre that can reach the window, mrad.
  let ringReach: Double
  /// Expected hits per mrad² for one ring; a ring's mean yield is 5/6 of the saturated one.
  let densityPerRing: Double
  let diffuseDensity: Double
  /// 4 π^1.5 σ: a ring of radius R and N photons has the density N / (4 π^1.5 R σ) averaged over its own hits.
  let ringAreaFactor: Double

  init(_ radiator: Radiator) {
    self.radiator = radiator
    saturatedAngle = radiator.saturatedAngle
    ringReach = radiator.window + saturatedAngle
    densityPerRing = radiator.saturatedYield * (1 - 0.5 / 3) / (Double.pi * ringReach * ringReach)
    diffuseDensity = radiator.diffuseHits / (Double.pi * radiator.window * radiator.window)
    ringAreaFactor = 4 * Double.pi * Double.pi.squareRoot() * radiator.photonResolution
  }
}
