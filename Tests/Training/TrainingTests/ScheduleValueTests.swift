// Values of schedules at steps, against their formulas.
import Configuration
import Testing
import Training

@Suite(.timeLimit(.minutes(20))) struct ScheduleValueTests {
  @Test
  func schedulesHaveTheirValues() {
    func near(_ schedule: Schedule, _ steps: [Int], _ expected: [Double]) -> Bool {
      zip(steps.map(schedule.value), expected).allSatisfy { ($0 - $1).magnitude < 1e-12 }
    }
    #expect(
      near(.cosine(start: 3, end: 1, steps: 100), [0, 25, 50, 100, 1000], [3, 2 + 0.5.squareRoot(), 2, 1, 1]))
    #expect(near(.warmUp(steps: 4, then: .constant(0.5)), [0, 1, 3, 4, 9], [0, 0.125, 0.375, 0.5, 0.5]))
    #expect(
      near(
        .warmUp(steps: 10, then: .linear(start: 2, end: 0, steps: 10)), [0, 5, 10, 15, 20, 30], [0, 1, 2, 1, 0, 0]))
  }
}
