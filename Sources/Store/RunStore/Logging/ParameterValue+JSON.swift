// Parameters as canonical JSON, by whose digest equal configurations are known.
package import CanonicalJSON

extension ParameterValue {
  /// NaN, infinities and integers beyond 2^53 are strings.
  package var canonical: CanonicalJSON {
    switch self {
    case .null: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let integer): .integer(integer)
    case .real(let real): .number(real)
    case .text(let text): .text(text)
    }
  }
}
