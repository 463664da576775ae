// A transform as named float64 tensors, the form in which a checkpoint keeps it.

/// A named array of float64, row-major.
package struct NamedTensor: Sendable, Equatable {
  package let name: String
  package let shape: [Int]
  package let values: [Double]

  package init(name: String, shape: [Int], values: [Double]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

extension Transform {
  private static let codes: [(kind: Kind, code: Double)] = [(.none, 0), (.standardise, 1), (.quantileNormal, 2)]

  /// All that the transform is: `kind` of shape [columns] (0 none, 1 standardise, 2 quantile-normal) and
  /// `mean`, `scale` of shape [columns] or `quantiles` of shape [columns, count].
  package var tensors: [NamedTensor] {
    let code = Transform.codes.first { $0.kind == kind }?.code ?? 0
    var tensors = [NamedTensor(name: "kind", shape: [maps.count], values: maps.map { _ in code })]
    var means: [Double] = []
    var scales: [Double] = []
    var quantiles: [Double] = []
    for map in maps {
      switch map {
      case .identity: break
      case .linear(let map):
        means.append(map.mean)
        scales.append(map.scale)
      case .quantiles(let map): quantiles += map.quantiles
      }
    }
    switch kind {
    case .none: break
    case .standardise:
      tensors.append(NamedTensor(name: "mean", shape: [maps.count], values: means))
      tensors.append(NamedTensor(name: "scale", shape: [maps.count], values: scales))
    case .quantileNormal:
      let count = maps.isEmpty ? 0 : quantiles.count / maps.count
      tensors.append(NamedTensor(name: "quantiles", shape: [maps.count, count], values: quantiles))
    }
    return tensors
  }

  /// The transform whose `tensors` these are, to the bit; the order does not matter, other names are ignored.
  /// - Throws: `SampleError.invalidTransform` for missing tensors, wrong shapes or impossible values.
  package init(tensors: [NamedTensor]) throws(SampleError) {
    func tensor(_ name: String, _ rank: Int) throws(SampleError) -> NamedTensor {
      guard let found = tensors.first(where: { $0.name == name }) else {
        throw .invalidTransform(reason: "the tensor \(name) is missing")
      }
      let size = found.shape.reduce((1, false)) { product, extent in
        let (value, overflow) = product.0.multipliedReportingOverflow(by: extent)
        return (value, product.1 || overflow || extent < 0)
      }
      guard found.shape.count == rank, !size.1, size.0 == found.values.count, found.values.allSatisfy(\.isFinite) else {
        throw .invalidTransform(reason: "the tensor \(name) has a wrong shape or a NaN")
      }
      return found
    }
    let codes = try tensor("kind", 1).values
    guard let kind = Transform.codes.first(where: { $0.code == codes.first ?? 0 })?.kind,
      codes.allSatisfy({ $0 == codes[0] })
    else { throw .invalidTransform(reason: "the kind is unknown") }
    switch kind {
    case .none:
      self.init(kind: kind, maps: codes.map { _ in .identity })
    case .standardise:
      let (means, scales) = (try tensor("mean", 1).values, try tensor("scale", 1).values)
      guard means.count == codes.count, scales.count == codes.count, scales.allSatisfy({ $0 > 0 }) else {
        throw .invalidTransform(reason: "mean and scale do not fit the \(codes.count) columns")
      }
      self.init(kind: kind, maps: zip(means, scales).map { .linear(LinearMap(mean: $0, scale: $1)) })
    case .quantileNormal:
      let stored = try tensor("quantiles", 2)
      guard stored.shape[0] == codes.count, stored.shape[1] > 0 else {
        throw .invalidTransform(reason: "the quantiles do not fit the \(codes.count) columns")
      }
      let count = stored.shape[1]
      let rows = codes.indices.map { Array(stored.values[$0 * count..<($0 + 1) * count]) }
      guard rows.allSatisfy({ row in zip(row, row.dropFirst()).allSatisfy { $0 <= $1 } }) else {
        throw .invalidTransform(reason: "the quantiles are not ascending")
      }
      self.init(kind: kind, maps: rows.map { .quantiles(QuantileMap(quantiles: $0)) })
    }
  }
}
