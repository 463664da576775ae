// The studies' example configs, embedded so that the command runs them from any folder.

/// The YAML of a study's config, by the study's name.
package let studyConfigs: [String: String] = [
  "vanishing-gradients": String(decoding: PackageResources.vanishing_gradients_yaml, as: UTF8.self),
  "mode-collapse": String(decoding: PackageResources.mode_collapse_yaml, as: UTF8.self),
  "eight-gaussians": String(decoding: PackageResources.eight_gaussians_yaml, as: UTF8.self),
  "twenty-five-gaussians": String(decoding: PackageResources.twenty_five_gaussians_yaml, as: UTF8.self),
  "swiss-roll": String(decoding: PackageResources.swiss_roll_yaml, as: UTF8.self),
  "biased-gradients": String(decoding: PackageResources.biased_gradients_yaml, as: UTF8.self),
  "architectures": String(decoding: PackageResources.architectures_yaml, as: UTF8.self),
  "splot": String(decoding: PackageResources.splot_yaml, as: UTF8.self),
]
