-- Schema 1. Numbers that may be NaN stand in columns of type ANY: a REAL column would lose the sign of zero.
-- NULL in such a column means NaN. Digests are 64 hexadecimal digits, times ISO 8601 in UTC.

CREATE TABLE config (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  yaml TEXT NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (digest, yaml)
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (name <> ''),
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'crashed', 'failed')),
  experiment TEXT,
  -- An integer, or the decimal digits of a seed above 2^63 - 1.
  seed ANY NOT NULL CHECK (typeof(seed) IN ('integer', 'text')),
  created TEXT NOT NULL,
  started TEXT,
  ended TEXT,
  config INTEGER NOT NULL REFERENCES config (id),
  program_digest TEXT NOT NULL CHECK (length(program_digest) = 64),
  parameter_count INTEGER,
  parent_run INTEGER REFERENCES run (id) ON DELETE SET NULL,
  parent_epoch INTEGER,
  -- The last stored state.
  epoch INTEGER NOT NULL DEFAULT 0,
  step INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  parameter_digest TEXT CHECK (length(parameter_digest) = 64),
  chain_digest TEXT CHECK (length(chain_digest) = 64)
) STRICT;
CREATE INDEX run_name ON run (name);
CREATE INDEX run_config ON run (config);
CREATE INDEX run_parent ON run (parent_run);
CREATE INDEX run_running ON run (status) WHERE status = 'running';

