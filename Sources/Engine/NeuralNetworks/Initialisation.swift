// The values of parameters and states before the first step.
package import CKernels
package import TensorGraph

/// Gives variables the values that their declarations name.
///
/// The values are a function of the seed and of each variable's place in the list.
/// - Parameter firstStream: the random stream of the first variable; the next ones follow.
package func initialise(
  _ declarations: [Variable], in variables: Variables, seed: UInt64, firstStream: UInt32,
  kernels: UnsafePointer<fs_kernels>
) {
  for (place, variable) in declarations.enumerated() {
    let (values, count, stream) = (variables.pointer(variable.name), variable.count, firstStream + UInt32(place))
    switch variable.initialisation {
    case .zeros: values.update(repeating: 0, count: count)
    case .ones: values.update(repeating: 1, count: count)
    case .normal: kernels.pointee.normal(seed, stream, 0, 0, Int64(count), values)
    case .glorot(let inputs, let outputs):
      let limit = Float((6 / Double(inputs + outputs)).squareRoot())
      kernels.pointee.uniform(seed, stream, 0, 0, Int64(count), values)
      let view = fs_view(data: UnsafePointer(values), row_stride: 0, col_stride: 1)
      kernels.pointee.affine(1, Int64(count), 2 * limit, -limit, view, values, 0)
    }
  }
}
