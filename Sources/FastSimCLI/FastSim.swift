// The command `fastsim`: its subcommands and how it ends.
import ArgumentParser

@main
struct FastSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fastsim", abstract: "Train, track and audit fast detector simulations in one SQLite file.")
}
