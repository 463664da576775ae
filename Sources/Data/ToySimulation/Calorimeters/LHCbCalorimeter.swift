// A calorimeter like LHCb's: 30 x 30 cells that see the sum over depth.
internal import CShowers
internal import ToyDescriptions

/// Cells of 20 x 20 mm on a face of 600 x 600 mm, 420 mm deep (25 X0), in the order [y][x]. Conditions: momentum of an
/// electron in GeV and its entry point in mm, within 1 x 1 cm. Source: V. Chekalina et al., arXiv:1812.01319, section 3.
struct LHCbCalorimeter: Calorimeter {
  let material = ShowerMaterial.leadScintillator
  let sampledFraction = 1.0
  let energies: CalorimeterOptions.Energies
  let isInclined: Bool
  let threshold: Double
  let noise: [(first: Int, count: Int, sigma: Double)]

  init(_ options: CalorimeterOptions) {
    energies = options.energies
    isInclined = options.incidence != .normal
    threshold = options.threshold ?? 3
    noise = [(0, CalorimeterName.lhcb.cellCount, options.noise ?? 1)]
  }

  func particle(_ random: inout EventRandom) -> ShowerParticle {
    let energy = energies.energy(random.uniform()) { logUniform(1, 100, $0) }
    let slopes = random.normalPair()
    let (x, y) = (random.symmetric(5), random.symmetric(5))
    return ShowerParticle(
      energy: energy, x: x, y: y, tx: isInclined ? min(max(0.15 * slopes.0, -0.35), 0.35) : 0,
      ty: isInclined ? min(max(0.10 * slopes.1, -0.20), 0.20) : 0)
  }

  func conditions(of particle: ShowerParticle) -> [Double] {
    let pz = particle.energy / (1 + particle.tx * particle.tx + particle.ty * particle.ty).squareRoot()
    return [particle.tx * pz, particle.ty * pz, pz, particle.x, particle.y]
  }

  func cells(around particle: ShowerParticle) -> ShowerCells {
    .box(
      fs_shower_box(
        particle, side: (20, 20, 420), count: (30, 30, 1), stride: (1, 30, 900),
        radiationLength: material.radiationLength))
  }
}
