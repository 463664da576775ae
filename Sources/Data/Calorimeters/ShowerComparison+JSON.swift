// Compared showers as JSON, as they are stored with a run.
internal import Evaluation
internal import Foundation
internal import ToyDescriptions

/// Why bytes are no compared showers.
package struct UnreadableShowers: Error, Equatable, CustomStringConvertible {
  package let reason: String

  package var description: String { "the showers cannot be read: \(reason)" }
}

extension ShowerComparison: EpochArtifact {
  package static let artifactKind = "showers"
  private static let format = "fastsim-showers-1"

  private struct File: Codable {
    let format: String
    let showers: ShowerComparison
  }

  /// JSON with sorted keys. Numbers read back to the same bits; those that are not finite are texts.
  package var encoded: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      return Array(try encoder.encode(File(format: Self.format, showers: self)))
    }
  }

  /// - Throws: ``UnreadableShowers`` for what ``encoded`` has not written.
  package init(decoding bytes: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard let file = try? decoder.decode(File.self, from: Data(bytes)), file.format == Self.format else {
      throw UnreadableShowers(reason: "they are not of the format \(Self.format)")
    }
    self = file.showers
    guard isConsistent else { throw UnreadableShowers(reason: "their lists do not fit their shape") }
  }

  /// Whether all lists have the lengths that the shape and the samples ask for.
  private var isConsistent: Bool {
    guard (1...8).contains(shape.count), shape.allSatisfy({ (1...1 << 20).contains($0) }),
      shape.reduce(1.0, { $0 * Double($1) }) <= Double(1 << 24), detector.map({ $0.shape == shape }) ?? true,
      (1...2).contains(samples.count)
    else { return false }
    let (views, count) = (views, samples.count)
    let hasProfiles =
      profiles.count == views.profiles.count
      && zip(profiles, views.profiles).allSatisfy { samples, profile in
        samples.count == count
          && samples.allSatisfy { $0.means.count == profile.sums.count && $0.errors.count == $0.means.count }
      }
    let hasImages = drawn.allSatisfy { shower in
      shower.images.count == count
        && shower.images.compactMap(\.self).allSatisfy { $0.map(\.count) == views.pictures.map(\.sums.count) }
    }
    let hasMatrices =
      correlations.map { found in
        found.samples.count == count
          && found.samples.allSatisfy {
            $0.count == found.names.count && $0.allSatisfy { $0.count == found.names.count }
          }
      } ?? true
    return hasProfiles && hasImages && hasMatrices && observables.allSatisfy { $0.moments.count == count }
  }
}
