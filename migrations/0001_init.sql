-- Schema 1.
--
-- Numbers that may be NaN have columns of type ANY, where NULL means NaN: a REAL column would lose the sign of zero.
-- Digests are 64 hexadecimal digits in lower case, times ISO 8601 in UTC with milliseconds, whole numbers below 2^53, so
-- that every program reads them exactly. The tables check this for every program that writes.

CREATE TABLE config (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  yaml TEXT NOT NULL,
  json TEXT NOT NULL CHECK (json_valid(json)),
  UNIQUE (digest, yaml)
) STRICT;

-- The runs that one config with `sweep` expands into. A member is a place in its list, counted from 0; its JSON is the
-- canonical config. The digest is SHA-256 over "fastsim sweep 1\n" and each member's config digest and "\n".
CREATE TABLE sweep (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36 AND uuid NOT GLOB '*[^0-9a-f-]*'
    AND uuid GLOB '????????-????-????-????-????????????' AND length(replace(uuid, '-', '')) = 32),
  name TEXT NOT NULL CHECK (name <> ''),
  digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  yaml TEXT NOT NULL,
  created TEXT NOT NULL CHECK (
    iif(created GLOB '????-??-??T??:??:??.???Z', created IS strftime('%Y-%m-%dT%H:%M:%fZ', created, '+0 days'), 0))
) STRICT;
CREATE INDEX sweep_digest ON sweep (digest);
CREATE INDEX sweep_name ON sweep (name);

CREATE TABLE sweep_member (
  sweep INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  member INTEGER NOT NULL CHECK (member BETWEEN 0 AND 9999),
  name TEXT NOT NULL CHECK (name <> ''),
  json TEXT NOT NULL CHECK (json_valid(json)),
  PRIMARY KEY (sweep, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  -- Below 2^53, for it is also the place of the run's lock in the lock file.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 9007199254740991),
  uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36 AND uuid NOT GLOB '*[^0-9a-f-]*'
    AND uuid GLOB '????????-????-????-????-????????????' AND length(replace(uuid, '-', '')) = 32),
  name TEXT NOT NULL CHECK (name <> ''),
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'crashed', 'failed')),
  experiment TEXT,
  -- An integer, or the decimal digits of a seed from 2^63 to 2^64 - 1.
  seed ANY NOT NULL CHECK (
    CASE typeof(seed)
      WHEN 'integer' THEN seed >= 0
      WHEN 'text' THEN seed NOT GLOB '*[^0-9]*' AND (
        length(seed) = 19 AND seed > '9223372036854775807'
        OR length(seed) = 20 AND seed BETWEEN '10000000000000000000' AND '18446744073709551615')
      ELSE 0
    END),
  created TEXT NOT NULL CHECK (
    iif(created GLOB '????-??-??T??:??:??.???Z', created IS strftime('%Y-%m-%dT%H:%M:%fZ', created, '+0 days'), 0)),
  started TEXT CHECK (started IS NULL OR
    iif(started GLOB '????-??-??T??:??:??.???Z', started IS strftime('%Y-%m-%dT%H:%M:%fZ', started, '+0 days'), 0)),
  ended TEXT CHECK (ended IS NULL OR
    iif(ended GLOB '????-??-??T??:??:??.???Z', ended IS strftime('%Y-%m-%dT%H:%M:%fZ', ended, '+0 days'), 0)),
  config INTEGER NOT NULL REFERENCES config (id),
  program_digest TEXT NOT NULL CHECK (length(program_digest) = 64 AND program_digest NOT GLOB '*[^0-9a-f]*'),
  parameter_count INTEGER CHECK (parameter_count BETWEEN 0 AND 9007199254740991),
  parent_run INTEGER REFERENCES run (id) ON DELETE SET NULL,
  parent_epoch INTEGER CHECK (parent_epoch BETWEEN 0 AND 1000000000),
  -- Names the parent where it is not in this store, so that a merge can join the two.
  parent_uuid TEXT CHECK (length(parent_uuid) = 36 AND parent_uuid NOT GLOB '*[^0-9a-f-]*'
    AND parent_uuid GLOB '????????-????-????-????-????????????' AND length(replace(parent_uuid, '-', '')) = 32),
  -- The last stored state.
  epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch BETWEEN 0 AND 1000000000),
  step INTEGER NOT NULL DEFAULT 0 CHECK (step BETWEEN 0 AND 9007199254740991),
  seconds REAL NOT NULL DEFAULT 0 CHECK (seconds >= 0 AND seconds < 9e999),
  parameter_digest TEXT CHECK (length(parameter_digest) = 64 AND parameter_digest NOT GLOB '*[^0-9a-f]*'),
  chain_digest TEXT CHECK (length(chain_digest) = 64 AND chain_digest NOT GLOB '*[^0-9a-f]*'),
  -- When it was moved to the trash.
  trashed TEXT CHECK (trashed IS NULL OR
    iif(trashed GLOB '????-??-??T??:??:??.???Z', trashed IS strftime('%Y-%m-%dT%H:%M:%fZ', trashed, '+0 days'), 0)),
  -- Where a run came from that was not made in this store: JSON with the file and the kind of store.
  origin TEXT CHECK (origin IS NULL OR json_valid(origin)),
  sweep INTEGER,
  member INTEGER,
  FOREIGN KEY (sweep, member) REFERENCES sweep_member (sweep, member) ON DELETE SET NULL,
  CHECK ((sweep IS NULL) = (member IS NULL))
) STRICT;
CREATE INDEX run_name ON run (name);
CREATE INDEX run_config ON run (config);
CREATE INDEX run_parent ON run (parent_run);
CREATE INDEX run_parent_uuid ON run (parent_uuid);
CREATE INDEX run_running ON run (status) WHERE status = 'running';
CREATE INDEX run_sweep ON run (sweep, member);
CREATE UNIQUE INDEX run_member ON run (sweep, member) WHERE sweep IS NOT NULL AND trashed IS NULL;
CREATE INDEX run_trashed ON run (trashed) WHERE trashed IS NOT NULL;

