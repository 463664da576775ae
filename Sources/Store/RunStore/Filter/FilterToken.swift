// The words of a filter: names, numbers, texts and signs, each with the column where it begins.

/// What is wrong with a filter, and where.
struct FilterProblem: Error {
  /// Counted in characters from 1; one past the end where something is missing there.
  let column: Int
  let message: String
}

/// A name as it was written.
struct FilterName: Hashable, Sendable {
  /// What stands before the first dot, such as `params`; nil for a bare word.
  let namespace: String?
  /// What stands after it, without quotes.
  let name: String
  /// Whether it stood in quotes, which a keyword doesn't.
  let isQuoted: Bool

  /// As an error repeats it.
  var text: String { namespace.map { "\($0).\(name)" } ?? name }
}

struct FilterToken: Sendable {
  enum Kind: Hashable, Sendable {
    case name(FilterName)
    /// In single or double quotes.
    case text(String)
    /// What begins with a digit or a sign: a number, a span of time such as -7d, or a date.
    case figure(String)
    /// A comparison, a parenthesis or a comma.
    case sign(String)
    case end
  }

  let kind: Kind
  let column: Int

  /// A bare word in lower case, which may be a keyword.
  var word: String? {
    guard case .name(let name) = kind, name.namespace == nil, !name.isQuoted else { return nil }
    return name.name.lowercased()
  }

  /// As an error names it.
  var description: String {
    switch kind {
    case .name(let name): "'\(name.text)'"
    case .text(let text): "the text '\(text)'"
    case .figure(let figure), .sign(let figure): "'\(figure)'"
    case .end: "the end"
    }
  }
}

/// Splits a filter into tokens, the last of which is the end. Cost: proportional to the text.
func filterTokens(_ text: String) throws(FilterProblem) -> [FilterToken] {
  var lexer = FilterLexer(text)
  return try lexer.tokens()
}

private struct FilterLexer {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    characters = Array(text)
  }

  private var next: Character? { position < characters.count ? characters[position] : nil }
  private var afterNext: Character? { position + 1 < characters.count ? characters[position + 1] : nil }

  mutating func tokens() throws(FilterProblem) -> [FilterToken] {
    var tokens: [FilterToken] = []
    while true {
      while let character = next, character.isWhitespace { position += 1 }
      let column = position + 1
      guard let first = next else { return tokens + [FilterToken(kind: .end, column: column)] }
      tokens.append(FilterToken(kind: try token(first), column: column))
    }
  }

  private mutating func token(_ first: Character) throws(FilterProblem) -> FilterToken.Kind {
    switch first {
    case "'", "\"": return .text(try quoted(first))
    case "`": return .name(try name())
    case "(", ")", ",":
      position += 1
      return .sign(String(first))
    case "=", "<", ">", "!": return .sign(try comparison())
    case _ where first.isLetter || first == "_": return .name(try name())
    case _ where beginsFigure(first): return .figure(figure())
    case "&", "|": throw FilterProblem(column: position + 1, message: "write 'and' or 'or' instead of '\(first)'")
    default: throw FilterProblem(column: position + 1, message: "'\(first)' means nothing here")
    }
  }

  private mutating func comparison() throws(FilterProblem) -> String {
    let pair = String([next, afterNext].compactMap { $0 })
    for sign in ["==", "!=", "<>", "<=", ">="] where pair == sign {
      position += 2
      return sign == "==" ? "=" : sign == "<>" ? "!=" : sign
    }
    guard let first = next, first != "!" else {
      throw FilterProblem(column: position + 1, message: "'!' stands only in '!='; write 'not'")
    }
    position += 1
    return String(first)
  }

  /// What stands between two equal quotes; a doubled quote stands for itself.
  private mutating func quoted(_ quote: Character) throws(FilterProblem) -> String {
    let start = position
    position += 1
    var text = ""
    while let character = next {
      position += 1
      if character == quote {
        guard next == quote else { return text }
        position += 1
      }
      // SQLite ends a bound text there.
      guard character != "\0" else {
        throw FilterProblem(column: position, message: "a text may have no NUL character")
      }
      text.append(character)
    }
    throw FilterProblem(column: start + 1, message: "the quote \(quote) is never closed")
  }

  /// A word, `namespace.name`, or either with a quoted part.
  private mutating func name() throws(FilterProblem) -> FilterName {
    let isQuoted = next == "`"
    let head = isQuoted ? try quoted("`") : bareRun(until: ".")
    guard next == "." else { return FilterName(namespace: nil, name: head, isQuoted: isQuoted) }
    position += 1
    return FilterName(namespace: head, name: try rest(after: head), isQuoted: isQuoted)
  }

  /// What follows a namespace's dot.
  private mutating func rest(after namespace: String) throws(FilterProblem) -> String {
    var name = bareRun(until: nil)
    if name.isEmpty || name.last == ".", let quote = next, ["`", "\"", "'"].contains(quote) {
      name += try quoted(quote)
    }
    guard !name.isEmpty else {
      throw FilterProblem(column: position + 1, message: "a name is missing after '\(namespace).'")
    }
    return name
  }

  private mutating func bareRun(until end: Character?) -> String {
    let start = position
    while let character = next, character != end,
      character.isLetter || character.isNumber || ["_", ".", "/", "-"].contains(character)
    {
      position += 1
    }
    return String(characters[start..<position])
  }

  private func beginsFigure(_ first: Character) -> Bool {
    if first.isASCII, first.isNumber { return true }
    guard ["+", "-", "."].contains(first), let second = afterNext else { return false }
    return second.isNumber || second == "." || (first != "." && second.isLetter)
  }

  /// A run of letters, digits, points and colons, with signs where they stand inside.
  private mutating func figure() -> String {
    let start = position
    position += 1
    while let character = next {
      let isInner = character == "+" || character == "-"
      guard
        character.isLetter || character.isNumber || [".", ":", "_"].contains(character)
          || (isInner && characters[position - 1] != "." && afterNext?.isNumber == true)
      else { break }
      position += 1
    }
    return String(characters[start..<position])
  }
}
