// `fastsim completions`: prints completion scripts for shells.
import ArgumentParser
import Output

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print a shell's completion script.",
    discussion: """
      Runs, metrics, settings, tags and series are completed from the store.
      bash: fastsim completions bash > ~/.local/share/bash-completion/completions/fastsim
      zsh:  fastsim completions zsh > ~/.zfunc/_fastsim      (with fpath+=~/.zfunc before compinit in ~/.zshrc)
      fish: fastsim completions fish > ~/.config/fish/completions/fastsim.fish
      """)

  @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
  var shell: Shell

  func run() throws {
    try writeResult(Array((FastSim.completionScript(for: shell.completionShell) + "\n").utf8))
  }
}

enum Shell: String, CaseIterable, ExpressibleByArgument {
  case bash, zsh, fish

  fileprivate var completionShell: CompletionShell {
    switch self {
    case .bash: .bash
    case .zsh: .zsh
    case .fish: .fish
    }
  }
}
