// The observables of each detector whose correlations are shown.
internal import ToyDescriptions

/// A choice of each detector's observables: energy, position, size and shape, and none that another one repeats.
enum MainObservables {
  static let names: [CalorimeterName: [String]] = [
    .lhcb: [
      "energy", "response", "centroid_x", "centroid_y", "width_along", "width_across", "asymmetry_along",
      "asymmetry_across", "covariance_xy", "brightest1", "brightest3", "brightest5", "sparsity", "entropy",
    ],
    .atlas: [
      "energy", "response", "eta", "phi", "depth", "layer0_frac", "layer1_frac", "layer2_frac", "layer3_frac",
      "layer1_width_eta", "layer2_width_eta", "layer2_width_phi", "r_eta", "r_phi", "w_eta2", "w_stot", "f_side",
      "e_ratio",
    ],
    .clic: clic, .clicSmall: clic,
  ]

  private static let clic = [
    "energy", "response", "hits", "mean_x", "mean_y", "mean_z", "variance_x", "variance_y", "variance_z", "third_z",
    "depth50", "depth90", "radius50", "radius90", "max_layer", "third1_frac", "third3_frac", "mean_log", "entropy",
    "inertia1",
  ]
}
