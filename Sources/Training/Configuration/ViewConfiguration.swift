// What a critic is shown of an event, or what is compared of two events.
internal import Numerics

/// What a critic is shown of an event.
package enum ViewConfiguration: Sendable, Equatable {
  /// All targets.
  case event
  /// The sum of all targets.
  case totalEnergy
  /// The sums of groups of targets side by side.
  /// - Parameter cells: the sizes of the groups, which take up all targets in their order.
  case layerSums(cells: [Int])
  /// The sums of all cells at each place along an axis.
  /// - Parameter axis: of the event's cells, counted from 0.
  case profile(axis: Int)
  /// Targets side by side that are an image or a volume.
  case image(from: Int, extents: [Int])

  enum Kind: String, CaseIterable {
    case event
    case totalEnergy = "total-energy"
    case layerSums = "layer-sums"
    case profile
    case image

    var keys: [String] {
      switch self {
      case .event, .totalEnergy: []
      case .layerSums: ["cells"]
      case .profile: ["axis"]
      case .image: ["from", "extents"]
      }
    }
  }

  static let keys = ["of", "cells", "axis", "from", "extents"]

  var readsSums: Bool {
    switch self {
    case .totalEnergy, .layerSums, .profile: true
    case .event, .image: false
    }
  }

  /// - Parameter kinds: those that may stand here.
  init(in section: ConfigurationSection, among kinds: [Kind] = Kind.allCases) throws {
    let name = try section["of"].choice(kinds.map(\.rawValue))
    let kind = Kind(rawValue: name) ?? .event
    for other in Kind.allCases where other != kind {
      for key in other.keys {
        guard let given = section[key].given else { continue }
        throw given.problem(found: "\(key) for \(kind.rawValue)", expected: "it for \(other.rawValue) alone")
      }
    }
    switch kind {
    case .event: self = .event
    case .totalEnergy: self = .totalEnergy
    case .layerSums:
      self = .layerSums(
        cells: try section["cells"].list(1...1000, of: "whole numbers") { try $0.integer(.cellsOfLayer) })
    case .profile: self = .profile(axis: try section["axis"].integer(.axis))
    case .image:
      self = .image(
        from: try section["from"].given?.integer(.firstCell) ?? 0,
        extents: try section["extents"].list(2...3, of: "whole numbers") { try $0.integer(.units) })
    }
  }

  var entries: [ConfigurationTree.Entry] {
    func of(_ kind: Kind) -> ConfigurationTree.Entry { ("of", .text(kind.rawValue)) }
    switch self {
    case .event: return [of(.event)]
    case .totalEnergy: return [of(.totalEnergy)]
    case .layerSums(let cells): return [of(.layerSums), ("cells", .integers(cells))]
    case .profile(let axis): return [of(.profile), ("axis", .integer(axis))]
    case .image(let from, let extents): return [of(.image), ("from", .integer(from)), ("extents", .integers(extents))]
    }
  }
}
