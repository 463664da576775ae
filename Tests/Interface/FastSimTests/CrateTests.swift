// An exported crate obeys the rules of RO-Crate 1.1 and of the profile Workflow Run Crate 0.5.
import Foundation
import TestSupport
import Testing

/// The entities of a crate by their identifiers.
private struct Crate {
  let entities: [String: [String: Any]]
  let identifiers: [String]

  init(_ workshop: Workshop, _ folder: String) throws {
    let bytes = try workshop.bytes("\(folder)/ro-crate-metadata.json")
    let document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    #expect(Set(document.keys) == ["@context", "@graph"])
    #expect(
      document["@context"] as? [String] == [
        "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context",
      ])
    let graph = try #require(document["@graph"] as? [[String: Any]])
    identifiers = graph.compactMap { $0["@id"] as? String }
    #expect(identifiers.count == graph.count && Set(identifiers).count == graph.count)
    entities = Dictionary(graph.compactMap { entity in (entity["@id"] as? String).map { ($0, entity) } }) { $1 }
  }

  func entity(_ identifier: String) throws -> [String: Any] { try #require(entities[identifier], "\(identifier)") }

  func types(_ entity: [String: Any]) -> [String] {
    entity["@type"] as? [String] ?? [entity["@type"] as? String].compactMap { $0 }
  }

  func all(_ type: String) -> [[String: Any]] {
    identifiers.compactMap { entities[$0] }.filter { types($0).contains(type) }
  }

  /// The identifiers to which a property refers.
  func targets(_ value: Any?) -> [String] {
    let values = value as? [Any] ?? [value].compactMap { $0 }
    return values.compactMap { ($0 as? [String: Any])?["@id"] as? String }
  }
}

