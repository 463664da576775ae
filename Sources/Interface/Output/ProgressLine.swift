// A progress line on a terminal.
internal import Charts

/// One line at the bottom of standard error, redrawn at most ten times a second; nothing without a terminal.
package struct ProgressLine {
  private let isShown: Bool
  private let width: Int
  private var isDrawn = false
  private var drawn = ContinuousClock.now - .seconds(1)

  package init(quiet: Bool) {
    isShown = !quiet && Terminal.error.isInteractive
    // The last column stays free, because some terminals break the line there.
    width = min((Terminal.error.width ?? 80) - 1, 120)
  }

  /// Draws a label, and a bar where it is known how much is done.
  /// - Parameter fraction: 0 to 1.
  package mutating func draw(_ label: String, fraction: Double? = nil, always: Bool = false) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard always || now - drawn > .milliseconds(100) else { return }
    drawn = now
    isDrawn = true
    let line =
      fraction.map { ProgressBar.render(fraction: $0, width: width, label: label) } ?? String(label.prefix(width))
    writeNotice("\r\u{1B}[2K" + line)
  }

  /// Takes the line away, so that other text can be written.
  package mutating func clear() {
    guard isDrawn else { return }
    isDrawn = false
    writeNotice("\r\u{1B}[2K")
  }
}
