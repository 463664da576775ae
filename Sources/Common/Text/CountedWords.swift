// Numbers with what they count.

/// A number with its noun: `1 value`, `3 values`.
///
/// - Parameter many: the plural, where it is not the singular with an s.
package func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
  number == 1 ? "1 \(one)" : "\(number) \(many ?? one + "s")"
}
