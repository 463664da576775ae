// What a column is used for.

/// The part that a column plays in a training or an evaluation; it enters the dataset's digest by its raw value.
package enum ColumnRole: String, Codable, Sendable, CaseIterable {
  /// An input of the generator, as momentum or the number of tracks.
  case condition
  /// A quantity that the generator learns, as a DLL.
  case target
  /// A weight, of either sign.
  case weight
  /// The mass that an s-weight fit describes.
  case mass
  /// The truth or a category, never shown to a training.
  case label
  /// Carried along.
  case other
}