CREATE TABLE blob (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  size INTEGER NOT NULL CHECK (size BETWEEN 0 AND 9007199254740991)
) STRICT;

CREATE TABLE blob_chunk (
  blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 9007199254740991),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576),
  PRIMARY KEY (blob, number)
) STRICT;

CREATE TABLE attempt (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9007199254740991),
  started TEXT NOT NULL CHECK (
    iif(started GLOB '????-??-??T??:??:??.???Z', started IS strftime('%Y-%m-%dT%H:%M:%fZ', started, '+0 days'), 0)),
  ended TEXT CHECK (ended IS NULL OR
    iif(ended GLOB '????-??-??T??:??:??.???Z', ended IS strftime('%Y-%m-%dT%H:%M:%fZ', ended, '+0 days'), 0)),
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'finished', 'interrupted', 'crashed', 'failed')),
  message TEXT,
  host TEXT NOT NULL,
  boot TEXT NOT NULL,
  process INTEGER NOT NULL CHECK (process BETWEEN 0 AND 9007199254740991),
  cpu TEXT NOT NULL,
  isa TEXT NOT NULL,
  threads INTEGER NOT NULL CHECK (threads BETWEEN 0 AND 9007199254740991),
  toolchain TEXT NOT NULL,
  source_revision TEXT,
  source_dirty INTEGER CHECK (source_dirty IN (0, 1)),
  -- What `git diff HEAD` said, and the digests of the sources that git does not know.
  source_diff INTEGER REFERENCES blob (id),
  version TEXT NOT NULL,
  os TEXT NOT NULL,
  working_directory TEXT NOT NULL,
  command_line TEXT NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_source_diff ON attempt (source_diff) WHERE source_diff IS NOT NULL;

