// A calorimeter like CLIC's: 25 layers of 51 x 51 cells, or of those at the centre.
internal import CShowers
internal import ToyDescriptions

/// Cubes of 5.1 mm, each 0.9 X0 deep, in the order [x][y][z]; the silicon sees a fiftieth of the energy. Conditions: entry
/// point of an electron in mm, within half a cell of the centre, and its slopes. Source of the segmentation: G. Khattak
/// et al., Eur. Phys. J. C 82 (2022) 386.
struct CLICCalorimeter: Calorimeter {
  let material = ShowerMaterial.tungstenSilicon
  let sampledFraction = 0.02
  let energies: CalorimeterOptions.Energies
  let isInclined: Bool
  let threshold: Double
  let noise: [(first: Int, count: Int, sigma: Double)]
  private let side: Int
  private static let depth = 25

  /// - Parameter side: cells along x and y, odd.
  init(_ options: CalorimeterOptions, side: Int) {
    energies = options.energies
    isInclined = options.incidence == .inclined
    threshold = options.threshold ?? 0.045
    noise = [(0, side * side * Self.depth, options.noise ?? 0)]
    self.side = side
  }

  func particle(_ random: inout EventRandom) -> ShowerParticle {
    let energy = energies.energy(random.uniform()) { 10 + 490 * $0 }
    let (x, y) = (random.symmetric(2.5), random.symmetric(2.5))
    let slopes = (random.symmetric(0.087), random.symmetric(0.087))
    return ShowerParticle(
      energy: energy, x: x, y: y, tx: isInclined ? slopes.0 : 0, ty: isInclined ? slopes.1 : 0)
  }

  func conditions(of particle: ShowerParticle) -> [Double] { [particle.x, particle.y, particle.tx, particle.ty] }

  func cells(around particle: ShowerParticle) -> ShowerCells {
    let (side, depth) = (Int32(side), Int32(Self.depth))
    return .box(
      fs_shower_box(
        particle, side: (5.1, 5.1, 5.1), count: (side, side, depth), stride: (side * depth, depth, 1),
        radiationLength: material.radiationLength))
  }
}
