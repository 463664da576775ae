// Parameters and tags of a run.

/// A leaf of a run's configuration.
public struct RunParameter: Hashable, Sendable {
  /// Such as `model.generator.layers`.
  public let path: String
  public let value: ParameterValue

  package init(path: String, value: ParameterValue) {
    (self.path, self.value) = (path, value)
  }
}

/// A tag of a run.
public struct RunTag: Hashable, Sendable {
  public let key: String
  public let value: String

  package init(key: String, value: String) {
    (self.key, self.value) = (key, value)
  }
}
