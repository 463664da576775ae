// Reference fits of iminuit and the sweights package, and the models that were fitted.
import ReferenceCases
import SPlot
import Testing

/// A reference case and its model but for the window, which the case gives.
struct ReferenceFit: CustomTestStringConvertible {
  let name: String
  let components: [MassComponent]

  var testDescription: String { name }

  static let all = [
    ReferenceFit(
      name: "splot_01_gauss_expo",
      components: [
        MassComponent(name: "sig", density: .gaussian), MassComponent(name: "bkg", density: .exponential),
      ]),
    ReferenceFit(
      name: "splot_02_double_gauss_cheb_lambda",
      components: [
        MassComponent(name: "sig", density: .doubleGaussian),
        MassComponent(name: "bkg", density: .chebyshev(degree: 1)),
      ]),
    ReferenceFit(
      name: "splot_03_crystal_ball_expo_jpsi",
      components: [
        MassComponent(name: "sig", density: .crystalBall(tail: .left)),
        MassComponent(name: "bkg", density: .exponential),
      ]),
    ReferenceFit(
      name: "splot_04_three_components",
      components: [
        MassComponent(name: "B0", density: .gaussian),
        MassComponent(
          name: "Bs", density: .gaussian,
          settings: [ShapeSetting("sigma", shared: SharedParameter(component: "B0", parameter: "sigma"))]),
        MassComponent(name: "bkg", density: .exponential),
      ]),
    ReferenceFit(
      name: "splot_05_low_purity",
      components: [
        MassComponent(name: "sig", density: .gaussian), MassComponent(name: "bkg", density: .chebyshev(degree: 2)),
      ]),
  ]

  func load() throws -> (reference: ReferenceCase, model: MassModel, mass: [Double]) {
    let reference = try ReferenceCase(name)
    let window = try reference.setting("window")
    let model = MassModel(components: components, window: window[0]...window[1])
    return (reference, model, try reference.column("mass", of: "data.csv"))
  }
}
