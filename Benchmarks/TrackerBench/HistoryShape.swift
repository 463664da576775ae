// What a benchmark's run logs: so many steps of so many series, so many steps an epoch.

struct HistoryShape {
  let steps: Int
  let series: Int
  /// Steps in an epoch.
  let epoch: Int

  /// The names of the first series of ours and of the peers.
  static let names = [
    "loss_g", "loss_d", "wgan_gp", "val_auc", "chi2_shower", "grad_g", "grad_d", "lr_g", "w_mean", "step_time",
  ]

  /// Values of all steps, step by step, each different from the others.
  func values(run: Int) -> [Double] {
    var state = UInt64(run) &* 0x9e37_79b9_7f4a_7c15 &+ 1
    return (0..<steps * series).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return 1 + Double(state >> 11) * 0x1p-53
    }
  }
}
