// The option `--format`.
import ArgumentParser
import Output

/// The option `--format` of commands that print data.
struct FormatOptions: ParsableArguments {
  @Option(help: "How to print the data: table, json, csv or markdown.")
  var format = OutputFormat.table
}

extension OutputFormat: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
