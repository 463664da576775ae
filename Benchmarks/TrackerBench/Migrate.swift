// A program of a later time, whose schema has one more migration.
internal import Foundation
internal import RunStore

/// A migration that is made up: a column, a table, and a change of every run.
private let madeUp = """
  ALTER TABLE run ADD COLUMN made_up TEXT;
  UPDATE run SET made_up = 'run ' || id;
  CREATE TABLE made_up (series INTEGER PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE, name TEXT NOT NULL) STRICT;
  INSERT INTO made_up (series, name) SELECT id, name FROM series;
  """

/// Brings a store to the made-up schema, and says so when it is there.
func migrateToMadeUpSchema(_ path: String) throws {
  var settings = StoreSettings()
  settings.migrations.append((name: "made_up", sql: madeUp))
  _ = try RunStore(path: path, access: .write, settings: settings)
  FileHandle.standardOutput.write(Data("migrated to \(settings.migrations.count)\n".utf8))
}
