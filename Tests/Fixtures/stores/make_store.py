"""Writes a store of an earlier schema: its migrations with the rows of a store of today.

    fastsim train small.yaml && fastsim fork 1 --at 2 --name fork && fastsim tag 1 quality=good && fastsim note 1 '...'
    python3 make_store.py fastsim.sqlite schema1.store ../../../migrations/0001_init.sql
    python3 make_store.py fastsim.sqlite schema2.store ../../../migrations/000[12]_*.sql

Rows that no command writes any more are added by hand: an audit without a digest, a run whose process was killed inside
an epoch, numbers that are none.
"""
import sqlite3, sys

source, target, *migrations = sys.argv[1:]
db = sqlite3.connect(target)
db.execute("PRAGMA page_size = 1024")
for migration in migrations:
    db.executescript(open(migration).read())
db.execute("ATTACH ? AS today", (source,))
tables = [row[0] for row in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
for table in tables:
    columns = ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})"))
    db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}")
db.execute(
    "INSERT INTO audit (run, at, verdict, report) VALUES (1, '2019-05-28T12:00:00.000Z', 'reproducible', 'run 1: REPRODUCIBLE')")
db.executemany(
    "INSERT INTO metric VALUES (1, ?, 'validation', 3, ?, 12, ?, NULL, 0)",
    [("odd", "", None), ("odd", "P=1", float("inf")), ("odd", "P=2", -0.0), ("odd", "P=3", 5e-324)])
# The boot is that of no computer, and the host that of another one.
db.execute(
    "UPDATE attempt SET host = 'elsewhere', boot = 'another', process = 1, working_directory = '/home/physicist', "
    "command_line = 'fastsim train small.yaml'")
# Run 2 was killed inside its third epoch, after a state was stored there.
db.execute("UPDATE run SET status = 'running', ended = NULL WHERE id = 2")
db.execute("UPDATE attempt SET outcome = 'running', ended = NULL WHERE run = 2")
db.execute("UPDATE checkpoint SET partial = 1 WHERE run = 2 AND epoch = 3")
db.execute(
    "INSERT INTO checkpoint_trace (checkpoint, series, first_step, \"values\") "
    "SELECT checkpoint.id, name, first_step, \"values\" FROM trace JOIN series ON series.id = series "
    "JOIN checkpoint ON checkpoint.run = series.run AND checkpoint.epoch = trace.epoch AND partial")
third = "epoch = 3 AND series IN (SELECT id FROM series WHERE run = 2)"
for table, rows in [("point", third), ("trace", third), ("epoch", "run = 2 AND epoch = 3"), ("metric", "run = 2 AND epoch = 3")]:
    db.execute(f"DELETE FROM {table} WHERE {rows}")
db.execute(
    "UPDATE run SET (epoch, seconds, chain_digest) = (SELECT max(epoch), sum(seconds), chain_digest FROM epoch WHERE run = 2) "
    "WHERE id = 2")
for (series,) in db.execute("SELECT id FROM series WHERE run = 2").fetchall():
    points = db.execute("SELECT value, epoch FROM point WHERE series = ? ORDER BY epoch", (series,)).fetchall()
    db.execute(
        "UPDATE series_summary SET (last, last_epoch, minimum, minimum_epoch, maximum, maximum_epoch, count) = "
        "(?, ?, ?, ?, ?, ?, ?) WHERE series = ?",
        (*points[-1], *min(points), *max(points), len(points), series))
db.commit()
db.execute("PRAGMA application_id = 0x4653494D")
db.execute(f"PRAGMA user_version = {len(migrations)}")
db.commit()
db.execute("DETACH today")
db.execute("PRAGMA journal_mode = WAL")
db.execute("VACUUM")
db.close()
