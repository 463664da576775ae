// What the simulated calorimeters have in common.
internal import CKernels
internal import CShowers
internal import ToyDescriptions

/// A particle at the face of a calorimeter.
struct ShowerParticle {
  /// GeV.
  var energy: Double
  /// Entry point in mm, or the offset of the impact in eta and phi.
  var x: Double
  var y: Double
  /// Slopes dx/dz and dy/dz.
  var tx = 0.0
  var ty = 0.0
}

/// The cells of a detector around one particle's shower.
enum ShowerCells {
  case box(fs_shower_box)
  case layers([fs_shower_layer], eta: Double, phi: Double)
}

/// A detector: which particles enter it, where its cells lie, and how they are read.
protocol Calorimeter: Sendable {
  var material: ShowerMaterial { get }
  /// Measured energy per energy of the spots.
  var sampledFraction: Double { get }
  /// Cells with at most this energy in MeV become 0; 0 for none.
  var threshold: Double { get }
  /// Regions of cells with noise: first cell, number of cells, standard deviation in MeV.
  var noise: [(first: Int, count: Int, sigma: Double)] { get }

  /// The next particle; the number of draws does not depend on the options.
  func particle(_ random: inout EventRandom) -> ShowerParticle
  /// The values of `CalorimeterName.conditions`.
  func conditions(of particle: ShowerParticle) -> [Double]
  func cells(around particle: ShowerParticle) -> ShowerCells
}

extension CalorimeterName {
  func detector(_ options: CalorimeterOptions) -> any Calorimeter {
    switch self {
    case .lhcb: LHCbCalorimeter(options)
    case .atlas: ATLASCalorimeter(options)
    case .clic, .clicSmall: CLICCalorimeter(options, side: shape[0])
    }
  }

  /// The random streams of a detector: particles and developments, spots, noise. Streams are part of what a seed means.
  var streams: (particles: UInt32, spots: UInt32, noise: UInt32) {
    let first: UInt32 =
      switch self {
      case .lhcb: 0x4341_4C00
      case .atlas: 0x4341_4C10
      case .clic, .clicSmall: 0x4341_4C20
      }
    return (first, first + 1, first + 2)
  }
}

extension CalorimeterOptions.Energies {
  /// An energy in GeV from a uniform number in [0, 1).
  func energy(_ uniform: Double, spectrum: (Double) -> Double) -> Double {
    switch self {
    case .spectrum: spectrum(uniform)
    case .fixed(let energy): energy
    case .points: Double(1 << (10 + Int(9 * uniform))) / 1000
    }
  }
}

extension EventRandom {
  /// Uniform in [-limit, limit).
  mutating func symmetric(_ limit: Double) -> Double { limit * (2 * uniform() - 1) }
}

/// low (high/low)^u: log-uniform in [low, high) for a uniform u.
func logUniform(_ low: Double, _ high: Double, _ u: Double) -> Double {
  min(high, low * fs_exp(u * fs_log(high / low)))
}

extension fs_shower_box {
  /// A box of cells about the shower of a particle.
  init(
    _ particle: ShowerParticle, side: (Double, Double, Double), count: (Int32, Int32, Int32),
    stride: (Int32, Int32, Int32), radiationLength: Double
  ) {
    let (tx, ty) = (particle.tx, particle.ty)
    let length = (1 + tx * tx + ty * ty).squareRoot()
    let direction = (tx / length, ty / length, 1 / length)
    // e1 lies in the x-z plane, e2 = direction x e1.
    let norm = (1 + tx * tx).squareRoot()
    let e1 = (1 / norm, 0.0, -tx / norm)
    let e2 = (
      direction.1 * e1.2, direction.2 * e1.0 - direction.0 * e1.2, -direction.1 * e1.0
    )
    self.init(
      entry: (particle.x, particle.y, 0),
      step: (radiationLength * direction.0, radiationLength * direction.1, radiationLength * direction.2), e1: e1,
      e2: e2, side: side, count: count, stride: stride)
  }
}
