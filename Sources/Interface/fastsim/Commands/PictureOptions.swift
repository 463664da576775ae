// The option of commands that show a report as a page or as pictures.
import ArgumentParser
import Files
import Output

/// The option `--out`.
struct PictureOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("out")],
    help: ArgumentHelp("Write a page, or the pictures, to this file.", valueName: "file.html|file.svg"))
  var out: String?

  func validate() throws {
    if let out, !out.hasSuffix(".html"), !out.hasSuffix(".svg") {
      throw ValidationError("-o \(oneLine(out)) ends neither in .html nor in .svg")
    }
  }

  /// Writes the file that was asked for, if any.
  func write(page: @autoclosure () -> String, pictures: @autoclosure () -> String) throws {
    guard let out else { return }
    try writeFile(Array((out.hasSuffix(".svg") ? pictures() : page()).utf8), to: out)
  }
}
