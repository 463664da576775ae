// The exponential and the logarithm of a column of numbers.
internal import CKernels

/// Replaces every value by its exponential.
func exponentials(_ values: UnsafeMutablePointer<Double>, count: Int) {
  fs_exp_array(Int64(count), values, values)
}

/// Writes the logarithms of values.
func logarithms(
  of values: UnsafeMutablePointer<Double>, into result: UnsafeMutablePointer<Double>, count: Int
) {
  fs_log_array(Int64(count), values, result)
}
