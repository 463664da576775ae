// swift-tools-version: 6.2
import PackageDescription

/// SwiftPM compiles C at -O0 in debug builds, where the kernels run at a fiftieth of their speed. A root package
/// may ask for -O2; a versioned dependency may not carry unsafe flags, so it is asked for by FASTSIM_ROOT alone.
let kernelFlags: [CSetting] =
  Context.environment["FASTSIM_ROOT"] == nil ? [] : [.unsafeFlags(["-O2"])]

/// Warnings are errors where FASTSIM_STRICT is set, as continuous integration does.
let warnings: [SwiftSetting] =
  Context.environment["FASTSIM_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

let swiftSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + warnings

let package = Package(
  name: "fastsim",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "fastsim", targets: ["fastsim"]),
    .library(name: "RunStore", targets: ["RunStore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .target(name: "CKernels", cSettings: kernelFlags),
    .target(
      name: "Digests", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: swiftSettings),
    .target(name: "TensorGraph", dependencies: ["CKernels"], swiftSettings: swiftSettings),
    .target(name: "NeuralNetworks", dependencies: ["TensorGraph", "CKernels"], swiftSettings: swiftSettings),
    .target(name: "Adversarial", dependencies: ["NeuralNetworks", "TensorGraph"], swiftSettings: swiftSettings),
    .target(name: "Numerics", swiftSettings: swiftSettings),
    .target(name: "Suggestions", swiftSettings: swiftSettings),
    .target(
      name: "Samples", dependencies: ["CKernels", "Digests", "Numerics", "Suggestions"], swiftSettings: swiftSettings),
    .target(name: "SPlot", dependencies: ["CKernels", "Numerics"], swiftSettings: swiftSettings),
    .target(
      name: "ToySimulation", dependencies: ["CKernels", "Numerics", "Samples", "Suggestions"],
      swiftSettings: swiftSettings),
    .target(
      name: "RunStore",
      dependencies: [
        "CFileSystem", "Digests", "Migrations", "Numerics", "Suggestions",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: swiftSettings),
    .target(name: "CFileSystem"),
    .target(
      name: "Imports",
      dependencies: [
        "RunStore", "Digests", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["event.proto"], swiftSettings: swiftSettings),
    .target(
      name: "Migrations", path: "migrations",
      resources: [.embedInCode("0001_init.sql"), .embedInCode("0002_keep.sql"), .embedInCode("0003_lookups.sql")],
      swiftSettings: swiftSettings),
    .target(
      name: "Training",
      dependencies: [
        "Adversarial", "NeuralNetworks", "TensorGraph", "CKernels", "Samples", "SPlot", "ToySimulation", "RunStore",
        "Evaluation", "Charts", "Digests", "Suggestions", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: swiftSettings),
    .target(name: "Evaluation", dependencies: ["CKernels", "Numerics"], swiftSettings: swiftSettings),
    .target(name: "Charts", dependencies: ["Numerics"], swiftSettings: swiftSettings),
    .target(
      name: "StudyConfigs", path: "Examples/studies",
      resources: [
        .embedInCode("vanishing-gradients.yaml"), .embedInCode("mode-collapse.yaml"),
        .embedInCode("eight-gaussians.yaml"), .embedInCode("twenty-five-gaussians.yaml"),
        .embedInCode("swiss-roll.yaml"), .embedInCode("biased-gradients.yaml"), .embedInCode("architectures.yaml"),
        .embedInCode("splot.yaml"),
      ], swiftSettings: swiftSettings),
    .target(
      name: "Studies",
      dependencies: [
        "StudyConfigs", "Training", "RunStore", "Evaluation", "Charts", "SPlot", "Samples", "ToySimulation", "CKernels",
        "Digests", "Numerics", "Suggestions",
      ], swiftSettings: swiftSettings),
    .executableTarget(
      name: "fastsim",
      dependencies: [
        "Training", "Studies", "RunStore", "Imports", "Samples", "SPlot", "ToySimulation", "Evaluation", "Charts",
        "Digests", "Numerics", "Suggestions",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/FastSimCLI", swiftSettings: swiftSettings),
    .executableTarget(
      name: "fastsim-bench", dependencies: ["Adversarial", "NeuralNetworks", "TensorGraph", "CKernels"],
      path: "Benchmarks/Engine", swiftSettings: swiftSettings),
    .executableTarget(
      name: "fastsim-tracker-bench", dependencies: ["RunStore"], path: "Benchmarks/TrackerBench",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "log-a-run", dependencies: ["RunStore"], path: "Examples/LogARun", swiftSettings: swiftSettings),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: swiftSettings),
    .testTarget(name: "TensorGraphTests", dependencies: ["TensorGraph", "CKernels"], swiftSettings: swiftSettings),
    .testTarget(
      name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "TensorGraph", "CKernels"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "AdversarialTests",
      dependencies: ["Adversarial", "NeuralNetworks", "TensorGraph", "CKernels", "fastsim-bench"],
      swiftSettings: swiftSettings),
    .target(
      name: "ReferenceCases", dependencies: ["Samples"], path: "Tests/ReferenceCases", swiftSettings: swiftSettings),
    .testTarget(name: "NumericsTests", dependencies: ["Numerics"], swiftSettings: swiftSettings),
    .testTarget(name: "SuggestionsTests", dependencies: ["Suggestions"], swiftSettings: swiftSettings),
    .testTarget(
      name: "SamplesTests", dependencies: ["Samples", "ReferenceCases", "Digests", "CKernels"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "SPlotTests", dependencies: ["SPlot", "ReferenceCases", "CKernels"], swiftSettings: swiftSettings),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ToySimulationTests", dependencies: ["ToySimulation", "ReferenceCases", "Samples"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "RunStoreTests",
      dependencies: ["RunStore", "Digests", "Numerics", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .testTarget(name: "ImportsTests", dependencies: ["Imports", "RunStore", "Digests"], swiftSettings: swiftSettings),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "Numerics", "ReferenceCases", "CKernels"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StudiesTests", dependencies: ["Studies", "Training", "RunStore", "Charts", "Digests", "ReferenceCases"],
      swiftSettings: swiftSettings),
    .testTarget(name: "ConfigurationTests", dependencies: ["Training", "Digests"], swiftSettings: swiftSettings),
    .testTarget(
      name: "FastSimTests", dependencies: ["fastsim", "fastsim-tracker-bench", "log-a-run"],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
