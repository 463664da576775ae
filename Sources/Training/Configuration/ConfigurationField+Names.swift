// Sections whose keys are names that a config gives.

extension ConfigurationField {
  /// A section of things by name, in the order of their names: that in which a stored config has them.
  /// - Parameter what: the plural that errors use.
  func named<Element>(
    _ counts: ClosedRange<Int>, of what: String, _ element: (String, ConfigurationField) throws -> Element
  ) throws -> [Element] {
    let expected = "a section with \(counts.lowerBound) to \(counts.upperBound) \(what) by name"
    guard case .section(let entries) = node?.content else { throw problem(expected: expected) }
    let section = ConfigurationSection(field: self, entries: entries)
    let names = entries.map(\.key).filter { section[$0].given != nil }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    guard counts.contains(names.count) else {
      throw problem(found: "a section of \(names.count)", expected: expected)
    }
    return try names.map { name in
      guard name.utf8.count <= 40, name.utf8.first.map(isLetter) == true,
        name.utf8.allSatisfy({
          isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
            || $0 == UInt8(ascii: "-")
        })
      else {
        throw section[name].problem(
          found: "the name \(name)", expected: "a name of at most 40 letters, digits, - and _ that begins with a letter"
        )
      }
      return try element(name, section[name])
    }
  }
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