CREATE TABLE parameter (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  path TEXT NOT NULL CHECK (path <> ''),
  type TEXT NOT NULL CHECK (type IN ('null', 'boolean', 'integer', 'real', 'text')),
  value ANY CHECK (
    CASE type
      WHEN 'null' THEN value IS NULL
      WHEN 'boolean' THEN typeof(value) = 'integer' AND value IN (0, 1)
      WHEN 'real' THEN typeof(value) IN ('real', 'null')
      ELSE typeof(value) = type
    END),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_value ON parameter (path, value);

CREATE TABLE tag (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_value ON tag (key, value);

CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  at TEXT NOT NULL CHECK (
    iif(at GLOB '????-??-??T??:??:??.???Z', at IS strftime('%Y-%m-%dT%H:%M:%fZ', at, '+0 days'), 0)),
  text TEXT NOT NULL
) STRICT;
CREATE INDEX note_run ON note (run);

CREATE TABLE dataset (
  digest TEXT PRIMARY KEY CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  rows INTEGER NOT NULL CHECK (rows BETWEEN 0 AND 9007199254740991),
  weight_sum ANY CHECK (typeof(weight_sum) IN ('real', 'null')),
  weight_sum_squares ANY CHECK (typeof(weight_sum_squares) IN ('real', 'null'))
) STRICT, WITHOUT ROWID;

CREATE TABLE dataset_column (
  dataset TEXT NOT NULL REFERENCES dataset (digest) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 9007199254740991),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  type TEXT NOT NULL,
  digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  PRIMARY KEY (dataset, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_dataset (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role <> ''),
  dataset TEXT NOT NULL REFERENCES dataset (digest),
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  recipe TEXT NOT NULL CHECK (json_valid(recipe)),
  split_digest TEXT CHECK (length(split_digest) = 64 AND split_digest NOT GLOB '*[^0-9a-f]*'),
  PRIMARY KEY (run, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_dataset_dataset ON run_dataset (dataset);

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  UNIQUE (run, name)
) STRICT;
CREATE INDEX series_name ON series (name, run);

CREATE TABLE series_summary (
  series INTEGER PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE,
  last ANY CHECK (typeof(last) IN ('real', 'null')),
  last_epoch INTEGER NOT NULL CHECK (last_epoch BETWEEN 1 AND 1000000000),
  minimum ANY CHECK (typeof(minimum) IN ('real', 'null')),
  minimum_epoch INTEGER CHECK (minimum_epoch BETWEEN 1 AND 1000000000),
  maximum ANY CHECK (typeof(maximum) IN ('real', 'null')),
  maximum_epoch INTEGER CHECK (maximum_epoch BETWEEN 1 AND 1000000000),
  count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 9007199254740991),
  first_nan_epoch INTEGER CHECK (first_nan_epoch BETWEEN 1 AND 1000000000),
  CHECK ((minimum IS NULL) = (minimum_epoch IS NULL) AND (maximum IS NULL) = (maximum_epoch IS NULL))
) STRICT;

CREATE TABLE epoch (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch BETWEEN 1 AND 1000000000),
  step INTEGER NOT NULL CHECK (step BETWEEN 0 AND 9007199254740991),
  rows INTEGER NOT NULL CHECK (rows BETWEEN 0 AND 9007199254740991),
  seconds REAL NOT NULL CHECK (seconds >= 0 AND seconds < 9e999),
  parameter_digest TEXT NOT NULL CHECK (length(parameter_digest) = 64 AND parameter_digest NOT GLOB '*[^0-9a-f]*'),
  chain_digest TEXT NOT NULL CHECK (length(chain_digest) = 64 AND chain_digest NOT GLOB '*[^0-9a-f]*'),
  -- The attempt that stored it; NULL where it came from the parent of a fork.
  attempt INTEGER CHECK (attempt BETWEEN 1 AND 9007199254740991),
  stored TEXT NOT NULL CHECK (
    iif(stored GLOB '????-??-??T??:??:??.???Z', stored IS strftime('%Y-%m-%dT%H:%M:%fZ', stored, '+0 days'), 0)),
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE point (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch BETWEEN 1 AND 1000000000),
  value ANY CHECK (typeof(value) IN ('real', 'null')),
  PRIMARY KEY (series, epoch)
) STRICT, WITHOUT ROWID;

-- The values of every step of an epoch: little-endian float64, NaN and all.
CREATE TABLE trace (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch BETWEEN 1 AND 1000000000),
  first_step INTEGER NOT NULL CHECK (first_step BETWEEN 1 AND 9007199254740991),
  "values" BLOB NOT NULL CHECK (length("values") % 8 = 0),
  PRIMARY KEY (series, epoch)
) STRICT;

CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch BETWEEN 1 AND 1000000000),
  step INTEGER NOT NULL CHECK (step BETWEEN 0 AND 9007199254740991),
  partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
  parameter_digest TEXT NOT NULL CHECK (length(parameter_digest) = 64 AND parameter_digest NOT GLOB '*[^0-9a-f]*'),
  stored TEXT NOT NULL CHECK (
    iif(stored GLOB '????-??-??T??:??:??.???Z', stored IS strftime('%Y-%m-%dT%H:%M:%fZ', stored, '+0 days'), 0)),
  UNIQUE (run, epoch, partial)
) STRICT;

CREATE TABLE checkpoint_tensor (
  checkpoint INTEGER NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role IN ('parameter', 'optimiser', 'transform', 'state')),
  -- Extents joined by x; empty for a scalar.
  shape TEXT NOT NULL CHECK (shape NOT GLOB '*[^0-9x]*'),
  type TEXT NOT NULL CHECK (type IN ('float32', 'float64', 'int64')),
  blob INTEGER NOT NULL REFERENCES blob (id),
  PRIMARY KEY (checkpoint, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_tensor_blob ON checkpoint_tensor (blob);

-- The steps so far of an epoch under way; they become traces with the epoch.
CREATE TABLE checkpoint_trace (
  checkpoint INTEGER NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
  series TEXT NOT NULL CHECK (series <> ''),
  first_step INTEGER NOT NULL CHECK (first_step BETWEEN 1 AND 9007199254740991),
  "values" BLOB NOT NULL CHECK (length("values") % 8 = 0),
  PRIMARY KEY (checkpoint, series)
) STRICT;

CREATE TABLE artifact (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  media_type TEXT NOT NULL,
  blob INTEGER NOT NULL REFERENCES blob (id),
  stored TEXT NOT NULL CHECK (
    iif(stored GLOB '????-??-??T??:??:??.???Z', stored IS strftime('%Y-%m-%dT%H:%M:%fZ', stored, '+0 days'), 0)),
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_blob ON artifact (blob);

-- The bin of a whole is the empty string.
CREATE TABLE metric (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role <> ''),
  epoch INTEGER NOT NULL CHECK (epoch BETWEEN 0 AND 1000000000),
  bin TEXT NOT NULL,
  step INTEGER NOT NULL CHECK (step BETWEEN 0 AND 9007199254740991),
  value ANY CHECK (typeof(value) IN ('real', 'null')),
  uncertainty ANY CHECK (typeof(uncertainty) IN ('real', 'null')),
  masked INTEGER NOT NULL CHECK (masked IN (0, 1)),
  PRIMARY KEY (run, name, role, epoch, bin)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_name ON metric (name, role);
-- A run's present values come out of the index in their order, without a look at the table.
CREATE INDEX metric_present ON metric (
  run, name, epoch DESC, CASE role WHEN 'validation' THEN 0 WHEN 'test' THEN 1 WHEN 'train' THEN 2 ELSE 3 END, role,
  value
) WHERE bin = '' AND masked = 0;

-- The digest is SHA-256 of the document, which is the report as JSON.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  at TEXT NOT NULL CHECK (
    iif(at GLOB '????-??-??T??:??:??.???Z', at IS strftime('%Y-%m-%dT%H:%M:%fZ', at, '+0 days'), 0)),
  verdict TEXT NOT NULL,
  report TEXT NOT NULL,
  document TEXT CHECK (document IS NULL OR json_valid(document)),
  digest TEXT CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  CHECK ((document IS NULL) = (digest IS NULL))
) STRICT;
CREATE INDEX audit_run ON audit (run);

-- The views are the stable interface for other programs; docs/store.md describes each column. In each, `run` is the
-- run's number. Values of other tables are looked up row by row, so that a query that does not ask for them does not
-- read those tables.

-- Also the runs in the trash.
CREATE VIEW all_runs AS
SELECT run.id AS run, run.uuid, run.name, run.status, run.experiment, run.seed, run.created, run.started, run.ended,
  run.epoch, run.step, run.seconds, run.parameter_count,
  (SELECT config.digest FROM config WHERE config.id = run.config) AS config_digest, run.program_digest,
  run.parameter_digest, run.chain_digest, run.parent_run AS parent, run.parent_epoch,
  (SELECT sweep.name FROM sweep WHERE sweep.id = run.sweep) AS sweep, run.member, run.origin, run.trashed
FROM run;

CREATE VIEW runs AS
SELECT run, uuid, name, status, experiment, seed, created, started, ended, epoch, step, seconds, parameter_count,
  config_digest, program_digest, parameter_digest, chain_digest, parent, parent_epoch, sweep, member, origin
FROM all_runs WHERE trashed IS NULL;

CREATE VIEW attempts AS
SELECT run, number AS attempt, started, ended, outcome, message, host, process, cpu, isa, threads, toolchain,
  source_revision, source_dirty, (SELECT blob.digest FROM blob WHERE blob.id = source_diff) AS source_diff, version, os,
  working_directory, command_line
FROM attempt;

CREATE VIEW params AS
SELECT run, path, type, value FROM parameter;

CREATE VIEW tags AS
SELECT run, key, value FROM tag;

CREATE VIEW notes AS
SELECT run, at, text FROM note;

CREATE VIEW metrics AS
SELECT run, epoch, step, role, name, nullif(bin, '') AS bin, value, uncertainty, masked FROM metric;

CREATE VIEW epochs AS
SELECT run, epoch, step, rows, seconds, parameter_digest, chain_digest, attempt, stored FROM epoch;

CREATE VIEW history AS
SELECT series.run, series.name AS series, point.epoch, epoch.step, point.value
FROM series
JOIN point ON point.series = series.id
JOIN epoch ON epoch.run = series.run AND epoch.epoch = point.epoch;

CREATE VIEW summaries AS
SELECT series.run, series.name AS series, count, last, last_epoch, minimum, minimum_epoch, maximum, maximum_epoch,
  first_nan_epoch
FROM series JOIN series_summary ON series_summary.series = series.id;

CREATE VIEW traces AS
SELECT series.run, series.name AS series, trace.epoch, trace.first_step, length(trace."values") / 8 AS steps,
  trace."values"
FROM series JOIN trace ON trace.series = series.id;

CREATE VIEW datasets AS
SELECT run_dataset.run, run_dataset.role, dataset.digest, run_dataset.name, run_dataset.source, run_dataset.recipe,
  dataset.rows, dataset.weight_sum, dataset.weight_sum_squares,
  dataset.weight_sum * dataset.weight_sum / nullif(dataset.weight_sum_squares, 0) AS effective_size,
  run_dataset.split_digest
FROM run_dataset JOIN dataset ON dataset.digest = run_dataset.dataset;

CREATE VIEW checkpoints AS
SELECT run, epoch, step, partial, parameter_digest,
  (SELECT count(*) FROM checkpoint_tensor WHERE checkpoint_tensor.checkpoint = checkpoint.id) AS tensors,
  (SELECT coalesce(sum(blob.size), 0) FROM checkpoint_tensor JOIN blob ON blob.id = checkpoint_tensor.blob
    WHERE checkpoint_tensor.checkpoint = checkpoint.id) AS bytes, stored
FROM checkpoint;

CREATE VIEW artifacts AS
SELECT artifact.run, artifact.name, artifact.media_type, blob.size AS bytes, blob.digest, artifact.stored
FROM artifact JOIN blob ON blob.id = artifact.blob;

CREATE VIEW audits AS
SELECT id AS audit, run, at, verdict, report, document, digest FROM audit;

-- The places of each sweep; `run` is NULL where no run has taken the place.
CREATE VIEW sweeps AS
SELECT (SELECT run.id FROM run WHERE run.sweep = sweep.id AND run.member = sweep_member.member AND run.trashed IS NULL)
    AS run,
  sweep.uuid, sweep.name AS sweep, sweep.digest, sweep.created, sweep_member.member, sweep_member.name
FROM sweep JOIN sweep_member ON sweep_member.sweep = sweep.id;
