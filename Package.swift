// swift-tools-version: 6.2
import PackageDescription

/// SwiftPM compiles C at -O0 in debug builds, where kernels and digests run at a fiftieth of their speed. A root package
/// may ask for -O2; a versioned dependency may not carry unsafe flags, so it is asked for by FASTSIM_ROOT alone.
let kernelFlags: [CSetting] =
  Context.environment["FASTSIM_ROOT"] == nil ? [] : [.unsafeFlags(["-O2"])]

/// Warnings are errors where FASTSIM_STRICT is set, as continuous integration does.
let warnings: [SwiftSetting] =
  Context.environment["FASTSIM_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

let language: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + warnings

/// The Makefile compiles everything with -Onone, because a package cannot be given flags of its own and optimising GRDB,
/// ArgumentParser and Yams takes longer than all targets here. Those that run long ask the compiler's frontend for -O, in
/// flags that come after the Makefile's (docs/performance.md, "The first build").
let settings = optimised("-O")

/// The same for targets whose long loops are in C kernels or in SQLite: small code takes the compiler a seventh less time.
let compact = optimised("-Osize")

func optimised(_ level: String) -> [SwiftSetting] {
  language
    + (Context.environment["FASTSIM_ROOT"] == nil
      ? []
      : [.unsafeFlags(["-Xfrontend", level, "-Xfrontend", "-enable-default-cmo"], .when(configuration: .release))])
}

/// Nothing in tests, configs, pages and the command's parsing of arguments takes time: they are compiled without
/// optimisation, which takes the compiler a fifth of the time (docs/performance.md, "The first build").
let unoptimised: [SwiftSetting] =
  language + (Context.environment["FASTSIM_ROOT"] == nil ? [] : [.unsafeFlags(["-Onone"])])

extension Target {
  /// A library in Sources/FOLDER/NAME.
  static func module(
    _ name: String, in folder: String, _ dependencies: [Dependency] = [], _ swiftSettings: [SwiftSetting] = settings
  ) -> Target {
    .target(
      name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", swiftSettings: swiftSettings)
  }

  /// The tests in Tests/FOLDER/NAMETests.
  static func tests(of name: String, in folder: String, _ dependencies: [Dependency]) -> Target {
    .testTarget(
      name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(folder)/\(name)Tests",
      swiftSettings: unoptimised)
  }
}

/// Linux only: the locks of a store are those of Linux, which exclude two handles of one process; CFileSystem says so to
/// the compiler of any other system.
let package = Package(
  name: "fastsim",
  products: [
    .executable(name: "fastsim", targets: ["fastsim"]),
    .library(name: "RunStore", targets: ["RunStore", "Digests"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Engine: arithmetic and graphs; knows no data and no store.
    .target(name: "CKernels", path: "Sources/Engine/CKernels", cSettings: kernelFlags),
    .module("TensorGraph", in: "Engine", ["CKernels", "Text"]),
    .module("NeuralNetworks", in: "Engine", ["TensorGraph", "CKernels"]),
    .module("Adversarial", in: "Engine", ["NeuralNetworks", "TensorGraph"]),

    // Data: events, weights, detectors and measures; knows no store.
    .module("Samples", in: "Data", ["CKernels", "Digests", "Files", "Numerics", "Suggestions", "Text"]),
    .module("SPlot", in: "Data", ["CKernels", "Numerics"]),
    .module("ToyDescriptions", in: "Data"),
    .target(name: "CShowers", dependencies: ["CKernels"], path: "Sources/Data/CShowers", cSettings: kernelFlags),
    .module(
      "ToySimulation", in: "Data",
      ["ToyDescriptions", "CKernels", "CShowers", "Numerics", "Samples", "Suggestions"]),
    .module("Calorimeters", in: "Data", ["Evaluation", "ToyDescriptions", "CKernels", "Numerics"]),
    .module("Evaluation", in: "Data", ["CKernels", "CanonicalJSON", "Numerics"]),
    .module("Baseline", in: "Data", ["CKernels", "Numerics", "ToySimulation"]),

    // Store: the file; knows no engine.
    .target(
      name: "Migrations", path: "migrations",
      resources: [.embedInCode("0001_init.sql"), .embedInCode("0002_evaluations.sql")], swiftSettings: unoptimised),
    .module(
      "RunStore", in: "Store",
      [
        "CanonicalJSON", "CFileSystem", "Digests", "Files", "Migrations", "Numerics", "Suggestions", "Text",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ], compact),
    .module(
      "Maintenance", in: "Store",
      ["RunStore", "Digests", "Files", "Text", "Suggestions", .product(name: "GRDB", package: "GRDB.swift")],
      unoptimised),
    .module(
      "Comparison", in: "Store", ["RunStore", "Digests", "Text", .product(name: "GRDB", package: "GRDB.swift")], compact
    ),
    .module(
      "Exchange", in: "Store",
      ["RunStore", "Digests", "Files", "Numerics", "Text", .product(name: "GRDB", package: "GRDB.swift")], unoptimised),
    .module(
      "Imports", in: "Store",
      [
        "Exchange", "RunStore", "CanonicalJSON", "Digests", "Files", "Numerics", "Text",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),

    // Training: from a config to a program, epochs and the store.
    .module(
      "Configuration", in: "Training",
      [
        "Calorimeters", "CanonicalJSON", "Evaluation", "Numerics", "ToyDescriptions", "Digests", "Suggestions", "Text",
        .product(name: "Yams", package: "Yams"),
      ], unoptimised),
    .module(
      "Training", in: "Training",
      [
        "Configuration", "Adversarial", "NeuralNetworks", "TensorGraph", "CKernels", "Samples", "SPlot",
        "ToyDescriptions", "ToySimulation", "Calorimeters", "Baseline", "RunStore", "Evaluation", "Charts",
        "CanonicalJSON", "Digests",
        "Numerics", "Text",
      ], unoptimised),
    .module(
      "Audit", in: "Training",
      [
        "Training", "Configuration", "Samples", "RunStore", "Maintenance", "Comparison", "Charts", "CanonicalJSON",
        "Digests", "Text",
      ], unoptimised),
    .target(
      name: "StudyConfigs", path: "Examples/studies",
      resources: [
        .embedInCode("vanishing-gradients.yaml"), .embedInCode("mode-collapse.yaml"),
        .embedInCode("eight-gaussians.yaml"), .embedInCode("twenty-five-gaussians.yaml"),
        .embedInCode("swiss-roll.yaml"), .embedInCode("biased-gradients.yaml"), .embedInCode("architectures.yaml"),
        .embedInCode("splot.yaml"),
      ], swiftSettings: unoptimised),
    .module(
      "Studies", in: "Training",
      [
        "StudyConfigs", "Configuration", "Training", "RunStore", "Evaluation", "Charts", "SPlot", "Samples",
        "ToyDescriptions", "ToySimulation", "CKernels", "Digests", "Numerics", "Suggestions",
      ], unoptimised),

    // Interface: what people see; no logic that another target could hold.
    .module("Charts", in: "Interface", ["Numerics", "Text"], unoptimised),
    .module(
      "Output", in: "Interface",
      ["Charts", "CanonicalJSON", "RunStore", "Samples", "Digests", "Files", "Numerics", "Text"], compact),
    .module(
      "Reports", in: "Interface",
      [
        "Output", "Charts", "Calorimeters", "CanonicalJSON", "Comparison", "Evaluation", "Exchange", "RunStore",
        "Samples", "SPlot", "Digests", "Files", "Numerics", "Text",
      ], unoptimised),
    .module(
      "Crate", in: "Interface", ["Reports", "Output", "Charts", "Exchange", "RunStore", "Digests", "Files", "Text"],
      unoptimised),
    .executableTarget(
      name: "fastsim",
      dependencies: [
        "Output", "Reports", "Crate", "Calorimeters", "CanonicalJSON", "Configuration", "Training", "Audit", "Studies",
        "RunStore", "Maintenance", "Comparison", "Exchange", "Imports", "Samples", "SPlot", "ToyDescriptions",
        "ToySimulation", "Evaluation", "Charts", "Digests", "Files", "Numerics", "Suggestions", "Text",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Interface/fastsim", swiftSettings: unoptimised),

    // Common: small, used everywhere.
    .target(name: "CSHA256", path: "Sources/Common/CSHA256", cSettings: kernelFlags),
    .module("CanonicalJSON", in: "Common"),
    .module("Digests", in: "Common", ["CSHA256"]),
    .module("Files", in: "Common"),
    .module("Numerics", in: "Common"),
    .module("Suggestions", in: "Common"),
    .module("Text", in: "Common"),
    .target(name: "CFileSystem", path: "Sources/Common/CFileSystem"),

    // Programs beside the command.
    .executableTarget(
      name: "fastsim-bench", dependencies: ["Adversarial", "NeuralNetworks", "TensorGraph", "CKernels"],
      path: "Benchmarks/Engine", swiftSettings: settings),
    .executableTarget(
      name: "fastsim-evaluation-bench", dependencies: ["Evaluation"], path: "Benchmarks/Evaluation",
      swiftSettings: settings),
    .executableTarget(
      name: "fastsim-tracker-bench", dependencies: ["RunStore"], path: "Benchmarks/TrackerBench",
      swiftSettings: settings),
    .executableTarget(
      name: "fastsim-fuzz", dependencies: ["Configuration", "RunStore"], path: "Tests/Abuse/Fuzz",
      swiftSettings: settings),
    .executableTarget(
      name: "log-a-run", dependencies: ["RunStore"], path: "Examples/LogARun", swiftSettings: settings),

    // Tests, in the folders of what they test.
    .target(name: "TestSupport", path: "Tests/Support/TestSupport", swiftSettings: settings),
    .target(
      name: "ReferenceCases", dependencies: ["Samples", "TestSupport"], path: "Tests/Support/ReferenceCases",
      swiftSettings: settings),
    .target(
      name: "StoreFixtures", dependencies: ["RunStore", "Digests", "TestSupport"], path: "Tests/Support/StoreFixtures",
      swiftSettings: settings),
    .tests(of: "CKernels", in: "Engine", ["CKernels", "TestSupport"]),
    .tests(of: "TensorGraph", in: "Engine", ["TensorGraph", "CKernels", "TestSupport"]),
    .tests(
      of: "NeuralNetworks", in: "Engine", ["NeuralNetworks", "TensorGraph", "CKernels", "Digests", "TestSupport"]),
    .tests(
      of: "Adversarial", in: "Engine",
      ["Adversarial", "NeuralNetworks", "TensorGraph", "CKernels", "fastsim-bench", "TestSupport"]),
    .tests(of: "Samples", in: "Data", ["Samples", "ReferenceCases", "Digests", "CKernels", "TestSupport"]),
    .tests(of: "SPlot", in: "Data", ["SPlot", "ReferenceCases", "CKernels"]),
    .tests(
      of: "ToySimulation", in: "Data",
      ["ToySimulation", "ToyDescriptions", "CShowers", "CKernels", "ReferenceCases", "Samples"]),
    .tests(
      of: "Calorimeters", in: "Data",
      ["Calorimeters", "Evaluation", "ToyDescriptions", "ReferenceCases", "TestSupport"]),
    .tests(of: "Baseline", in: "Data", ["Baseline", "CKernels", "Digests", "TestSupport", "ToySimulation"]),
    .tests(of: "Evaluation", in: "Data", ["Evaluation", "Numerics", "ReferenceCases", "TestSupport", "CKernels"]),
    .tests(
      of: "RunStore", in: "Store",
      [
        "RunStore", "Maintenance", "Comparison", "StoreFixtures", "Digests", "Files", "Numerics", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .tests(of: "Maintenance", in: "Store", ["Maintenance", "RunStore", "StoreFixtures", "Digests", "TestSupport"]),
    .tests(of: "Comparison", in: "Store", ["Comparison", "RunStore", "StoreFixtures", "Digests"]),
    .tests(
      of: "Exchange", in: "Store",
      [
        "Exchange", "Maintenance", "Comparison", "RunStore", "StoreFixtures", "Digests", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .tests(of: "Imports", in: "Store", ["Imports", "Exchange", "Maintenance", "RunStore", "Digests", "TestSupport"]),
    .tests(of: "Configuration", in: "Training", ["Configuration", "Digests", "TestSupport"]),
    .tests(of: "Training", in: "Training", ["Training", "Configuration"]),
    .tests(
      of: "Studies", in: "Training",
      ["Studies", "Configuration", "Training", "RunStore", "Charts", "Digests", "ReferenceCases", "TestSupport"]),
    .tests(of: "Charts", in: "Interface", ["Charts", "Text"]),
    .tests(
      of: "FastSim", in: "Interface",
      ["fastsim", "Evaluation", "Samples", "fastsim-tracker-bench", "fastsim-fuzz", "log-a-run", "TestSupport"]),
    .tests(of: "CanonicalJSON", in: "Common", ["CanonicalJSON", "TestSupport"]),
    .tests(of: "Digests", in: "Common", ["Digests", "CSHA256", "TestSupport"]),
    .tests(of: "Files", in: "Common", ["Files", "TestSupport"]),
    .tests(of: "Numerics", in: "Common", ["Numerics", "TestSupport"]),
    .tests(of: "Suggestions", in: "Common", ["Suggestions"]),
    .tests(of: "Text", in: "Common", ["Text"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
