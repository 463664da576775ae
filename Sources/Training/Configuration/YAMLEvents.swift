// The events of a YAML document, with the lines on which they begin.
internal import CYaml

/// What libyaml finds next in a document.
struct YAMLEvent {
  enum Kind {
    case documentStart, documentEnd, streamEnd
    case scalar(String, isPlain: Bool)
    case listStart, listEnd
    case sectionStart, sectionEnd
    case alias(of: String)
    /// The start and the encoding of the stream.
    case other
  }

  let kind: Kind
  /// Counted from 1.
  let line: Int
  var anchor: String?
  /// nil where none was written.
  var tag: String?
}

/// A syntax error of libyaml.
struct YAMLSyntaxError: Error {
  let problem: String
  let line: Int
}

/// Reads events one after another. Yams builds trees of nodes, in which the second of two equal keys and the anchors are
/// lost; the module of libyaml that it contains has both.
final class YAMLEvents {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeBufferPointer<UInt8>

  /// - Parameter text: UTF-8, with or without a byte-order mark; it has to outlive the reader.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    yaml_parser_initialize(parser)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// - Throws: `YAMLSyntaxError`.
  func next() throws -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
    defer { yaml_event_delete(&event) }
    let line = Int(event.start_mark.line) + 1
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, line: line)
    case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, line: line)
    case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, line: line)
    case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias(of: string(event.data.alias.anchor) ?? ""), line: line)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return YAMLEvent(
        kind: .scalar(value, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), line: line,
        anchor: string(scalar.anchor), tag: string(scalar.tag))
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return YAMLEvent(kind: .listStart, line: line, anchor: string(start.anchor), tag: string(start.tag))
    case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .listEnd, line: line)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return YAMLEvent(kind: .sectionStart, line: line, anchor: string(start.anchor), tag: string(start.tag))
    case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .sectionEnd, line: line)
    default: return YAMLEvent(kind: .other, line: line)
    }
  }

  private var syntaxError: YAMLSyntaxError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
    guard parser.pointee.error == YAML_READER_ERROR else {
      return YAMLSyntaxError(problem: problem, line: Int(parser.pointee.problem_mark.line) + 1)
    }
    // The reader gives the offset of a character that may not stand in YAML, and no mark.
    let before = text.prefix(Int(parser.pointee.problem_offset))
    return YAMLSyntaxError(problem: problem, line: 1 + before.count { $0 == UInt8(ascii: "\n") })
  }
}

private func string(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
  pointer.map { String(cString: $0) }
}
