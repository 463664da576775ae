// Orders and columns of lists, as options write them.
import ArgumentParser
import Output
import RunStore

extension RunOrder {
  /// Reads `metrics.x ASC, number DESC`.
  @Sendable init(argument: String) throws {
    let keys = try listItems(argument).map { item in
      let words = item.split(whereSeparator: \.isWhitespace)
      let direction = words.count > 1 ? words[words.count - 1].uppercased() : ""
      let isDirected = ["ASC", "DESC"].contains(direction)
      let column = isDirected ? String(item.dropLast(direction.count)) : item
      let name = trimmed(column)
      guard !name.isEmpty else {
        throw ValidationError("give a column and ASC or DESC, such as 'metrics.energy_distance ASC'")
      }
      return RunQuery.Order(name, ascending: direction != "DESC")
    }
    self.init(keys: keys)
  }
}

/// Names of columns, as `a,b` writes them.
struct ColumnNames {
  let names: [String]

  @Sendable init(argument: String) throws {
    names = listItems(argument)
    guard !names.contains("") else { throw ValidationError("give columns' names with commas between them") }
    guard Set(names).count == names.count else { throw ValidationError("a column is named twice") }
  }
}

/// What stands between commas, but for commas in parentheses or quotes, without the white space around it.
private func listItems(_ text: String) -> [String] {
  var items = [""]
  var depth = 0
  var quote: Character?
  for character in text {
    if character == ",", depth == 0, quote == nil {
      items.append("")
      continue
    }
    if let open = quote {
      if character == open { quote = nil }
    } else if ["`", "\"", "'"].contains(character) {
      quote = character
    } else if character == "(" {
      depth += 1
    } else if character == ")" {
      depth -= 1
    }
    items[items.count - 1].append(character)
  }
  return items.map(trimmed)
}

private func trimmed(_ text: String) -> String {
  let start = text.drop { $0.isWhitespace }
  return String(String(start.reversed().drop { $0.isWhitespace }).reversed())
}
