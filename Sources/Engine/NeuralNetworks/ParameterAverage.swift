// The moving average of a network's parameters: what is judged and shipped when the parameters themselves go in circles.
package import CKernels
package import TensorGraph

/// An exponential moving average of parameters (Polyak, Juditsky, SIAM J. Control Optim. 30 (1992) 838; for adversarial
/// networks Yazıcı et al., arXiv:1806.04498).
///
/// a ← a + (1 − d)·(p − a) after every update, with d = min(decay, (1 + n)/(10 + n)) after n updates, so that the first
/// updates are not weighed down by the initial values.
package struct ParameterAverage: Sendable {
  /// The network that is trained.
  package let source: Network
  /// The network of the averages. Its running moments are averages, too: they belong to its parameters.
  package let average: Network
  /// In [0, 1).
  package let decay: Double
  private let pairs: [(source: Variable, average: Variable)]

  package init(of source: Network, name: String, decay: Double) throws {
    self.source = source
    self.decay = decay
    let average = try source.named(name)
    pairs = Array(zip(source.parameters + source.states, average.parameters + average.states))
    self.average = average
  }

  /// Makes the averages equal to the parameters and states.
  package func reset(in variables: Variables) {
    for (source, average) in pairs { variables[average] = variables[source] }
  }

  /// - Parameters:
  ///   - updates: how many updates of the parameters were averaged before.
  ///   - scratch: at least as many floats as the largest parameter or state has.
  package func update(
    in variables: Variables, updates: Int, kernels: UnsafePointer<fs_kernels>, scratch: UnsafeMutablePointer<Float>
  ) {
    let share = Float(1 - min(decay, Double(1 + updates) / Double(10 + updates)))
    for (parameter, average) in pairs {
      let count = Int64(parameter.count)
      let target = variables.pointer(average.name)
      func row(_ data: UnsafePointer<Float>) -> fs_view { fs_view(data: data, row_stride: 0, col_stride: 1) }
      kernels.pointee.binary(
        Int32(FS_SUB), 1, count, row(variables.pointer(parameter.name)), row(target), scratch, 0)
      kernels.pointee.affine(1, count, share, 0, row(scratch), scratch, 0)
      kernels.pointee.binary(Int32(FS_ADD), 1, count, row(target), row(scratch), target, 0)
    }
  }
}
