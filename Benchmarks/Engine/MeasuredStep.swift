// What a benchmark times: a program's step and the least arithmetic that its mathematics needs.
internal import CKernels
internal import TensorGraph

/// A step with its inputs filled.
protocol MeasuredStep: AnyObject {
  var program: Program { get }
  /// The least floating-point operations of one step.
  var leastOperations: Int { get }
  /// The scalar output that a step is checked by.
  var loss: String { get }
}
