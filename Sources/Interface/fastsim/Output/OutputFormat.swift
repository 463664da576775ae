// The forms in which data are printed.
import ArgumentParser

/// A form of a list of data.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  /// Aligned columns for a person.
  case table
  case json
  case csv
  case markdown
}

/// A form of a report.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

/// The option `--format` of commands that print data.
struct FormatOptions: ParsableArguments {
  @Option(help: "How to print the data: table, json, csv or markdown.")
  var format = OutputFormat.table
}
