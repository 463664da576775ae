// What an error says.

/// The one line of the error that a piece of work ends with; nil when it succeeds.
func message(_ work: () throws -> some Any) -> String? {
  do {
    _ = try work()
    return nil
  } catch {
    return "\(error)"
  }
}
