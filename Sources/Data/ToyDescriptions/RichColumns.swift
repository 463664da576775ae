// The columns of a simulated sample of the Cherenkov detector.

/// The columns of a sample of `rich`, in their order.
package enum RichColumns {
  /// Momentum in GeV, pseudorapidity, tracks in the event.
  package static let conditions = ["P", "ETA", "nTracks"]
  /// Log-likelihoods of electron, kaon, muon, proton and below threshold, each minus that of the pion.
  package static let responses = ["RichDLLe", "RichDLLk", "RichDLLmu", "RichDLLp", "RichDLLbt"]
  /// The mass of the parent in MeV, the conditions and the responses.
  package static let sample = ["mass"] + conditions + responses
  /// isSignal (0 or 1) and species (`RichSpecies.index` of the particle that flew). Never a training input.
  package static let truth = ["isSignal", "species"]
}
