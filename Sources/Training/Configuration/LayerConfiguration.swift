// One layer of a list, written as a line of a paper's table.
internal import Numerics

/// An operation, then a normalisation and an activation of its result.
///
///     {convolution: 32, kernel: 3, stride: 2, padding: 1, normalisation: batch, activation: relu}
///
/// Lists of cells have one number for all dimensions of the grid, or one for each.
package struct LayerConfiguration: Sendable, Equatable {
  package enum Operation: Sendable, Equatable {
    /// A normalisation or an activation alone.
    case none
    case dense(units: Int)
    case convolution(filters: Int, kernel: [Int], stride: [Int], padding: Padding)
    case transposedConvolution(channels: Int, kernel: [Int], stride: [Int], padding: Padding, outputPadding: [Int])
    case upsampling([Int])
    case averagePooling([Int])
    case maximumPooling([Int])
    case residual(LayerListConfiguration, shortcut: LayerListConfiguration?)
    /// Extents, then channels; nil for one row.
    case reshape([Int]?)
    /// - Parameter origin: nil for the middle.
    case crop([Int], origin: [Int]?)
    case conditions
  }

  package enum Padding: Sendable, Equatable {
    case cells([Int])
    case same
  }

  package enum Normalisation: String, Sendable, CaseIterable { case batch, layer }

  package let operation: Operation
  package let normalisation: Normalisation?
  package let activation: ActivationConfiguration?
  let source: LayerListConfiguration.Source

  /// The keys that name an operation; a layer has one at most.
  private enum Kind: String, CaseIterable {
    case dense, convolution
    case transposedConvolution = "transposed_convolution"
    case upsample
    case averagePooling = "average_pooling"
    case maximumPooling = "maximum_pooling"
    case residual, reshape, crop, concatenate

    /// The options beside it; a normalisation and an activation go with all.
    var options: [String] {
      switch self {
      case .convolution: ["kernel", "stride", "padding"]
      case .transposedConvolution: ["kernel", "stride", "padding", "output_padding"]
      case .residual: ["shortcut"]
      case .crop: ["from"]
      case .dense, .upsample, .averagePooling, .maximumPooling, .reshape, .concatenate: []
      }
    }
  }

  private static let after = ["normalisation"] + ActivationConfiguration.keys
  private static let keys =
    Kind.allCases.map(\.rawValue) + ["kernel", "stride", "padding", "output_padding", "shortcut", "from"] + after

  init(_ field: ConfigurationField) throws {
    source = LayerListConfiguration.Source(field)
    guard field.isSection else {
      _ = try field.choice(["flatten"], otherwise: "flatten, or a section with one layer")
      (operation, normalisation, activation) = (.reshape(nil), nil, nil)
      return
    }
    let section = try field.section(Self.keys)
    let kinds = Kind.allCases.filter { section[$0.rawValue].given != nil }
    guard kinds.count <= 1 else {
      throw field.problem(
        found: listed(kinds.map(\.rawValue), "and"), expected: "one of them: each layer is an element of its own")
    }
    try section.allow(kinds.flatMap { [$0.rawValue] + $0.options } + Self.after)
    normalisation = try section["normalisation"].given?.choice()
    activation = try ActivationConfiguration(in: section)
    guard let kind = kinds.first else {
      guard normalisation != nil || activation != nil else {
        throw field.problem(
          found: "no layer",
          expected: "one of \(listed(Kind.allCases.map(\.rawValue) + ["normalisation", "activation"], "and"))")
      }
      operation = .none
      return
    }
    operation = try Self.operation(kind, in: section)
  }

  private static func operation(_ kind: Kind, in section: ConfigurationSection) throws -> Operation {
    let main = section[kind.rawValue]
    func padding() throws -> Padding {
      guard let given = section["padding"].given else { return .cells([0]) }
      if given.isText {
        _ = try given.choice(["same"], otherwise: "same, \(ConfigurationField.cellNumbers(.padding))")
        return .same
      }
      return .cells(try given.cells(.padding, or: "same"))
    }
    func kernel() throws -> [Int] { try section["kernel"].cells(.window) }
    func stride() throws -> [Int] { try section["stride"].given?.cells(.window) ?? [1] }
    switch kind {
    case .dense: return .dense(units: try main.integer(.units))
    case .convolution:
      return .convolution(
        filters: try main.integer(.units), kernel: try kernel(), stride: try stride(), padding: try padding())
    case .transposedConvolution:
      let (margins, outside) = (try padding(), section["output_padding"].given)
      if margins == .same, let outside {
        throw outside.problem(found: "an output padding beside padding: same", expected: "one of them")
      }
      return .transposedConvolution(
        channels: try main.integer(.units), kernel: try kernel(), stride: try stride(), padding: margins,
        outputPadding: try outside?.cells(.padding) ?? [0])
    case .upsample: return .upsampling(try main.cells(.window))
    case .averagePooling: return .averagePooling(try main.cells(.window))
    case .maximumPooling: return .maximumPooling(try main.cells(.window))
    case .residual:
      return .residual(
        try LayerListConfiguration(main), shortcut: try section["shortcut"].given.map(LayerListConfiguration.init))
    case .reshape:
      if main.isText {
        _ = try main.choice(["flat"], otherwise: "flat, or a list of extents and channels")
        return .reshape(nil)
      }
      return .reshape(try main.list(3...4, of: "whole numbers, extents and channels") { try $0.integer(.units) })
    case .crop:
      return .crop(
        try main.list(2...3, of: "whole numbers") { try $0.integer(.units) },
        origin: try section["from"].given?.list(2...3, of: "whole numbers") { try $0.integer(.columns) })
    case .concatenate:
      _ = try main.choice(["conditions"])
      return .conditions
    }
  }

  /// The lists of layers inside.
  var lists: [(key: String, list: LayerListConfiguration)] {
    guard case .residual(let body, let shortcut) = operation else { return [] }
    return [("residual", body)] + (shortcut.map { [("shortcut", $0)] } ?? [])
  }
}

