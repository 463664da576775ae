// What can be wrong with a mass fit's model, its data, or its weights.
internal import Numerics

/// A refusal: the model, the mass column or the fitted yields cannot give trustworthy weights.
package enum SPlotError: Error, Equatable, CustomStringConvertible {
  case unknownDensity(String)
  case invalidModel(String)
  case unknownComponent(String, known: [String])
  case nonFiniteMass(row: Int)
  case nonFiniteColumn(row: Int)
  case lengthsDiffer(column: Int, mass: Int)
  case invalidWindow(String)
  case tooFewEvents(events: Int, parameters: Int)
  case noStart
  case densityNotPositive(row: Int)
  case singularWeights
  case sumRuleViolated(Double)
  case yieldNotPositive(component: String, yield: Double)
  case effectiveSizeTooSmall(component: String, size: Double)

  package var description: String {
    switch self {
    case .unknownDensity(let text):
      "\"\(text)\" is no mass density; use one of \(MassDensity.knownNames.joined(separator: ", "))"
        + " with N from 1 to \(MassDensity.maximumChebyshevDegree)"
    case .invalidModel(let reason):
      "the mass model cannot be fitted: \(reason)"
    case .unknownComponent(let name, let known):
      "the mass model has no component \"\(name)\"; it has \(known.joined(separator: ", "))"
    case .nonFiniteMass(let row):
      "row \(row) of the mass column is not a finite number; remove the row or repair the file"
    case .nonFiniteColumn(let row):
      "row \(row) of the column is not a finite number; remove the row or repair the file"
    case .lengthsDiffer(let column, let mass):
      "the column has \(column) rows but the fit has \(mass) events; take both from the same table"
    case .invalidWindow(let reason):
      "the mass window is unusable: \(reason); give a window with its lower edge below its upper edge"
    case .tooFewEvents(let events, let parameters):
      "\(events) events in the window cannot determine \(parameters) parameters; widen the window or fix parameters"
    case .noStart:
      "the model's likelihood is zero at every start that was tried; give start values and limits inside the window"
    case .densityNotPositive(let row):
      "the fitted density is not positive at row \(row); drop the component with the negative yield"
    case .singularWeights:
      "the mass does not distinguish the components (their densities are proportional); remove one of them"
    case .sumRuleViolated(let size):
      "the maximum-likelihood sum rule is violated by \(decimal(size, places: 4)) (limit 0.05): the fit did not"
        + " converge; give start values or a simpler model"
    case .yieldNotPositive(let component, let yield):
      "component \"\(component)\" has the yield \(decimal(yield, places: 2)), so its weights sum to nothing;"
        + " drop the component"
    case .effectiveSizeTooSmall(let component, let size):
      "the weights of component \"\(component)\" are worth \(decimal(size, places: 2)) events (at least 5 are"
        + " needed); use more data or a narrower window"
    }
  }
}
