// The double-precision functions against values that mpmath computed, and their special values.
import CKernels
import Foundation
import TestSupport
import Testing

private typealias Function = @Sendable (Double, Double) -> Double

private func sincos2pi(_ x: Double) -> (sine: Double, cosine: Double) {
  var pair = (sine: 0.0, cosine: 0.0)
  fs_sincos2pi(x, &pair.sine, &pair.cosine)
  return pair
}

/// Each function of the reference table, and its largest allowed error in units of the last place.
private let functions: [String: (limit: Double, value: Function)] = [
  "exp": (1, { x, _ in fs_exp(x) }), "expm1": (2, { x, _ in fs_expm1(x) }), "log": (1, { x, _ in fs_log(x) }),
  "log1p": (2, { x, _ in fs_log1p(x) }), "sin": (1, { x, _ in fs_sin(x) }), "cos": (1, { x, _ in fs_cos(x) }),
  "tan": (2, { x, _ in fs_tan(x) }), "sin2pi": (2, { x, _ in sincos2pi(x).sine }),
  "cos2pi": (2, { x, _ in sincos2pi(x).cosine }), "atan": (1, { x, _ in fs_atan(x) }),
  "asin": (3, { x, _ in fs_asin(x) }), "acos": (3, { x, _ in fs_acos(x) }), "sinh": (3, { x, _ in fs_sinh(x) }),
  "cosh": (3, { x, _ in fs_cosh(x) }), "tanh": (2, { x, _ in fs_tanh(x) }),
  "sigmoid": (4, { x, _ in fs_sigmoid(x) }), "softplus": (4, { x, _ in fs_softplus(x) }),
  "erf": (1, { x, _ in fs_erf(x) }),
  "erfc": (4, { x, _ in fs_erfc(x) }), "erfinv": (3, { x, _ in fs_erfinv(x) }), "probit": (3, { x, _ in fs_probit(x) }),
  "lgamma": (6, { x, _ in fs_lgamma(x) }), "pow": (20, { fs_pow($0, $1) }), "atan2": (2, { fs_atan2($0, $1) }),
  "hypot": (2, { fs_hypot($0, $1) }), "gamma_q": (45, { fs_gamma_q($0, $1) }),
]

private struct Special {
  let name: String, value: Double, wanted: Double
  init(_ name: String, _ value: Double, _ wanted: Double) {
    (self.name, self.value, self.wanted) = (name, value, wanted)
  }
}

