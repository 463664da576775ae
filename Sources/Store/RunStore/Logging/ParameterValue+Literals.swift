// Parameters as one writes them: ["rate": 0.001, "layers": 3, "activation": "relu", "bias": true].

extension ParameterValue: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension ParameterValue: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension ParameterValue: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .real(value) }
}

extension ParameterValue: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}