@Suite(.timeLimit(.minutes(20))) struct CrateTests {
  @Test
  func aCrateObeysItsProfiles() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 6, steps: 3, rows: 600, extra: "")
    try #require(try workshop.fastsim("train", "config.yaml", "--quiet", "--name", "kaons é & <b>").status == 0)
    let output = try workshop.fastsim(
      "export", "1", "--format", "ro-crate", "--out", "crate", "--license",
      "https://creativecommons.org/licenses/by/4.0/",
      "--agent", "Jane Doe <https://orcid.org/0000-0002-1825-0097>")
    #expect(output.status == 0, "\(output.err)")
    let crate = try Crate(workshop, "crate")

    // RO-Crate 1.1, "Root Data Entity".
    let descriptor = try crate.entity("ro-crate-metadata.json")
    #expect(descriptor["@type"] as? String == "CreativeWork")
    #expect(crate.targets(descriptor["about"]) == ["./"])
    #expect(crate.targets(descriptor["conformsTo"]).contains("https://w3id.org/ro/crate/1.1"))
    let root = try crate.entity("./")
    #expect(crate.types(root) == ["Dataset"])
    for key in ["name", "description", "datePublished"] { #expect((root[key] as? String)?.isEmpty == false, "\(key)") }
    #expect((root["datePublished"] as? String)?.count == 24)
    #expect(crate.targets(root["license"]) == ["https://creativecommons.org/licenses/by/4.0/"])

    // Every reference leads somewhere; schema.org's states and the specification itself are defined elsewhere.
    for (identifier, entity) in crate.entities {
      #expect(!crate.types(entity).isEmpty, "\(identifier)")
      #expect(identifier.rangeOfCharacter(from: .whitespaces) == nil)
      for (key, value) in entity where key != "@id" {
        let others = ["http://schema.org/", "https://w3id.org/ro/crate/1.1"]
        for target in crate.targets(value) where !others.contains(where: target.hasPrefix) {
          #expect(crate.entities[target] != nil, "\(identifier) \(key) \(target)")
        }
      }
    }

    // The files are there, all of them and no other, with the bytes that the metadata tell of.
    let parts = crate.targets(root["hasPart"])
    let listing = """
      import hashlib, os, sys, urllib.parse
      for folder, _, names in os.walk(sys.argv[1]):
          for name in names:
              path = os.path.join(folder, name)
              data = open(path, "rb").read()
              print(urllib.parse.quote(os.path.relpath(path, sys.argv[1])), len(data), hashlib.sha256(data).hexdigest())
      """
    let lines = try workshop.run("/usr/bin/env", ["python3", "-c", listing, workshop.path("crate")]).out
      .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let own = ["ro-crate-metadata.json", "ro-crate-preview.html"]
    #expect(Set(lines.map { $0[0] }).subtracting(own) == Set(parts))
    for line in lines where !own.contains(line[0]) {
      let file = try crate.entity(line[0])
      #expect(crate.types(file).contains("File"))
      #expect(file["contentSize"] as? String == line[1] && file["sha256"] as? String == line[2], "\(line[0])")
      #expect(file["encodingFormat"] as? String != nil && file["name"] as? String != nil)
    }
    #expect(parts.contains("artifacts/splot-train.svg"))

    // The profiles.
    let profiles = crate.targets(root["conformsTo"])
    #expect(profiles.contains("https://w3id.org/ro/wfrun/process/0.5"))
    #expect(profiles.contains("https://w3id.org/ro/wfrun/workflow/0.5"))
    for profile in profiles { #expect(try crate.types(crate.entity(profile)) == ["CreativeWork"]) }
    #expect(crate.targets(root["mainEntity"]) == ["config.yaml"])
    let workflow = try crate.entity("config.yaml")
    #expect(crate.types(workflow) == ["File", "SoftwareSourceCode", "ComputationalWorkflow"])
    let language = try crate.entity(#require(crate.targets(workflow["programmingLanguage"]).first))
    #expect(crate.types(language) == ["ComputerLanguage"])
    let actions = crate.all("CreateAction")
    #expect(actions.count == 1)
    for action in actions {
      #expect(crate.targets(root["mentions"]).contains(action["@id"] as? String ?? ""))
      let instruments = crate.targets(action["instrument"])
      #expect(instruments.first == "config.yaml" && instruments.count == 2)
      let software = try crate.entity(instruments[1])
      #expect(crate.types(software) == ["SoftwareApplication"])
      #expect(software["name"] as? String == "fastsim")
      let version = try workshop.fastsim("--version").out.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(software["softwareVersion"] as? String == version)
      for key in ["name", "description", "startTime", "endTime"] { #expect(action[key] as? String != nil, "\(key)") }
      #expect(action["actionStatus"] as? String == "http://schema.org/CompletedActionStatus")
      #expect(action["error"] == nil)
      #expect(crate.targets(action["agent"]) == ["https://orcid.org/0000-0002-1825-0097"])
      #expect(crate.targets(action["object"]).contains("config.yaml"))
      #expect(Set(crate.targets(action["result"])) == Set(parts).subtracting(["config.yaml"]))
      let facts = try crate.targets(action["object"]).filter { $0.contains("-attempt-") }.map { try crate.entity($0) }
      let names = facts.compactMap { $0["name"] as? String }
      #expect(Set(["host", "os", "cpu", "isa", "threads", "toolchain", "seed"]).isSubset(of: names))
    }

    // Data sets by their digests, and the store by itself.
    let shown = try workshop.fastsim("show", "1", "--format", "json").object
    let digests = (shown["datasets"] as? [[String: Any]])?.compactMap { $0["digest"] as? String } ?? []
    #expect(!digests.isEmpty)
    for digest in digests { #expect(crate.all("CreativeWork").contains { $0["sha256"] as? String == digest }) }
    let copy = try workshop.fastsim("show", "1", "--store", "crate/run.sqlite", "--format", "json").object
    #expect(
      (copy["run"] as? [String: Any])?["chain_digest"] as? String == (shown["run"] as? [String: Any])?["chain_digest"]
        as? String)
    let page = String(decoding: try workshop.bytes("crate/ro-crate-preview.html"), as: UTF8.self)
    #expect(page.contains("kaons é &amp; &lt;b&gt;") && !page.contains("<b>"))
  }

  @Test
  func aCrateOfAnImportedRunNamesTheTrackerAndNoCrateReplacesAnything() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let fixtures = packageFolder.appending(path: "Tests/Fixtures").path
    _ = try workshop.fastsim("import", "\(fixtures)/mlflow/mlflow.db")
    #expect(try workshop.fastsim("export", "rate-0", "--format", "ro-crate").status == 0)
    let crate = try Crate(workshop, "rate-0")
    #expect(crate.all("SoftwareApplication").map { $0["name"] as? String } == ["mlflow"])
    #expect(crate.all("CreateAction").count == 1)
    #expect(crate.entities["artifacts/config/settings.txt"] != nil)
    #expect(try crate.entity("./")["license"] as? String != nil)
    let again = try workshop.fastsim("export", "rate-0", "--format", "ro-crate")
    #expect(again.status == 1 && again.complaints.count == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path).filter { $0.hasPrefix(".") }.isEmpty)
  }

  /// One of the two would have to be a file, and for the other's sake a folder.
  @Test
  func artifactsThatCannotBothBeFilesAreNamed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let fixtures = packageFolder.appending(path: "Tests/Fixtures").path
    _ = try workshop.fastsim("import", "\(fixtures)/mlflow/mlflow.db")
    let copy = """
      import sqlite3
      db = sqlite3.connect("fastsim.sqlite")
      names = [column[1] for column in db.execute("PRAGMA table_info(artifact)")]
      values = ["name || '/b'" if name == "name" else name for name in names]
      db.execute(f"INSERT INTO artifact ({','.join(names)}) SELECT {','.join(values)} FROM artifact WHERE name = 'config/settings.txt'")
      db.commit()
      """
    let copied = try workshop.run("/usr/bin/env", ["python3", "-c", copy])
    try #require(copied.status == 0, "\(copied.err)")
    let output = try workshop.fastsim("export", "rate-0", "--format", "ro-crate", "--out", "crate")
    #expect(output.status == 1 && output.complaints.count == 1, "\(output.err)")
    #expect(output.err.contains("config/settings.txt and config/settings.txt/b can't both be files"), "\(output.err)")
    #expect(output.err.contains("--format sqlite"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path).allSatisfy { !$0.hasPrefix("crate") })
    #expect(try workshop.fastsim("export", "rate-0", "--out", "rate.sqlite").status == 0)
  }
}
