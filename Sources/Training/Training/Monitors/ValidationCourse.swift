// The best epoch by a validation metric, and whether to stop early.
internal import Configuration
internal import Evaluation
internal import RunStore

/// The course of one metric over the evaluations of a run.
///
/// It is computed from stored values, so that a killed and resumed run decides like one without interruption.
struct ValidationCourse {
  let metric: String
  private let goal: MeasureGoal
  private let minimumChange: Double
  /// Epochs from one evaluation to the next; a value of another epoch, as that of a run's last one, counts for nothing.
  private let every: Int
  private var best: (epoch: Int, cost: Double)?
  private var evaluationsSinceBest = 0
  private var lastEpoch = 0

  /// - Parameter minimumChange: by how much a value has to be better to be a new best one.
  init(metric: String, every: Int, minimumChange: Double = 0) {
    (self.metric, self.every, self.minimumChange) = (metric, every, minimumChange)
    goal = MeasureGoal(storedName: metric) ?? .smaller
  }

  var bestEpoch: Int? { best?.epoch }

  /// Takes in the values of one evaluation or of many.
  mutating func add(_ metrics: [MetricRecord]) {
    let values = metrics.filter {
      $0.name == metric && $0.role == "validation" && $0.bin == nil && $0.epoch > lastEpoch
        && $0.epoch.isMultiple(of: every)
    }
    for record in values.sorted(by: { $0.epoch < $1.epoch }) {
      lastEpoch = record.epoch
      let counts = !record.masked && record.value.isFinite
      let cost = goal.cost(of: record.value)
      if counts, best.map({ cost < $0.cost - minimumChange }) ?? true {
        best = (record.epoch, cost)
        evaluationsSinceBest = 0
      } else {
        evaluationsSinceBest += 1
      }
    }
  }

  /// Whether that many evaluations brought no new best value.
  func isOver(patience: Int) -> Bool { evaluationsSinceBest >= patience }
}

extension Configuration {
  /// Whether a run with these metrics has stopped early.
  func hasStopped(_ metrics: [MetricRecord]) -> Bool {
    guard let stop = training.earlyStop else { return false }
    var course = ValidationCourse(metric: stop.metric, every: evaluation.every, minimumChange: stop.minimumChange)
    course.add(metrics)
    return course.isOver(patience: stop.patience)
  }
}
