// The random streams of a run: with the seed and a step they determine every random number.

/// Streams are part of the numerics: a number never changes its meaning.
enum RandomStream {
  static let realEvents: UInt32 = 1
  static let firstConditions: UInt32 = 2
  static let secondConditions: UInt32 = 3
  static let firstNoise: UInt32 = 4
  static let secondNoise: UInt32 = 5
  static let mixing: UInt32 = 6
  static let evaluationNoise: UInt32 = 7
  static let sampledConditions: UInt32 = 8
  static let perturbation: UInt32 = 9
  static let regressionFolds: UInt32 = 10
  static let regressionEvents: UInt32 = 11
  static let histogramEvents: UInt32 = 12
  static let classifiedReal: UInt32 = 13
  static let classifiedGenerated: UInt32 = 14
  static let distanceReal: UInt32 = 15
  static let distanceGenerated: UInt32 = 16
  static let distanceMixing: UInt32 = 17
  static let meanShowerEvents: UInt32 = 18
  /// The first of the generator's and the critic's initial tensors; one stream a tensor.
  static let generatorInitialisation: UInt32 = 0x1_0000
  static let criticInitialisation: UInt32 = 0x2_0000
  /// The first of the critic's states.
  static let criticStates: UInt32 = 0x3_0000
  /// The first of the initial tensors of the networks that learn weights, 100 a network.
  static let regressionInitialisation: UInt32 = 0x4_0000
  /// The first of the initial tensors of the classifier that rejects the events of several generators.
  static let classifierInitialisation: UInt32 = 0x5_0000
  /// The first of the initial tensors of the critic that measures a distance.
  static let distanceInitialisation: UInt32 = 0x6_0000
  /// The first of the generator's states.
  static let generatorStates: UInt32 = 0x7_0000

  /// A stream of one of several critics: equal streams of different widths would give equal numbers.
  /// - Parameter number: the critic's place in the order of the names, below 64.
  static func ofCritic(_ number: Int, _ stream: UInt32) -> UInt32 { stream + UInt32(number) << 24 }
}
