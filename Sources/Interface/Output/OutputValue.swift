// A value that is printed, and what each format makes of it.
package import Digests
internal import Numerics
package import RunStore

/// A value on its way to a table, JSON, CSV or Markdown.
package enum OutputValue {
  case null
  case flag(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  /// 64 hexadecimal digits; 12 in tables.
  case digest(Digest)
  /// ISO 8601 in UTC.
  case time(String)
  case status(RunStatus)
  case list([OutputValue])
  /// Fields in their order.
  case object([(key: String, value: OutputValue)])
  /// JSON as it was stored.
  case json(String)

  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  package init(_ value: Double?) { self = value.map(OutputValue.number) ?? .null }
  package init(_ value: String?) { self = value.map(OutputValue.text) ?? .null }
  package init(_ value: Bool?) { self = value.map(OutputValue.flag) ?? .null }
  package init(_ value: Digest?) { self = value.map(OutputValue.digest) ?? .null }
  package init(_ value: RunNumber?) { self = value.map { .integer($0.value) } ?? .null }
  package init(time: String?) { self = time.map(OutputValue.time) ?? .null }
  package init(_ values: [Double]) { self = .list(values.map(OutputValue.number)) }
  package init(_ texts: [String]) { self = .list(texts.map(OutputValue.text)) }

  package init(_ value: ParameterValue?) {
    switch value {
    case nil, .null: self = .null
    case .boolean(let flag): self = .flag(flag)
    case .integer(let integer): self = .integer(integer)
    case .real(let real): self = .number(real)
    case .text(let text): self = .text(text)
    }
  }

  package init(_ value: StoreValue) {
    switch value {
    case .null: self = .null
    case .integer(let integer): self = .integer(integer)
    case .real(let real): self = .number(real)
    case .text(let text): self = .text(text)
    case .blob(let bytes): self = .text(hexadecimal(bytes))
    }
  }
}

extension OutputValue {
  /// The value for a person: six significant digits, twelve of a digest, times without their fractions.
  package var shortText: String {
    switch self {
    case .null: "-"
    case .number(let value): shortNumber(value)
    case .digest(let digest): String(digest.hex.prefix(12))
    case .time(let text): text.count >= 19 ? text.prefix(10) + " " + text.dropFirst(11).prefix(8) : text
    case .list(let values): values.map(\.shortText).joined(separator: ", ")
    default: exactText
    }
  }

  /// The value for another program: it reads back to the same bits.
  package var exactText: String {
    switch self {
    case .null: ""
    case .flag(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .number(let value): exactNumber(value)
    case .text(let text), .time(let text), .json(let text): text
    case .digest(let digest): digest.hex
    case .status(let status): status.rawValue
    case .list(let values): values.map(\.exactText).joined(separator: ", ")
    case .object: json()
    }
  }

  /// How the value stands out in a table.
  package var style: Style {
    switch self {
    case .status(.finished): .green
    case .status(.running): .cyan
    case .status(.interrupted): .yellow
    case .status(.crashed), .status(.failed): .red
    default: .plain
    }
  }

  package var isNull: Bool { if case .null = self { true } else { false } }

  package var isNumeric: Bool {
    switch self {
    case .integer, .unsigned, .number: true
    default: false
    }
  }
}

/// Two lower-case hexadecimal digits for each byte.
private func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
