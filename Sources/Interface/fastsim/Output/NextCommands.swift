// The commands that a person may want next.
import Output

/// Prints, on a terminal alone, the commands that are useful next.
/// - Parameter commands: what follows `fastsim`.
func suggest(_ commands: [String], _ store: StoreOptions) throws {
  guard Terminal.output.isInteractive else { return }
  let line = "next: " + commands.map { "fastsim \($0)\(store.suffix)" }.joined(separator: " | ")
  try printResult(Terminal.output.styled(line, .dim))
}
