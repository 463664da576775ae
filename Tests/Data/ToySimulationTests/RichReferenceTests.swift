// The detector's performance and the samples' kinematics against an independent simulation of the same model.
import Foundation
import ReferenceCases
import Samples
import Testing
import ToyDescriptions
import ToySimulation

/// The five species shot with the kinematics of the kaon sample's signal, as the reference was.
private struct ReferenceSamples {
  let columns: [RichSpecies: [String: [Double]]]

  init(_ reference: ReferenceCase) throws {
    let rows = Int(try reference.setting("n_per_species")[0])
    let conditions = try RichSimulation(species: .kaon, seed: 2024, purity: 1).table(rows: rows)
    var columns: [RichSpecies: [String: [Double]]] = [:]
    for species in RichSpecies.allCases {
      let table = try RichGun(species: species, seed: 77).table(
        momenta: conditions.column("P").values, pseudorapidities: conditions.column("ETA").values,
        trackCounts: conditions.column("nTracks").values)
      columns[species] = Dictionary(uniqueKeysWithValues: table.columns.map { ($0.name, $0.values) })
    }
    self.columns = columns
  }

  func values(_ species: RichSpecies, _ name: String) throws -> [Double] {
    try #require(columns[species]?[name])
  }

  /// Area under the curve in each momentum bin.
  func areas(
    _ positive: RichSpecies, _ negative: RichSpecies, edges: [Double], score: (RichSpecies) throws -> [Double]
  ) throws -> [Double] {
    let momenta = try values(positive, "P")
    let (first, second) = (try score(positive), try score(negative))
    return zip(edges, edges.dropFirst()).map { low, high in
      let rows = momenta.indices.filter { momenta[$0] >= low && momenta[$0] < high }
      return areaUnderCurve(positives: rows.map { first[$0] }, negatives: rows.map { second[$0] })
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct RichReferenceTests {
  @Test func responsesAgreeWithTheReferenceSimulation() throws {
    let reference = try ReferenceCase("toy_rich")
    let samples = try ReferenceSamples(reference)
    let edges = try reference.setting("p_edges")
    func area(_ name: String, _ positive: RichSpecies, _ negative: RichSpecies, _ column: String) throws {
      #expect(
        try reference.mismatch(
          name, samples.areas(positive, negative, edges: edges) { try samples.values($0, column) }) == nil)
    }
    try area("auc_K_vs_pi_DLLk", .kaon, .pion, "RichDLLk")
    try area("auc_p_vs_pi_DLLp", .proton, .pion, "RichDLLp")
    try area("auc_mu_vs_pi_DLLmu", .muon, .pion, "RichDLLmu")
    try area("auc_e_vs_pi_DLLe", .electron, .pion, "RichDLLe")
    #expect(
      try reference.mismatch(
        "auc_p_vs_K_DLLp-DLLk",
        samples.areas(.proton, .kaon, edges: edges) { species in
          zip(try samples.values(species, "RichDLLp"), try samples.values(species, "RichDLLk")).map { $0 - $1 }
        }) == nil)

    let levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    let symbols: [(RichSpecies, String)] = [
      (.electron, "e"), (.muon, "mu"), (.pion, "pi"), (.kaon, "K"), (.proton, "p"),
    ]
    for (species, symbol) in symbols {
      for column in ["RichDLLe", "RichDLLk", "RichDLLmu", "RichDLLp", "RichDLLbt"] {
        #expect(
          try reference.mismatch(
            "quantiles_\(symbol)_\(column)", quantiles(try samples.values(species, column), at: levels)) == nil)
      }
    }
    for cut in [0.0, 5.0] {
      for (species, name) in [(RichSpecies.kaon, "kaon_eff"), (.pion, "pion_misid")] {
        let scores = try samples.values(species, "RichDLLk")
        #expect(
          try reference.mismatch(
            "\(name)_DLLk>\(Int(cut))", [Double(scores.count { $0 > cut }) / Double(scores.count)]) == nil)
      }
    }
  }

  @Test func tiesHoldBelowThreshold() throws {
    let reference = try ReferenceCase("toy_rich")
    let samples = try ReferenceSamples(reference)
    for (column, limit) in [("RichDLLk", 9.2), ("RichDLLp", 17.5)] {
      var tied = 0
      var all = 0
      for species in RichSpecies.allCases {
        let momenta = try samples.values(species, "P")
        let scores = try samples.values(species, column)
        let below = try samples.values(species, "RichDLLbt")
        for row in momenta.indices where momenta[row] < limit {
          all += 1
          tied += scores[row].bitPattern == below[row].bitPattern ? 1 : 0
        }
      }
      let symbol = column == "RichDLLk" ? "DLLk" : "DLLp"
      #expect(
        try reference.mismatch("fraction_\(symbol)_equals_DLLbt_below_\(limit)", [Double(tied) / Double(all)]) == nil)
    }
  }

  @Test func kinematicsAgreeWithTheReferenceSimulation() throws {
    let reference = try ReferenceCase("toy_rich")
    let levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    let rows = Int(try reference.setting("n_per_species")[0])
    for (species, symbol) in [(RichSpecies.kaon, "K"), (.proton, "p"), (.muon, "mu")] {
      let table = try RichSimulation(species: species, seed: 5, purity: 1).table(rows: rows)
      let momenta = try table.column("P").values
      let pseudorapidities = try table.column("ETA").values
      #expect(try reference.mismatch("kin_\(symbol)_P_quantiles", quantiles(momenta, at: levels)) == nil)
      #expect(try reference.mismatch("kin_\(symbol)_ETA_quantiles", quantiles(pseudorapidities, at: levels)) == nil)
      #expect(
        try reference.mismatch("kin_\(symbol)_corr_lnP_ETA", [correlation(momenta.map { log($0) }, pseudorapidities)])
          == nil)
      if species == .kaon {
        let found = moments(try table.column("nTracks").values)
        #expect(try reference.mismatch("nTracks_mean_std", [found.mean, found.variance.squareRoot()]) == nil)
      }
    }
  }
}
