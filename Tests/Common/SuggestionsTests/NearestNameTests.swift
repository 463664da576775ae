// Mistyped names are answered with what was meant, or not at all.
import Suggestions
import Testing

@Suite(.timeLimit(.minutes(20))) struct NearestNameTests {
  @Test(arguments: [
    ("koan", "kaon"), ("Pion", "pion"), ("protons", "proton"), ("eletcron", "electron"), ("RichDLK", "RichDLLk"),
    ("ntracks", "nTracks"), ("crtiic_steps", "critic_steps"), ("batch", "batch_size"), ("p", "P"), ("EAT", "ETA"),
  ])
  func aMistypedNameIsAnsweredWithTheOneThatWasMeant(_ name: String, _ meant: String) {
    let names = [
      "kaon", "pion", "proton", "electron", "RichDLLk", "nTracks", "critic_steps", "batch_size", "P", "ETA", "seed",
    ]
    #expect(nearestName(to: name, among: names) == meant)
  }

  @Test(arguments: ["", "x", "ab", "ba", "neutrino", "kaon_and_pion", "Q", String(repeating: "kaon", count: 10_000)])
  func whatIsFarFromEveryNameIsAnsweredWithNothing(_ name: String) {
    #expect(nearestName(to: name, among: ["kaon", "proton", "P", "", "batch_size"]) == nil)
  }

  @Test func theFirstOfEquallyNearNamesWins() {
    #expect(nearestName(to: "Rich", among: ["RichDLLe", "RichDLLk"]) == "RichDLLe")
    #expect(nearestName(to: "run-9", among: ["run-2", "run-1"]) == "run-2")
    #expect(nearestName(to: "RichDLLk", among: ["RichDLLe", "RichDLLk"]) == "RichDLLk")
    #expect(nearestName(to: "any", among: []) == nil)
  }
}
