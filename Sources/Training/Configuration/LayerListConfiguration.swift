// The list of a network's layers, with the lines on which they stand.
internal import Numerics

/// Layers one after another.
package struct LayerListConfiguration: Sendable, Equatable {
  package let layers: [LayerConfiguration]
  private let source: Source

  init(_ field: ConfigurationField) throws {
    source = Source(field)
    layers = try field.list(Bound.layers.range, of: "layers") { try LayerConfiguration($0) }
  }

  var tree: ConfigurationTree { .list(layers.map(\.tree)) }

  /// An error about a layer, at the line of the config on which it stands.
  /// - Parameter place: its place in the list, then within residual blocks their key and a place; empty for all layers.
  package func problem(at place: [String], found: String, expected: String) -> ConfigurationError {
    source(at: place).problem(found: found, expected: expected)
  }

  /// The first layer, by place, with a property; those in residual blocks are looked at, too.
  func place(of matches: (LayerConfiguration) -> Bool) -> [String]? {
    for (number, layer) in layers.enumerated() {
      if matches(layer) { return ["\(number)"] }
      for (key, list) in layer.lists {
        if let inner = list.place(of: matches) { return ["\(number)", key] + inner }
      }
    }
    return nil
  }

  private func source(at place: [String]) -> Source {
    guard let number = place.first.flatMap({ Int($0) }), layers.indices.contains(number) else { return source }
    let layer = layers[number]
    guard place.count > 1, let list = layer.lists.first(where: { $0.key == place[1] })?.list else {
      return layer.source
    }
    return list.source(at: Array(place.dropFirst(2)))
  }

  /// Where something was written. Equal to any other: a config's lines are not part of what it says.
  struct Source: Sendable, Equatable {
    let path: String
    let place: ConfigurationPlace

    init(_ field: ConfigurationField) { (path, place) = (field.path, field.place) }

    static func == (_: Source, _: Source) -> Bool { true }

    func problem(found: String, expected: String) -> ConfigurationError {
      ConfigurationError(place: place, path: path, finding: "found \(found)", expected: expected)
    }
  }
}
