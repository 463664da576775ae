// One run of a stored sweep, trained by a separate process.
internal import Configuration
internal import RunStore

/// Trains or resumes the run of a place in a sweep.
/// - Parameters:
///   - sweep: the sweep's uuid.
///   - place: counted from 0.
///   - folder: the folder of the config that the sweep came from.
/// - Throws: as `train` and `resume`; `TrainingError.noSuchMember`.
package func trainMember(
  _ place: Int, of sweep: String, folder: String, _ settings: SessionSettings
) throws -> SessionOutcome {
  let (record, run) = try {
    let store = try existingStore(settings.storePath)
    let record = try store.sweep(sweep)
    return (record, try store.runs(of: record)[place])
  }()
  guard let member = record.members.first(where: { $0.place == place }) else {
    throw TrainingError.noSuchMember(sweep: record.name, place: place, count: record.members.count)
  }
  if let run { return try resume(run.number.description, epochs: nil, settings) }
  let configuration = try Configuration.load(canonicalJSON: member.json)
  return try train(
    configuration, yaml: configuration.printed, folder: folder, place: SweepPlace(sweep: record.uuid, member: place),
    settings)
}
