// Showers as tables and JSON: what `fastsim look` shows.
package import Calorimeters
internal import Charts
internal import Numerics
package import Output
internal import Text

/// One or two samples of showers under a title.
package struct ShowersReport {
  let title: String
  let comparison: ShowerComparison

  /// Observables that a table shows; JSON and CSV have all.
  static let shownObservables = 20

  package init(title: String, _ comparison: ShowerComparison) {
    (self.title, self.comparison) = (title, comparison)
  }

  /// What the samples are called.
  var names: [String] { comparison.samples.map { printable($0.name) } }

  // MARK: - Tables

  /// All observables: of two samples the largest distance first.
  package var listing: Listing {
    guard names.count > 1 else {
      return Listing(
        columns: ["observable", "mean", "width", "undefined"],
        rows: comparison.observables.map { one in
          [.text(one.name)] + one.moments.flatMap(Self.values)
        })
    }
    return Listing(
      columns: ["observable", "ks", "floor", "wasserstein_sigmas"]
        + names.flatMap { ["\($0)_mean", "\($0)_width", "\($0)_undefined"] },
      rows: comparison.observables.map { one in
        [
          .text(one.name), OutputValue(one.distance?.statistic), OutputValue(one.distance?.floor),
          OutputValue(one.distance?.transport.finite),
        ] + one.moments.flatMap(Self.values)
      })
  }

  private static func values(_ moments: ShowerComparison.Moments) -> [OutputValue] {
    [OutputValue(moments.mean.finite), OutputValue(moments.width.finite), .integer(Int64(moments.undefined))]
  }

  /// The first observables.
  var shortListing: Listing {
    let whole = listing
    return Listing(
      columns: whole.columns, rowCount: min(whole.rowCount, Self.shownObservables), row: whole.row)
  }

  /// What is shown on a terminal: samples, profiles as rows of blocks, the first observables.
  package func lines(for terminal: Terminal) -> [String] {
    let (short, whole) = (shortListing, listing.rowCount)
    let rest = whole > short.rowCount ? ["… \(counted(whole - short.rowCount, "more observable"))"] : []
    return summary + ["", terminal.styled("mean profiles", .bold)] + profileListing.table.lines(for: terminal)
      + ["", terminal.styled("observables", .bold)] + short.table.lines(for: terminal) + rest
  }

  /// The tables as Markdown, with all observables.
  package var markdown: [String] {
    summary + ["", "## mean profiles", ""] + profileListing.markdown + ["", "## observables", ""] + listing.markdown
  }

  /// A line for each profile and sample.
  private var profileListing: Listing {
    Listing(
      columns: ["profile", "showers", "unit", "from", "to", "mean", "largest"],
      rows: zip(comparison.views.profiles, comparison.profiles).flatMap { profile, samples in
        zip(names, samples).map { name, sample -> [OutputValue] in
          [
            .text(profile.name), .text(name), .text(profile.axis.unit), .number(profile.axis.lower),
            .number(profile.axis.upper), .text(sparkline(sample.means, width: 60)),
            OutputValue(sample.means.max()?.finite),
          ]
        }
      })
  }

  /// What was compared, and how far apart it is.
  package var summary: [String] {
    let (samples, cells) = (comparison.samples, comparison.shape.map(String.init).joined(separator: " x "))
    let counts = samples.map { names.count > 1 ? "\($0.count) \($0.name)" : "\($0.count)" }.joined(separator: " and ")
    let kind = comparison.detectorName.map { " of \($0)" } ?? ""
    let noun = samples.count == 1 && samples[0].count == 1 ? "shower" : "showers"
    let head = "\(title): \(counts) \(noun)\(kind), \(cells) cells."
    guard let mean = comparison.meanDistance, let worst = comparison.observables.first, let far = worst.distance else {
      return [head]
    }
    return [
      head,
      "Mean Kolmogorov-Smirnov distance of \(counted(comparison.observables.count, "observable")):"
        + " \(decimal(mean.statistic, places: 4)); between samples of one distribution: \(decimal(mean.floor, places: 4))."
        + " The largest is \(decimal(far.statistic, places: 4)), of \(worst.name).",
    ]
  }

  // MARK: - JSON

  /// The fields that docs/commands.md describes.
  package var document: OutputValue {
    let listing = listing
    return .object([
      ("detector", OutputValue(comparison.detectorName)),
      ("shape", .list(comparison.shape.map { .integer(Int64($0)) })), ("unit", .text(comparison.unit)),
      (
        "samples",
        .list(comparison.samples.map { .object([("name", .text($0.name)), ("count", OutputValue($0.count))]) })
      ),
      (
        "profiles",
        .list(
          zip(comparison.views.profiles, comparison.profiles).map { profile, samples in
            .object(
              [
                ("name", .text(profile.name)), ("unit", .text(profile.axis.unit)),
                ("edges", OutputValue(profile.edges)),
              ]
                + zip(names, samples).map { name, sample in
                  (
                    name,
                    .object([("means", Self.list(sample.means)), ("errors", Self.list(sample.errors))])
                  )
                })
          })
      ),
      (
        "observables",
        .list(
          comparison.observables.indices.map { place in
            .object(zip(listing.columns, listing.row(place)).map { ($0, $1) })
          })
      ),
      (
        "correlations",
        comparison.correlations.map { found in
          .object(
            [("names", OutputValue(found.names))]
              + zip(names, found.samples).map { name, matrix in (name, .list(matrix.map(Self.list))) })
        } ?? .null
      ),
    ])
  }

  private static func list(_ values: [Double]) -> OutputValue { .list(values.map { OutputValue($0.finite) }) }
}

extension Double {
  /// nil for NaN and infinities.
  var finite: Double? { isFinite ? self : nil }
}
