// A gas radiator with its photon detectors: the numbers of the model, and Cherenkov's relations.
internal import CKernels

/// One Cherenkov radiator. Angles are in mrad, momenta in GeV, lengths in m.
package struct Radiator: Sendable {
  /// Refractive index n.
  package let index: Double
  /// Mean detected photons of a full ring at the largest angle.
  let saturatedYield: Double
  /// Resolution of one photon's angle.
  let photonResolution: Double
  /// Constant part of the track direction's error.
  let directionError: Double
  /// Multiple scattering: direction error times momentum, mrad GeV.
  let scattering: Double
  /// Error that all photons of a track share, from the calibration of the index.
  let commonError: Double
  /// Photons at smaller angles than this to the track are used.
  let window: Double
  /// Rings of other tracks for each 100 tracks of the event.
  let ringsPer100Tracks: Double
  /// Polar angle at which the occupancy has halved.
  let occupancyAngle: Double
  /// Mean of diffuse hits in the window.
  let diffuseHits: Double
  /// Pseudorapidity and width of the acceptance's edge at large angles.
  let outerEdge: (eta: Double, width: Double)
  /// Pseudorapidity and width of the acceptance's edge at the beam pipe.
  let innerEdge: (eta: Double, width: Double)
  /// Momentum and width of the loss of tracks that the magnet bends away.
  let softEdge: (momentum: Double, width: Double)
  /// Probability that a track interacts inside and gives part of its light.
  let interactionProbability: Double
  /// Particles that decay before this distance give no light.
  let entrance: Double
  /// Factor on the offset of a collinear companion's ring.
  let companionScale: Double

  /// C4F10: 2 to 60 GeV, wide angles.
  package static let rich1 = Radiator(
    index: 1.0014, saturatedYield: 20, photonResolution: 1.62, directionError: 0.40, scattering: 4.0,
    commonError: 0.20, window: 62, ringsPer100Tracks: 14, occupancyAngle: 80, diffuseHits: 3,
    outerEdge: (1.95, 0.10), innerEdge: (4.45, 0.12), softEdge: (1.5, 0.3), interactionProbability: 0.04,
    entrance: 1.5, companionScale: 1)

  /// CF4: up to 100 GeV, small angles.
  package static let rich2 = Radiator(
    index: 1.0005, saturatedYield: 16, photonResolution: 0.68, directionError: 0.12, scattering: 1.6,
    commonError: 0.10, window: 36, ringsPer100Tracks: 9, occupancyAngle: 60, diffuseHits: 2,
    outerEdge: (2.75, 0.15), innerEdge: (4.95, 0.12), softEdge: (4.0, 0.8), interactionProbability: 0.10,
    entrance: 10.5, companionScale: 0.6)

  /// Largest Cherenkov angle, acos(1/n), in mrad.
  package var saturatedAngle: Double { 1000 * fs_acos(1 / index) }

  /// Momentum in GeV below which a particle of the given mass gives no light, m / √(n² - 1).
  package func threshold(mass: Double) -> Double {
    mass / (index * index - 1).squareRoot()
  }

  /// sin²θ of Cherenkov light by cos θ = 1/(nβ); 0 below threshold.
  @inline(__always)
  func squaredSine(momentum: Double, mass: Double) -> Double {
    let squaredMomentum = momentum * momentum
    return max(0, 1 - (squaredMomentum + mass * mass) / (index * index * squaredMomentum))
  }

  /// Cherenkov angle in mrad; 0 below threshold.
  package func angle(momentum: Double, mass: Double) -> Double {
    1000 * fs_asin(squaredSine(momentum: momentum, mass: mass).squareRoot())
  }

  /// Photons relative to a saturated ring, sin²θ / sin²θ_max, within 0 … 1.
  package func relativeYield(momentum: Double, mass: Double) -> Double {
    squaredSine(momentum: momentum, mass: mass) / (1 - 1 / (index * index))
  }

  /// Fraction of a track's light that falls on the detectors, within 0 … 1.
  func acceptance(momentum: Double, pseudorapidity: Double) -> Double {
    logistic((pseudorapidity - outerEdge.eta) / outerEdge.width)
      * logistic((innerEdge.eta - pseudorapidity) / innerEdge.width)
      * logistic((momentum - softEdge.momentum) / softEdge.width)
  }

  /// Error of the track's direction in mrad.
  func directionError(momentum: Double) -> Double {
    let scattered = scattering / momentum
    return (directionError * directionError + scattered * scattered).squareRoot()
  }

  /// Mean number of other tracks' rings in an event, for a track at the given polar angle in mrad.
  func meanRings(trackCount: Double, polarAngle: Double) -> Double {
    let ratio = polarAngle / occupancyAngle
    return ringsPer100Tracks * (trackCount / 100) / (1 + ratio * ratio)
  }
}

private func logistic(_ x: Double) -> Double {
  1 / (1 + fs_exp(-x))
}
