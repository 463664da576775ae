// `fastsim train-member`: what a sweep's own processes run; people have no need of it.
import ArgumentParser
import Dispatch
import Foundation
import Numerics
import RunStore
import Training

struct SweepMemberCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-member", abstract: "Train one run of a sweep; ends when standard input does.",
    shouldDisplay: false)

  @Argument(help: "The sweep's uuid.")
  var sweep: String

  @Argument(help: "The place in the sweep, counted from 0.", transform: Bound.member.parsed)
  var place: Int

  @Option(help: "The folder of the config.")
  var folder = "."

  @OptionGroup var source: SourceOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let watch = endWithStandardInput()
    defer { watch.cancel() }
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let outcome: SessionOutcome
    do {
      outcome = try trainMember(place, of: sweep, folder: folder, SessionSettings(store, threads, progress, source))
    } catch let error as StoreError where error.isOfAnotherProcess {
      throw ExitCode(MemberProcess.takenStatus)
    }
    progress.finish()
    if let signal = outcome.signal { throw ExitCode(128 + signal) }
  }
}

/// Ends this process, with its state stored, when the process that started it has ended.
private func endWithStandardInput() -> any DispatchSourceRead {
  let source = DispatchSource.makeReadSource(fileDescriptor: 0, queue: DispatchQueue(label: "fastsim.lifeline"))
  source.setEventHandler {
    var byte: UInt8 = 0
    guard read(0, &byte, 1) <= 0 else { return }
    source.cancel()
    kill(getpid(), SIGTERM)
  }
  source.resume()
  return source
}

extension StoreError {
  /// Whether another process was faster.
  fileprivate var isOfAnotherProcess: Bool {
    switch self {
    case .memberIsTaken, .runIsHeld: true
    default: false
    }
  }
}
