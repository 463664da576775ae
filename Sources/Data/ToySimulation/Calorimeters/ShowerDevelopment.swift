// The random shape and visible energy of one electromagnetic shower.
internal import CKernels
internal import CShowers

/// How one shower develops: what its energy spots have in common.
///
/// Source: G. Grindhammer, S. Peters, "The parameterized simulation of electromagnetic showers in homogeneous and sampling
/// calorimeters", hep-ex/0001020, for sampling calorimeters, with y = E/E_c and L = ln y:
///
///     T     = exp(ln(L - 0.812) + s_T (c+ g1 + c- g2))              depth of the maximum in X0
///     alpha = max(1.05, exp(ln alpha0 + s_a (c+ g1 - c- g2)))       shape of the longitudinal profile
///     s_T = 1/(-1.4 + 1.26 L), alpha0 = 0.81 + (0.458 + 2.26/Z) L, s_a = 1/(-0.58 + 0.86 L)
///     c+- = sqrt((1 +- rho)/2), rho = 0.705 - 0.023 L, g1 and g2 standard normals
///
/// The visible energy is Gamma(mean E, variance a^2 E) max(0, 1 + c g).
struct ShowerDevelopment {
  /// GeV, before any loss.
  let visibleEnergy: Double
  let spotCount: Int
  let profile: fs_shower

  /// - Parameter energy: GeV, within `CalorimeterOptions.energyRange`.
  init(_ material: ShowerMaterial, energy: Double, _ random: inout EventRandom) {
    let z = material.atomicNumber
    let logEnergy = fs_log(energy)
    let l = logEnergy - fs_log(material.criticalEnergy)
    let rho = 0.705 - 0.023 * l
    let (g1, g2) = random.normalPair()
    let (sum, difference) = (((1 + rho) / 2).squareRoot() * g1, ((1 - rho) / 2).squareRoot() * g2)
    let maximum = (l - 0.812) * fs_exp((sum + difference) / (-1.4 + 1.26 * l))
    let meanAlpha = 0.81 + (0.458 + 2.26 / z) * l
    let alpha = max(1.05, meanAlpha * fs_exp((sum - difference) / (-0.58 + 0.86 * l)))

    let variance = material.samplingTerm * material.samplingTerm
    let sampled = variance * random.gamma(shape: energy / variance)
    visibleEnergy = sampled * max(0, 1 + material.constantTerm * random.normal())
    spotCount = max(
      20, Int((material.spots.number * fs_exp(material.spots.power * logEnergy)).rounded(.toNearestOrEven)))
    profile = fs_shower(
      alpha: alpha, depth_scale: maximum / (alpha - 1),
      tau_scale: (alpha - 1) / (maximum * alpha) * (meanAlpha / (meanAlpha - 1)), core: 0.0251 + 0.00319 * logEnergy,
      core_slope: 0.1162 - 0.000381 * z, tail: 0.659 - 0.00309 * z, tail_slope: 0.3585 + 0.0421 * logEnergy,
      mixing: 2.632 - 0.00094 * z, place: 0.401 + 0.00187 * z, width: 1.313 - 0.0686 * logEnergy,
      moliere: material.moliereRadius)
  }
}
