// The entities of a crate and what ties them together.
internal import Digests
internal import Foundation
internal import Output
internal import Reports
internal import RunStore

/// Addresses that the profiles prescribe.
enum CrateTerms {
  static let crate = "https://w3id.org/ro/crate/1.1"
  static let contexts = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
  /// Profiles with their names and versions; the last is of the workflow's description alone.
  static let profiles = [
    (identifier: "https://w3id.org/ro/wfrun/process/0.5", name: "Process Run Crate", version: "0.5"),
    (identifier: "https://w3id.org/ro/wfrun/workflow/0.5", name: "Workflow Run Crate", version: "0.5"),
    (identifier: "https://w3id.org/workflowhub/workflow-ro-crate/1.0", name: "Workflow RO-Crate", version: "1.0"),
  ]
}

extension RunCrate {
  /// - Parameter now: when the crate is made, ISO 8601.
  func graph(_ files: [CrateFile], at now: String) -> [OutputValue] {
    let run = details.run
    let actions = actions(files)
    let author = agent.map { [("author", reference($0.identifier))] } ?? []
    let root = entity(
      "./", ["Dataset"],
      [
        ("name", .text("Run \(run.name)")),
        (
          "description",
          .text("The run \(run.name) (\(run.uuid)) of fastsim, with its config, data digests, history and measures")
        ), ("identifier", .text("urn:uuid:\(run.uuid)")), ("datePublished", .text(now)),
        ("dateCreated", .text(run.created)),
        ("license", license.map { isAddress($0) ? reference($0) : .text($0) } ?? .text(Self.noLicense)),
        ("conformsTo", references(CrateTerms.profiles.map(\.identifier))),
        ("mainEntity", reference("config.yaml")), ("hasPart", references(files.map(\.identifier))),
        ("mentions", references(actions.map(\.identifier))),
      ] + author)
    let descriptor = entity(
      Self.metadataName, ["CreativeWork"],
      [
        ("conformsTo", references([CrateTerms.crate, CrateTerms.profiles[2].identifier])), ("about", reference("./")),
      ])
    let page = entity(
      Self.previewName, ["CreativeWork"],
      [("name", .text("The run as a page")), ("encodingFormat", .text("text/html")), ("about", reference("./"))])
    let profiles = CrateTerms.profiles.map { profile in
      entity(
        profile.identifier, ["CreativeWork"], [("name", .text(profile.name)), ("version", .text(profile.version))])
    }
    var people: [OutputValue] = []
    if let agent { people.append(entity(agent.identifier, ["Person"], [("name", .text(agent.name))])) }
    if let license, isAddress(license) {
      people.append(
        entity(license, ["CreativeWork"], [("name", .text(license)), ("description", .text("The licence of the run"))]))
    }
    return [descriptor, root, page] + profiles + files.map(fileEntity) + [language] + software + people
      + details.datasets.map(datasetEntity) + actions.flatMap(\.entities)
  }

  private static let noLicense = "No licence was given; ask the authors of the run before using it"

  private func isAddress(_ text: String) -> Bool { text.hasPrefix("https://") || text.hasPrefix("http://") }

  private func fileEntity(_ file: CrateFile) -> OutputValue {
    let isWorkflow = file.path == "config.yaml"
    var fields: [(key: String, value: OutputValue)] = [
      ("name", .text(isWorkflow ? "Config of \(details.run.name)" : file.path)),
      ("description", .text(file.description)),
      ("encodingFormat", .text(file.mediaType)), ("contentSize", .text(String(file.size))),
      ("sha256", .text(file.digest.hex)),
    ]
    if isWorkflow {
      fields += [
        ("programmingLanguage", reference("#fastsim-config")), ("identifier", .text(configIdentifier)),
        ("version", .text(details.configuration.digest.hex)),
      ]
    }
    return entity(
      file.identifier, isWorkflow ? ["File", "SoftwareSourceCode", "ComputationalWorkflow"] : ["File"], fields)
  }

  private var configIdentifier: String { "fastsim-config:sha256:\(details.configuration.digest.hex)" }

  private var language: OutputValue {
    entity(
      "#fastsim-config", ["ComputerLanguage"],
      [
        ("name", .text("fastsim config")),
        (
          "description",
          .text("YAML that names the data, the networks, the objective and the training; fastsim runs it")
        ),
      ])
  }

  /// The programs of the attempts, each once.
  private var software: [OutputValue] {
    let names = details.attempts.map { Self.program($0.attempt.version) }
    let all = names.isEmpty ? [Self.program(nil)] : names
    return all.enumerated().filter { place, one in !all[..<place].contains { $0.identifier == one.identifier } }
      .map { _, program in
        let version: [(key: String, value: OutputValue)] =
          program.version.map { [("softwareVersion", .text($0))] } ?? []
        return entity(program.identifier, ["SoftwareApplication"], [("name", .text(program.name))] + version)
      }
  }

