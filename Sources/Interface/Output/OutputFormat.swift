// The forms in which data are printed.

/// A form of a list of data.
package enum OutputFormat: String, CaseIterable {
  /// Aligned columns for a person.
  case table
  case json
  case csv
  case markdown
}

/// A form of a report.
package enum ReportFormat: String, CaseIterable {
  case text, json
}