CREATE TABLE attempt (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number >= 1),
  started TEXT NOT NULL,
  ended TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'finished', 'interrupted', 'crashed', 'failed')),
  message TEXT,
  host TEXT NOT NULL,
  boot TEXT NOT NULL,
  process INTEGER NOT NULL,
  cpu TEXT NOT NULL,
  isa TEXT NOT NULL,
  threads INTEGER NOT NULL,
  toolchain TEXT NOT NULL,
  source_revision TEXT,
  source_dirty INTEGER CHECK (source_dirty IN (0, 1)),
  version TEXT NOT NULL,
  os TEXT NOT NULL,
  working_directory TEXT NOT NULL,
  command_line TEXT NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE parameter (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  path TEXT NOT NULL CHECK (path <> ''),
  type TEXT NOT NULL CHECK (type IN ('null', 'boolean', 'integer', 'real', 'text')),
  value ANY,
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX note_run ON note (run);

CREATE TABLE dataset (
  digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  rows INTEGER NOT NULL CHECK (rows >= 0),
  weight_sum ANY CHECK (typeof(weight_sum) IN ('real', 'null')),
  weight_sum_squares ANY CHECK (typeof(weight_sum_squares) IN ('real', 'null'))
) STRICT, WITHOUT ROWID;

CREATE TABLE dataset_column (
  dataset TEXT NOT NULL REFERENCES dataset (digest) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  type TEXT NOT NULL,
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  PRIMARY KEY (dataset, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_dataset (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role <> ''),
  dataset TEXT NOT NULL REFERENCES dataset (digest),
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  recipe TEXT NOT NULL,
  split_digest TEXT CHECK (length(split_digest) = 64),
  PRIMARY KEY (run, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_dataset_dataset ON run_dataset (dataset);

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  UNIQUE (run, name)
) STRICT;

CREATE TABLE series_summary (
  series INTEGER PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE,
  last ANY,
  last_epoch INTEGER NOT NULL,
  minimum ANY,
  minimum_epoch INTEGER,
  maximum ANY,
  maximum_epoch INTEGER,
  count INTEGER NOT NULL,
  first_nan_epoch INTEGER
) STRICT;

CREATE TABLE epoch (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  step INTEGER NOT NULL CHECK (step >= 0),
  rows INTEGER NOT NULL CHECK (rows >= 0),
  seconds REAL NOT NULL,
  parameter_digest TEXT NOT NULL CHECK (length(parameter_digest) = 64),
  chain_digest TEXT NOT NULL CHECK (length(chain_digest) = 64),
  attempt INTEGER,
  stored TEXT NOT NULL,
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE point (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  value ANY CHECK (typeof(value) IN ('real', 'null')),
  PRIMARY KEY (series, epoch)
) STRICT, WITHOUT ROWID;

-- The values of every step of an epoch: little-endian float64, NaN and all.
CREATE TABLE trace (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  first_step INTEGER NOT NULL,
  "values" BLOB NOT NULL,
  PRIMARY KEY (series, epoch)
) STRICT;

CREATE TABLE blob (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
  size INTEGER NOT NULL CHECK (size >= 0)
) STRICT;

CREATE TABLE blob_chunk (
  blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (blob, number)
) STRICT;

CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  step INTEGER NOT NULL CHECK (step >= 0),
  partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
  parameter_digest TEXT NOT NULL CHECK (length(parameter_digest) = 64),
  stored TEXT NOT NULL,
  UNIQUE (run, epoch, partial)
) STRICT;

CREATE TABLE checkpoint_tensor (
  checkpoint INTEGER NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role IN ('parameter', 'optimiser', 'transform', 'state')),
  -- Extents joined by x; empty for a scalar.
  shape TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('float32', 'float64', 'int64')),
  blob INTEGER NOT NULL REFERENCES blob (id),
  PRIMARY KEY (checkpoint, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_tensor_blob ON checkpoint_tensor (blob);

-- The steps so far of an epoch under way; they become traces with the epoch.
CREATE TABLE checkpoint_trace (
  checkpoint INTEGER NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
  series TEXT NOT NULL CHECK (series <> ''),
  first_step INTEGER NOT NULL,
  "values" BLOB NOT NULL,
  PRIMARY KEY (checkpoint, series)
) STRICT;

CREATE TABLE artifact (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  media_type TEXT NOT NULL,
  blob INTEGER NOT NULL REFERENCES blob (id),
  stored TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_blob ON artifact (blob);

-- The bin of a whole is the empty string.
CREATE TABLE metric (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role <> ''),
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  bin TEXT NOT NULL,
  step INTEGER NOT NULL,
  value ANY CHECK (typeof(value) IN ('real', 'null')),
  uncertainty ANY CHECK (typeof(uncertainty) IN ('real', 'null')),
  masked INTEGER NOT NULL CHECK (masked IN (0, 1)),
  PRIMARY KEY (run, name, role, epoch, bin)
) STRICT, WITHOUT ROWID;
-- A run's present values, for lists of runs.
CREATE INDEX metric_whole ON metric (run, name, epoch) WHERE bin = '' AND masked = 0;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  verdict TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT;
CREATE INDEX audit_run ON audit (run);

-- The views are the stable surface for other programs; docs/store.md describes each column.

CREATE VIEW runs AS
SELECT run.id AS number, run.uuid, run.name, run.status, run.experiment, run.seed, run.created, run.started, run.ended,
  run.epoch, run.step, run.seconds, run.parameter_count, config.digest AS config_digest, run.program_digest,
  run.parameter_digest, run.chain_digest, run.parent_run AS parent, run.parent_epoch
FROM run JOIN config ON config.id = run.config;

CREATE VIEW params AS
SELECT run, path, type, value FROM parameter;

CREATE VIEW metrics AS
SELECT run, epoch, step, role, name, nullif(bin, '') AS bin, value, uncertainty, masked FROM metric;

CREATE VIEW history AS
SELECT series.run, series.name AS series, point.epoch, epoch.step, point.value
FROM series
JOIN point ON point.series = series.id
JOIN epoch ON epoch.run = series.run AND epoch.epoch = point.epoch;

CREATE VIEW datasets AS
SELECT run_dataset.run, run_dataset.role, dataset.digest, run_dataset.name, run_dataset.source, run_dataset.recipe,
  dataset.rows, dataset.weight_sum, dataset.weight_sum_squares,
  dataset.weight_sum * dataset.weight_sum / nullif(dataset.weight_sum_squares, 0) AS effective_size,
  run_dataset.split_digest
FROM run_dataset JOIN dataset ON dataset.digest = run_dataset.dataset;

CREATE VIEW checkpoints AS
SELECT checkpoint.run, checkpoint.epoch, checkpoint.step, checkpoint.partial, checkpoint.parameter_digest,
  count(blob.id) AS tensors, coalesce(sum(blob.size), 0) AS bytes, checkpoint.stored
FROM checkpoint
LEFT JOIN checkpoint_tensor ON checkpoint_tensor.checkpoint = checkpoint.id
LEFT JOIN blob ON blob.id = checkpoint_tensor.blob
GROUP BY checkpoint.id;
