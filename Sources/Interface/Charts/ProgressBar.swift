// The bar that shows how far something has come, as a line of text.

/// Renders progress; pure text, so that the caller decides where and when it is written.
package enum ProgressBar {
  /// A line such as `epoch 3 of 20  ██████████▌               42%`.
  /// - Parameters:
  ///   - fraction: 0 to 1; values outside are moved to the nearer end, one that is not a number counts as 0.
  ///   - width: characters of the whole line. Labels that do not fit are cut; below 5 characters nothing is shown.
  package static func render(fraction: Double, width: Int, label: String) -> String {
    guard width >= 5 else { return "" }
    let done = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
    // 100% is for what is complete.
    let percent = "\(done == 1 ? 100 : min(Int(done * 100), 99))%"
    let tail = " " + String(repeating: " ", count: 4 - percent.count) + percent
    let clean = String(label.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init))
    let room = width - tail.count
    let minimumBar = min(10, room)
    let kept = String(clean.prefix(max(0, room - minimumBar - 2)))
    let head = kept.isEmpty ? "" : kept + "  "
    let cells = room - head.count
    let eighths = Int(done * Double(8 * cells))
    var bar = String(repeating: "█", count: eighths / 8)
    let parts = Array(" ▏▎▍▌▋▊▉")
    if eighths % 8 > 0 { bar.append(parts[eighths % 8]) }
    bar += String(repeating: " ", count: cells - bar.count)
    return head + bar + tail
  }
}
