// Errors of training, of the engine and of studies state facts in one line, with numbers as the program prints them.
import Foundation
import RunStore
import Studies
import TestSupport
import Testing
import Training

@Suite(.timeLimit(.minutes(20))) struct TrainingErrorTests {
  private static let run = RunNumber(3)

  private static let errors: [TrainingError] = [
    .unreadableConfig(path: "a.yaml", reason: "no"),
    .sourceNotClean(folder: "/a", reason: "not as in revision 1", remedy: "commit or stash the changes"),
    .noFile(run: run, role: "train", reason: "it is simulated"),
    .tooFewRows(source: "a.csv", rows: 10, batch: 50, total: 20),
    .diverged(run: run, series: "loss", step: 7, value: .nan, limit: nil, lastEpoch: 0),
    .diverged(run: run, series: "loss", step: 7, value: 1e9, limit: 1e6, lastEpoch: 2),
    .stoppedEarly(run: run, epoch: 4, metric: "energy_distance"), .dataChanged(run: run, changes: ["P"]),
    .programChanged(run: run), .noCheckpoint(run: run, epoch: nil), .noCheckpoint(run: run, epoch: 4),
    .alreadyTrained(run: run, epochs: 4), .stateDoesNotFit(run: run, tensor: "w"),
    .epochOutOfRange(run: run, epoch: 9, last: 4), .loggedElsewhere(run: run),
    .noBestEpoch(run: run, metric: "ks.P"), .nothingToJudge(run: run, role: "test"), .notSimulated(run: run),
    .ownSimulation(run: run, seed: 7), .noSpecies(run: run), .notDrawable(run: run, reason: "it has no targets"),
    .nothingToResume(run: run), .eventsOfCells(run: run), .eventsOfColumns(run: run), .cellsUnknown(name: "a"),
    .generatedNotFinite(run: run, epoch: 4, row: 7, value: .infinity),
    .tooManyEvents(1_000_000, needed: 1 << 40, usable: 1 << 30),
    .noCompiledSteps(objective: "histogram"),
    .histogramTooLarge(cells: 8, targets: 2, bins: 4),
    .noSuchMember(sweep: "scan", place: 9, count: 4),
    .membersFailed(sweep: "scan", failures: [("a", "diverged")], count: 4),
  ]

  @Test func everyErrorIsOneLineThatNamesNoOptionCommandOrVariable() throws {
    let source = try String(
      contentsOf: packageFolder.appending(path: "Sources/Training/Training/TrainingError.swift"), encoding: .utf8)
    #expect(Set(Self.errors.map(caseName)) == Set(caseNames(ofEnumIn: source)))
    let others: [any Error] = [
      EngineError.unknownInstructionSet("x"), EngineError.selftest(isa: "avx2", check: 3), StudyError.unknown("x"),
      StudyError.unfinished(study: "swiss-roll", member: "a"),
    ]
    for text in Self.errors.map(\.description) + others.map({ "\($0)" }) {
      #expect(!text.contains("\n"))
      #expect(programName(in: text) == nil, "\(text)")
    }
  }

  @Test func aDivergenceHasItsNumbersAsTheProgramPrintsThem() {
    let errors: [(TrainingError, String)] = [
      (
        .diverged(run: Self.run, series: "loss", step: 7, value: .nan, limit: nil, lastEpoch: 0),
        "became NaN at step 7;"
      ),
      (
        .diverged(run: Self.run, series: "loss", step: 7, value: 1_000_000.5, limit: 1e6, lastEpoch: 2),
        "became 1000000.5 at step 7, beyond 1000000 (training.divergence)"
      ),
    ]
    for (error, text) in errors { #expect(error.description.contains(text), "\(error)") }
  }
}
