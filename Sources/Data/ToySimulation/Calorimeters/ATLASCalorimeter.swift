// A calorimeter like the barrel of ATLAS's: four layers in eta and phi, each with cells of its own.
internal import CKernels
internal import CShowers
internal import ToyDescriptions

/// Presampler, strips, middle and back around eta 0.2, with the impact at most half a middle cell from the centre. The
/// depth is measured along the shower; energy before, between and behind the layers is lost. Source of the
/// segmentation: ATLAS, ATL-SOFT-PUB-2018-001.
struct ATLASCalorimeter: Calorimeter {
  let material = ShowerMaterial.leadLiquidArgon
  let sampledFraction = 1.0
  let energies: CalorimeterOptions.Energies
  let threshold: Double
  let noise: [(first: Int, count: Int, sigma: Double)]
  private let layers: [fs_shower_layer]

  init(_ options: CalorimeterOptions) {
    energies = options.energies
    threshold = options.threshold ?? 0
    var layers: [fs_shower_layer] = []
    var noise: [(first: Int, count: Int, sigma: Double)] = []
    for (layer, offset) in zip(ATLASLayer.all, ATLASLayer.offsets) {
      layers.append(
        fs_shower_layer(
          first: layer.depth.lowerBound, last: layer.depth.upperBound,
          eta_per_mm: 1 / (layer.radius * fs_cosh(0.2)), phi_per_mm: 1 / layer.radius, eta_side: layer.etaSide,
          phi_side: layer.phiSide, eta_count: Int32(layer.etaCells), phi_count: Int32(layer.phiCells),
          offset: Int32(offset)))
      noise.append((offset, layer.cellCount, (options.noise ?? 0) * layer.noise))
    }
    (self.layers, self.noise) = (layers, noise)
  }

  func particle(_ random: inout EventRandom) -> ShowerParticle {
    let energy = energies.energy(random.uniform()) { logUniform(1, 262, $0) }
    let (eta, phi) = (random.symmetric(0.0125), random.symmetric(0.0125))
    return ShowerParticle(energy: energy, x: eta, y: phi)
  }

  func conditions(of particle: ShowerParticle) -> [Double] { [particle.x, particle.y] }

  func cells(around particle: ShowerParticle) -> ShowerCells { .layers(layers, eta: particle.x, phi: particle.y) }
}