@Suite(.timeLimit(.minutes(20))) struct Math64Tests {
  @Test func doublePrecisionFunctionsAgreeWithMpmath() throws {
    var seen: Set<String> = []
    var worst: [String: Double] = [:]
    for line in try String(contentsOf: fixture("math64/math64.csv"), encoding: .utf8).split(separator: "\n").dropFirst()
    {
      let fields = line.split(separator: ",")
      let numbers = try fields.dropFirst().map { Double(bitPattern: try #require(UInt64($0, radix: 16))) }
      let name = String(fields[0])
      let function = try #require(functions[name])
      seen.insert(name)
      let value = function.value(numbers[0], numbers[1])
      let wanted = numbers[2]
      guard value != wanted else { continue }
      worst[name] = max(worst[name] ?? 0, abs(value - wanted) / wanted.ulp)
      #expect(abs(value - wanted) <= function.limit * wanted.ulp, "\(name)(\(numbers[0]), \(numbers[1])) = \(value)")
    }
    #expect(seen == Set(functions.keys))
  }

  @Test func specialValuesAreThoseOfCsMathLibrary() {
    let inf = Double.infinity
    let nan = Double.nan
    let tiny = Double.leastNonzeroMagnitude
    let pi = Double.pi
    let cases: [Special] = [
      Special("exp(inf)", fs_exp(inf), inf), Special("exp(-inf)", fs_exp(-inf), 0), Special("exp(-0)", fs_exp(-0.0), 1),
      Special("exp(710)", fs_exp(710), inf), Special("exp(-746)", fs_exp(-746), 0),
      Special("exp(-745.1)", fs_exp(-745.1), tiny), Special("expm1(-0)", fs_expm1(-0.0), -0.0),
      Special("expm1(-inf)", fs_expm1(-inf), -1), Special("expm1(inf)", fs_expm1(inf), inf),
      Special("log(0)", fs_log(0), -inf), Special("log(-0)", fs_log(-0.0), -inf), Special("log(-1)", fs_log(-1), nan),
      Special("log(inf)", fs_log(inf), inf), Special("log(1)", fs_log(1), 0),
      Special("log1p(-1)", fs_log1p(-1), -inf), Special("log1p(-2)", fs_log1p(-2), nan),
      Special("log1p(-0)", fs_log1p(-0.0), -0.0), Special("log1p(inf)", fs_log1p(inf), inf),
      Special("sin(-0)", fs_sin(-0.0), -0.0), Special("sin(inf)", fs_sin(inf), nan), Special("cos(0)", fs_cos(0), 1),
      Special("tan(-0)", fs_tan(-0.0), -0.0), Special("tan(-inf)", fs_tan(-inf), nan),
      Special("atan(inf)", fs_atan(inf), pi / 2), Special("atan(-0)", fs_atan(-0.0), -0.0),
      Special("atan2(0, -1)", fs_atan2(0, -1), pi), Special("atan2(-0, -1)", fs_atan2(-0.0, -1), -pi),
      Special("atan2(-0, 1)", fs_atan2(-0.0, 1), -0.0), Special("atan2(0, 0)", fs_atan2(0, 0), 0),
      Special("atan2(0, -0)", fs_atan2(0, -0.0), pi), Special("atan2(inf, inf)", fs_atan2(inf, inf), pi / 4),
      Special("atan2(1, -inf)", fs_atan2(1, -inf), pi), Special("atan2(-1, 0)", fs_atan2(-1, 0), -pi / 2),
      Special("asin(1)", fs_asin(1), pi / 2), Special("asin(-0)", fs_asin(-0.0), -0.0),
      Special("asin(1.5)", fs_asin(1.5), nan), Special("acos(1)", fs_acos(1), 0), Special("acos(-1)", fs_acos(-1), pi),
      Special("sinh(-inf)", fs_sinh(-inf), -inf), Special("cosh(-inf)", fs_cosh(-inf), inf),
      Special("sinh(-0)", fs_sinh(-0.0), -0.0), Special("tanh(-inf)", fs_tanh(-inf), -1),
      Special("erf(inf)", fs_erf(inf), 1), Special("erfc(inf)", fs_erfc(inf), 0),
      Special("erfc(-inf)", fs_erfc(-inf), 2),
      Special("erf(-0)", fs_erf(-0.0), -0.0), Special("erfinv(1)", fs_erfinv(1), inf),
      Special("erfinv(1.1)", fs_erfinv(1.1), nan), Special("erfinv(-0)", fs_erfinv(-0.0), -0.0),
      Special("probit(0)", fs_probit(0), -inf), Special("probit(1)", fs_probit(1), inf),
      Special("probit(1/2)", fs_probit(0.5), 0), Special("probit(-0.1)", fs_probit(-0.1), nan),
      Special("lgamma(1)", fs_lgamma(1), 0), Special("lgamma(2)", fs_lgamma(2), 0),
      Special("lgamma(0)", fs_lgamma(0), inf),
      Special("lgamma(-3)", fs_lgamma(-3), inf), Special("lgamma(inf)", fs_lgamma(inf), inf),
      Special("sqrt(-1)", fs_sqrt(-1), nan), Special("sqrt(-0)", fs_sqrt(-0.0), -0.0),
      Special("sqrt(2)", fs_sqrt(2), 2.0.squareRoot()),
      Special("hypot(nan, inf)", fs_hypot(nan, inf), inf),
      Special("hypot(3e300, 4e300)", fs_hypot(3e300, 4e300), 5e300),
      Special("hypot(0, tiny)", fs_hypot(0, -tiny), tiny), Special("gamma_q(1, 0)", fs_gamma_q(1, 0), 1),
      Special("gamma_q(1, inf)", fs_gamma_q(1, inf), 0), Special("gamma_q(0, 1)", fs_gamma_q(0, 1), nan),
      Special("gamma_q(1, -1)", fs_gamma_q(1, -1), nan),
      Special("pow(nan, 0)", fs_pow(nan, 0), 1), Special("pow(1, nan)", fs_pow(1, nan), 1),
      Special("pow(-2, 3)", fs_pow(-2, 3), -8), Special("pow(-2, 0.5)", fs_pow(-2, 0.5), nan),
      Special("pow(-0, -3)", fs_pow(-0.0, -3), -inf), Special("pow(0, -2)", fs_pow(0, -2), inf),
      Special("pow(-0, 3)", fs_pow(-0.0, 3), -0.0), Special("pow(-inf, 3)", fs_pow(-inf, 3), -inf),
      Special("pow(0.5, -inf)", fs_pow(0.5, -inf), inf), Special("pow(-1, inf)", fs_pow(-1, inf), 1),
      Special("pow(-1, 1e300)", fs_pow(-1, 1e300), 1), Special("pow(2, 1024)", fs_pow(2, 1024), inf),
      Special("pow(2, -1074)", fs_pow(2, -1074), tiny), Special("pow(10, 22)", fs_pow(10, 22), 1e22),
    ]
    for item in cases {
      if item.wanted.isNaN {
        #expect(item.value.isNaN, "\(item.name)")
      } else {
        #expect(item.value.bitPattern == item.wanted.bitPattern, "\(item.name) = \(item.value)")
      }
    }
    for function in functions.values where function.limit < 20 { #expect(function.value(nan, nan).isNaN) }
    #expect(fs_gamma_q(nan, 1).isNaN && fs_gamma_q(1, nan).isNaN)
  }

  @Test func quarterTurnsAreExact() {
    for quarter in -9..<10 {
      let turn = sincos2pi(Double(quarter) / 4)
      let sines = [0.0, 1, 0, -1]
      #expect(turn.sine == sines[quarter & 3] && turn.cosine == sines[(quarter + 1) & 3])
    }
  }

  @Test func quantilesInvertTheirDistribution() {
    for x in stride(from: -8.0, through: 5, by: 0.37) {
      #expect(abs(fs_probit(0.5 * fs_erfc(-x / 2.0.squareRoot())) - x) < 1e-9)
    }
    for a in [0.5, 1, 2.5, 30, 5000] {
      // Q(a + 1, x) - Q(a, x) = x^a exp(-x) / Gamma(a + 1).
      let x = a * 1.1
      let density = fs_exp(a * fs_log(x) - x - fs_lgamma(a + 1))
      #expect(abs(fs_gamma_q(a + 1, x) - fs_gamma_q(a, x) - density) < 2e-12 * density + 1e-15)
    }
  }

  @Test func arraysAreTheScalarFunctions() {
    let inputs = moderateFloats(100, stream: 71).map { Double($0) * 800 }
    var out = inputs
    fs_exp_array(100, inputs, &out)
    #expect(out == inputs.map { fs_exp($0) })
    let magnitudes = inputs.map { abs($0) }
    fs_log_array(100, magnitudes, &out)
    #expect(out == magnitudes.map { fs_log($0) })
  }
}
