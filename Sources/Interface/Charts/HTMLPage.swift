// Pages that stand alone: text, tables and pictures in one HTML file, with nothing to load from elsewhere.

/// A self-contained page for a browser or an archive, in the reader's light or dark colours.
///
///     var page = HTMLPage(title: "Runs 1 and 2")
///     page.add(.heading("Losses"))
///     page.add(.figure(svg: chart.svg, caption: "Critic loss over steps."))
///     page.html
package struct HTMLPage: Sendable, Equatable {
  /// A part of the page; all texts are plain and escaped here.
  package enum Block: Sendable, Equatable {
    case heading(String)
    case subheading(String)
    case paragraph(String)
    /// Verdicts and the like: a framed line, green, red or plain.
    case banner(String, Mood)
    /// A folded one shows its caption until it is opened.
    case table(header: [String], rows: [[Cell]], caption: String = "", isFolded: Bool = false)
    /// Text as a program wrote it, line for line.
    case preformatted(String)
    /// A picture as an SVG file's text, which must be well-formed.
    case figure(svg: String, caption: String)
    /// Markup and the script that fills it, both as they are: neither may hold what comes from outside unescaped.
    case script(markup: String, code: String)
    /// Blocks beside each other where the page is wide enough.
    indirect case row([Block])
  }

  /// A chart with its caption as text of the page.
  package static func figure(_ chart: any Chart) -> Block {
    var chart = chart
    let caption = chart.caption
    chart.caption = ""
    return .figure(svg: chart.svg, caption: caption)
  }

  package enum Mood: String, Sendable {
    case good, bad, plain
  }

  package struct Cell: Sendable, Equatable {
    package var text: String
    package var mood: Mood
    /// Numbers stand flush right in figures of one width.
    package var isNumber: Bool

    package init(_ text: String, mood: Mood = .plain, isNumber: Bool = false) {
      (self.text, self.mood, self.isNumber) = (text, mood, isNumber)
    }
  }

  package let title: String
  private var body: [String] = []

  package init(title: String) {
    self.title = title
  }

  package mutating func add(_ block: Block) {
    body.append(Self.html(block))
  }

  /// The whole file.
  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <main>
    <h1>\(escaped(title))</h1>
    \(body.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private static func html(_ block: Block) -> String {
    switch block {
    case .heading(let text): return "<h2>\(escaped(text))</h2>"
    case .subheading(let text): return "<h3>\(escaped(text))</h3>"
    case .paragraph(let text): return "<p>\(escaped(text))</p>"
    case .banner(let text, let mood): return "<p class=\"banner \(mood.rawValue)\">\(escaped(text))</p>"
    case .preformatted(let text): return "<pre>\(escapedLines(text))</pre>"
    case .figure(let svg, let caption):
      // A chart that carries its own caption needs none of the page.
      return "<figure>\(svg)\(caption.isEmpty ? "" : "<figcaption>\(escaped(caption))</figcaption>")</figure>"
    case .script(let markup, let code): return "\(markup)\n<script>\n\(code)\n</script>"
    case .row(let blocks): return "<div class=\"row\">\(blocks.map(html).joined(separator: "\n"))</div>"
    case .table(let header, let rows, let caption, let isFolded):
      let head = header.map { "<th>\(escaped($0))</th>" }.joined()
      let lines = rows.map { row in
        let cells = row.map { cell in
          let classes = [cell.isNumber ? "number" : nil, cell.mood == .plain ? nil : cell.mood.rawValue].compactMap {
            $0
          }
          return
            "<td\(classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\"")>\(escaped(cell.text))</td>"
        }
        return "<tr>\(cells.joined())</tr>"
      }
      let said = isFolded || caption.isEmpty ? "" : "<caption>\(escaped(caption))</caption>"
      let table =
        "<div class=\"wide\"><table>\(said)"
        + "<thead><tr>\(head)</tr></thead>\n<tbody>\n\(lines.joined(separator: "\n"))\n</tbody></table></div>"
      return isFolded ? "<details><summary>\(escaped(caption))</summary>\(table)</details>" : table
    }
  }

  private static func escapedLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(separator: "\n")
  }

  private static let style = """
    :root { color-scheme: light dark; --ink: #222; --faint: #666; --paper: #fff; --rule: #ddd; --good: #00734f; --bad: #b3400c; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6e6e6; --faint: #a0a0a0; --paper: #16181b; --rule: #3a3d42; --good: #4ccf9f; --bad: #ff9a66; }
    }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.5 Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif; }
    main { max-width: 64rem; margin: 0 auto; padding: 1.5rem; }
    h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; } h3 { font-size: 1.05rem; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.9rem; }
    caption, figcaption, summary { color: var(--faint); text-align: left; font-size: 0.9rem; }
    th, td { padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top;
      overflow-wrap: anywhere; }
    th { overflow-wrap: normal; }
    td:first-child { overflow-wrap: break-word; }
    .number { text-align: right; font-variant-numeric: tabular-nums; } td.number { white-space: nowrap; }
    td.good { color: var(--good); } td.bad { color: var(--bad); }
    .banner { border: 2px solid var(--rule); border-radius: 6px; padding: 0.6rem 1rem; font-weight: 600; }
    .banner.good { border-color: var(--good); color: var(--good); } .banner.bad { border-color: var(--bad); color: var(--bad); }
    figure { margin: 1.2rem 0; } figure svg { max-width: 100%; height: auto; }
    pre { overflow-x: auto; font-size: 0.8rem; border-left: 3px solid var(--rule); padding-left: 0.8rem; }
    .row { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
    .row > * { box-sizing: border-box; min-width: 0; margin: 0.4rem 0; }
    .row > pre { white-space: pre-wrap; overflow-wrap: anywhere; }
    @page { size: A4; margin: 14mm 12mm; }
    @media print {
      :root { color-scheme: light; }
      body { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      main { max-width: none; padding: 0; }
      h1, h2, h3 { break-after: avoid; } figure, tr, .banner { break-inside: avoid; }
      thead { display: table-header-group; } pre { white-space: pre-wrap; overflow: visible; } .wide { overflow: visible; }
      .row { display: block; } .row > * { display: inline-block; width: 49%; vertical-align: top; }
      pre { font-size: 7pt; } table { font-size: 8.5pt; } th, td { padding: 0.15rem 0.6rem 0.15rem 0; }
    }
    """
}