  /// The program that an attempt's version names; another tracker's import says its name alone.
  private static func program(_ version: String?) -> (identifier: String, name: String, version: String?) {
    guard let version else { return ("#fastsim", "fastsim", nil) }
    let isOurs = version.first?.isNumber ?? false
    return isOurs ? ("#fastsim-\(version)", "fastsim", version) : ("#\(version)", version, nil)
  }

  private func datasetEntity(_ dataset: RunDataset) -> OutputValue {
    entity(
      datasetIdentifier(dataset), ["CreativeWork"],
      [
        ("name", .text(dataset.name)),
        (
          "description",
          .text("\(dataset.rows) rows for \(dataset.role) from \(dataset.source); recipe: \(dataset.recipe)")
        ), ("identifier", .text("fastsim-dataset:sha256:\(dataset.digest.hex)")), ("sha256", .text(dataset.digest.hex)),
      ])
  }

  private func datasetIdentifier(_ dataset: RunDataset) -> String {
    "#dataset-\(dataset.role.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? dataset.digest.hex)"
  }

  /// An attempt as an action, with the facts of its environment.
  private struct Action {
    let identifier: String
    let entities: [OutputValue]
  }

  /// One action for each attempt, the last of which made the results; one for a run that was never begun.
  private func actions(_ files: [CrateFile]) -> [Action] {
    let run = details.run
    guard !details.attempts.isEmpty else {
      let identifier = "#run-\(run.uuid)"
      let fields =
        common("Run \(run.name)", instrument: Self.program(nil).identifier, facts: [])
        + [("result", references(results(files)))]
      return [Action(identifier: identifier, entities: [entity(identifier, ["CreateAction"], fields)])]
    }
    return details.attempts.enumerated().map { place, row in
      let identifier = "#run-\(run.uuid)-attempt-\(row.number)"
      let facts = environmentFacts(row.attempt).map { fact in
        (identifier: "\(identifier)-\(fact.name)", fact.name, fact.value)
      }
      let isLast = place == details.attempts.count - 1
      var fields = common(
        "Attempt \(row.number) at run \(run.name)", instrument: Self.program(row.attempt.version).identifier,
        facts: facts.map(\.identifier))
      fields += [
        ("description", .text("\(row.attempt.commandLine) (\(row.outcome.rawValue))")),
        ("startTime", .text(row.started)),
        ("result", references(isLast ? results(files) : ["run.sqlite"])),
      ]
      if let end = row.ended { fields.append(("endTime", .text(end))) }
      let status = row.outcome == .failed || row.outcome == .crashed ? "Failed" : "Completed"
      fields.append(("actionStatus", .text("http://schema.org/\(status)ActionStatus")))
      if status == "Failed", let message = row.message { fields.append(("error", .text(message))) }
      let values = facts.map { fact in
        entity(fact.identifier, ["PropertyValue"], [("name", .text(fact.1)), ("value", .text(fact.2))])
      }
      return Action(identifier: identifier, entities: [entity(identifier, ["CreateAction"], fields)] + values)
    }
  }

  private func common(_ name: String, instrument: String, facts: [String]) -> [(key: String, value: OutputValue)] {
    var fields: [(key: String, value: OutputValue)] = [
      ("name", .text(name)), ("instrument", references(["config.yaml", instrument])),
      ("object", references(["config.yaml"] + details.datasets.map(datasetIdentifier) + facts)),
    ]
    if let agent { fields.append(("agent", reference(agent.identifier))) }
    return fields
  }

  private func results(_ files: [CrateFile]) -> [String] {
    files.filter { $0.path != "config.yaml" }.map(\.identifier)
  }

  /// What the attempt ran on and was made of.
  private func environmentFacts(_ attempt: NewAttempt) -> [(name: String, value: String)] {
    let facts: [(name: String, value: String?)] = [
      ("host", attempt.host), ("os", attempt.os), ("cpu", attempt.cpu), ("isa", attempt.isa),
      ("threads", String(attempt.threads)), ("toolchain", attempt.toolchain),
      ("source-revision", attempt.sourceRevision), ("source-dirty", attempt.sourceDirty.map { String($0) }),
      ("seed", String(details.run.seed)), ("program-digest", details.run.programDigest.hex),
      ("parameter-digest", details.run.parameterDigest?.hex), ("chain-digest", details.run.chainDigest?.hex),
    ]
    return facts.compactMap { fact in fact.value.map { (fact.name, $0) } }
  }

  private func entity(_ identifier: String, _ types: [String], _ fields: [(key: String, value: OutputValue)])
    -> OutputValue
  {
    .object(
      [("@id", .text(identifier)), ("@type", types.count == 1 ? .text(types[0]) : OutputValue(types))] + fields)
  }

  private func reference(_ identifier: String) -> OutputValue { .object([("@id", .text(identifier))]) }

  /// A list, or one reference by itself.
  private func references(_ identifiers: [String]) -> OutputValue {
    identifiers.count == 1 ? reference(identifiers[0]) : .list(identifiers.map(reference))
  }
}
