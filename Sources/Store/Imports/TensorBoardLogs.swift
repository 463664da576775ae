// Folders of event files, each a run, as TensorBoard itself takes them.
internal import Digests
internal import Exchange
internal import Foundation
internal import Numerics
internal import RunStore
internal import Text

/// The runs below a folder. `docs/exchange.md` says what becomes of their events.
struct TensorBoardLogs {
  private let root: String
  /// The files of each run by its folder's path below the root, in the order of their names.
  private let files: [(name: String, paths: [String])]

  /// - Parameter path: a folder, or one event file.
  init(path: String) throws {
    let url = URL(filePath: path).standardizedFileURL
    let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    root = isFolder ? url.path : url.deletingLastPathComponent().path
    let paths = isFolder ? EventFile.paths(below: root) : [url.path]
    let groups = Dictionary(grouping: paths) { URL(filePath: $0).deletingLastPathComponent().path }
    let (root, home) = (root, URL(filePath: root).lastPathComponent)
    files = groups.keys.sorted().map { folder in
      let name = folder.hasPrefix(root + "/") ? String(folder.dropFirst(root.count + 1)) : home
      return (name, (groups[folder] ?? []).sorted())
    }
  }

  /// Gives one run after the other.
  ///
  /// - Parameter refuse: called with the name of a run that cannot be read, and the reason.
  func runs(_ take: (ImportedRun) throws -> Void, refuse: (String, String) -> Void) throws {
    for group in files {
      var reader = TensorBoardRun(name: group.name, root: root)
      do {
        for path in group.paths { try reader.read(path) }
      } catch let error as TensorBoardRun.Damage {
        refuse(group.name, error.description)
        continue
      }
      if let imported = reader.imported { try take(imported) } else { refuse(group.name, "its files are empty") }
    }
  }
}

/// The events of one folder.
private struct TensorBoardRun {
  /// Why the run is not taken.
  struct Damage: Error {
    let description: String
  }

  private let name: String
  private let root: String
  private var values = StepValues()
  /// Names the run: the first record has the moment when the first file was begun, and never changes.
  private var identity: Digest?
  private var firstTime: Double?
  private var hasStarted = false
  /// Tags that were declared to be numbers; a writer may say so once.
  private var numbers: Set<String> = []
  private var others = 0
  private var dropped = 0
  private var remarks: [String] = []

  init(name: String, root: String) {
    (self.name, self.root) = (name, root)
  }

  mutating func read(_ path: String) throws {
    let file = URL(filePath: path).lastPathComponent
    let ending = try EventFile(path: path).records { record in
      if identity == nil { identity = Digest(of: Array("fastsim tensorboard run 1\n\(file)\n".utf8) + record) }
      guard let event = try? TensorBoardEvent(record) else {
        throw Damage(description: "\(file) has a record that is no event")
      }
      do {
        try take(event)
      } catch let error as OutOfBounds {
        throw Damage(description: "\(file): \(error)")
      }
    }
    switch ending {
    case .whole: return
    case .unfinished(let bytes): remarks.append("the last \(bytes) bytes of \(file) are an unfinished record")
    case .damaged(let place):
      throw Damage(
        description: "the record at byte \(place) of \(file) doesn't agree with its checksum; restore a copy")
    }
  }

  private mutating func take(_ event: TensorBoardEvent) throws {
    if firstTime == nil { firstTime = event.wallTime }
    switch event.content {
    case .sessionStart:
      // The first start begins the session; a later one takes back what came after its step.
      if hasStarted { dropped += values.dropAll(from: event.step) }
      hasStarted = true
    case .summary(let values):
      for value in values { try take(value, event) }
    case nil: return
    }
  }

  private mutating func take(_ value: TensorBoardValue, _ event: TensorBoardEvent) throws {
    if value.tensor != nil, value.pluginName == "scalars" { numbers.insert(value.tag) }
    let number =
      value.simpleValue.map(Double.init) ?? (numbers.contains(value.tag) ? value.tensor?.scalar : nil)
    guard let number, !value.tag.isEmpty else {
      others += 1
      return
    }
    try values.add(
      number, to: nameWithoutControls(value.tag), step: event.step, milliseconds: milliseconds(event.wallTime))
  }

  /// The run; nil when no record was there.
  var imported: ImportedRun? {
    guard let identity, let firstTime else { return nil }
    var run = ForeignRun(
      uuid: uuid(of: identity), name: nameWithoutControls(name), config: ("{}\n", "{}"),
      started: storedTime(milliseconds: milliseconds(firstTime)), status: .interrupted,
      origin: RunOrigin(kind: "tensorboard", file: root, run: name), attempt: ("tensorboard", nil, "unknown"))
    run.experiment = nameWithoutControls(URL(filePath: root).lastPathComponent)
    run.epochs = values.epochs
    var imported = ImportedRun(run: run, remarks: remarks)
    if values.shift > 0 {
      imported.remarks.append("steps are the files' plus \(values.shift), for the first one is -\(values.shift)")
    }
    if values.superseded > 0 {
      imported.remarks.append("\(counted(values.superseded, "value")) gave way to a later one of the same tag and step")
    }
    if dropped > 0 {
      imported.remarks.append("\(counted(dropped, "value")) from the step of a restart on skipped, as TensorBoard does")
    }
    if others > 0 {
      imported.remarks.append("\(counted(others, "value")) of other kinds (pictures, texts, histograms) skipped")
    }
    return imported
  }

  private func milliseconds(_ seconds: Double) -> Int64 {
    // A writer's clock may give any time.
    Int64(exactly: (min(max(seconds, 0), 253_402_300_799) * 1000).rounded()) ?? 0
  }
}