extension LayerConfiguration {
  var tree: ConfigurationTree {
    .section(
      entries + ConfigurationTree.optional("normalisation", normalisation.map { .text($0.rawValue) })
        + (activation?.entries ?? []))
  }

  private var entries: [ConfigurationTree.Entry] {
    func cells(_ numbers: [Int]) -> ConfigurationTree {
      numbers.count == 1 ? .integer(numbers[0]) : .integers(numbers)
    }
    func margins(_ padding: Padding) -> ConfigurationTree {
      switch padding {
      case .same: .text("same")
      case .cells(let numbers): cells(numbers)
      }
    }
    func entry(_ kind: Kind, _ value: ConfigurationTree) -> ConfigurationTree.Entry { (kind.rawValue, value) }
    switch operation {
    case .none: return []
    case .dense(let units): return [entry(.dense, .integer(units))]
    case .convolution(let filters, let kernel, let stride, let padding):
      return [
        entry(.convolution, .integer(filters)), ("kernel", cells(kernel)), ("stride", cells(stride)),
        ("padding", margins(padding)),
      ]
    case .transposedConvolution(let channels, let kernel, let stride, let padding, let outputPadding):
      return [
        entry(.transposedConvolution, .integer(channels)), ("kernel", cells(kernel)), ("stride", cells(stride)),
        ("padding", margins(padding)),
      ] + (padding == .same ? [] : [("output_padding", cells(outputPadding))])
    case .upsampling(let scale): return [entry(.upsample, cells(scale))]
    case .averagePooling(let window): return [entry(.averagePooling, cells(window))]
    case .maximumPooling(let window): return [entry(.maximumPooling, cells(window))]
    case .residual(let body, let shortcut):
      return [entry(.residual, body.tree)] + ConfigurationTree.optional("shortcut", shortcut?.tree)
    case .reshape(let shape): return [entry(.reshape, shape.map(ConfigurationTree.integers) ?? .text("flat"))]
    case .crop(let extents, let origin):
      return [entry(.crop, .integers(extents))]
        + ConfigurationTree.optional("from", origin.map(ConfigurationTree.integers))
    case .conditions: return [entry(.concatenate, .text("conditions"))]
    }
  }
}

extension ConfigurationField {
  /// One number for all dimensions of a grid, or a list of one for each.
  /// - Parameter word: what else may stand here, for errors.
  fileprivate func cells(_ bound: Bound, or word: String? = nil) throws -> [Int] {
    let words = Self.cellNumbers(bound)
    guard isList else { return [try integer(bound, instead: word.map { "\($0), \(words)" } ?? words)] }
    return try list(2...3, of: "whole numbers") { try $0.integer(bound) }
  }

  fileprivate static func cellNumbers(_ bound: Bound) -> String { "\(bound), or a list of one for each dimension" }
}
