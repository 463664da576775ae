// The momentum of a calibration track: a daughter of a moving parent that decays into two.
internal import CKernels

/// Momentum and direction of a track.
struct TrackKinematics {
  /// GeV
  let momentum: Double
  let pseudorapidity: Double
  /// Momentum across the beam in GeV.
  let transverseMomentum: Double
}

/// A parent with a falling transverse momentum spectrum that decays isotropically into the probe and another particle.
struct TwoBodyDecay: Sendable {
  /// GeV
  let parentMass, probeMass, otherMass: Double
  /// The parent's density in transverse momentum is pT / (1 + (pT/scale)²)^exponent above `minimum`, in GeV.
  let scale, exponent, minimum: Double

  /// The probe of one decay.
  func sample(_ random: inout EventRandom) -> TrackKinematics {
    let parent = sampleParent(&random)
    let decayMomentum = restMomentum
    let cosine = 2 * random.uniform() - 1
    let sine = max(0, 1 - cosine * cosine).squareRoot()
    let azimuth = random.direction()
    let kx = decayMomentum * sine * azimuth.cosine
    let ky = decayMomentum * sine * azimuth.sine
    let kz = decayMomentum * cosine

    let betaX = parent.transverse / parent.energy
    let betaZ = parent.longitudinal / parent.energy
    let squaredBeta = betaX * betaX + betaZ * betaZ
    let gamma = parent.energy / parentMass
    let projection = betaX * kx + betaZ * kz
    let restEnergy = (decayMomentum * decayMomentum + probeMass * probeMass).squareRoot()
    let along = (gamma - 1) * projection / squaredBeta + gamma * restEnergy
    let qx = kx + betaX * along
    let qz = kz + betaZ * along
    let squaredTransverse = qx * qx + ky * ky
    let transverse = squaredTransverse.squareRoot()
    let momentum = (squaredTransverse + qz * qz).squareRoot()
    // asinh(qz / qT); the selection rejects what goes backwards, where this form loses digits.
    let pseudorapidity = fs_log((momentum + qz) / transverse)
    return TrackKinematics(momentum: momentum, pseudorapidity: pseudorapidity, transverseMomentum: transverse)
  }

  /// Transverse momentum by the inverse of its cumulative distribution, rapidity 1.6 + 3.4 Beta(1.3, 1.8).
  private func sampleParent(_ random: inout EventRandom) -> (transverse: Double, longitudinal: Double, energy: Double) {
    let ratio = minimum / scale
    let tail = random.positiveUniform() * fs_pow(1 + ratio * ratio, 1 - exponent)
    let transverse = scale * max(0, fs_pow(tail, 1 / (1 - exponent)) - 1).squareRoot()
    let rapidity = 1.6 + 3.4 * random.beta(1.3, 1.8)
    let transverseMass = (parentMass * parentMass + transverse * transverse).squareRoot()
    let grown = fs_exp(rapidity)
    let shrunk = 1 / grown
    return (transverse, transverseMass * 0.5 * (grown - shrunk), transverseMass * 0.5 * (grown + shrunk))
  }

  /// Momentum of both daughters where the parent is at rest, in GeV.
  private var restMomentum: Double {
    let sum = probeMass + otherMass
    let difference = probeMass - otherMass
    let squaredMass = parentMass * parentMass
    return ((squaredMass - sum * sum) * (squaredMass - difference * difference)).squareRoot() / (2 * parentMass)
  }
}
