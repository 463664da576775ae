// Wrong mass fits in a config, by the exact line that says so.
import Configuration
import Testing

@Suite(.timeLimit(.minutes(20))) struct MassFitRefusalTests {
  @Test(arguments: [
    (
      "signal: gaussian",
      "background: missing; expected one of gaussian, double-gaussian, crystal-ball, exponential and chebyshev"
    ),
    (
      "signal: gauss, background: exponential",
      "signal: found \"gauss\"; expected one of gaussian, double-gaussian, crystal-ball, exponential and chebyshev; did you mean \"gaussian\"?"
    ),
    (
      "signal: {kind: gaussian, degree: 2}, background: exponential",
      "signal.degree: unknown key; expected kind, start, fixed, limits or shared"
    ),
    (
      "signal: {kind: gaussian, limits: {mu: [3, 2]}}, background: exponential",
      "signal.limits.mu: found 3 and 2; expected two ascending numbers"
    ),
    (
      "signal: gaussian, background: {kind: gaussian, shared: {sigma: signal}}",
      "background.shared.sigma: found \"signal\"; expected an earlier component's parameter, such as B0.sigma"
    ),
    (
      "signal: {kind: gaussian, start: {mu: 1}, fixed: {mu: 2}}, background: exponential",
      "signal: found mu both in start and in fixed; expected each parameter in one of them"
    ),
    (
      "signal: gaussian, background: {kind: chebyshev, degree: 9}",
      "background.degree: found 9; expected a whole number from 1 to 8"
    ),
    (
      "signal: gaussian, background: exponential, window: [2, 1]",
      "window: found 2 and 1; expected two ascending numbers"
    ),
    (
      "components: [{name: a, density: gaussian}], signal: a",
      "components: found a list of 1 value; expected a list of 2 to 6 components"
    ),
    (
      "components: [{name: a, density: gaussian}, {name: a, density: exponential}], signal: a",
      "components.1: found a section twice; expected each once"
    ),
    (
      "components: [{name: a, density: gaussian}, {name: b, density: exponential}], signal: c",
      "signal: found \"c\"; expected one of a and b"
    ),
    (
      "components: [{name: a, density: gaussian}, {name: b, density: exponential}], background: b",
      "background: unknown key; expected mass, signal, components or window"
    ),
  ])
  func aWrongMassFitIsRefused(fit: String, message: String) {
    let text = shortest(replacing: "[x, y]", by: "[x, y]\n  weights: {splot: {mass: m, \(fit)}}")
    #expect(refusal(text).hasPrefix("run.yaml:6: data.weights.splot.\(message)"), "\(refusal(text))")
  }
}
