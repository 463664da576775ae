-- Schema 2: a trash, lineage between stores, sweeps, the source changes of an attempt, audits with a digest of their own.

ALTER TABLE run ADD COLUMN trashed TEXT;
-- Where a run came from that was not made in this store: JSON with the file and the kind of store.
ALTER TABLE run ADD COLUMN origin TEXT;
-- Names the parent where it is not in this store, so that a merge can join the two.
ALTER TABLE run ADD COLUMN parent_uuid TEXT;
UPDATE run SET parent_uuid = (SELECT parent.uuid FROM run AS parent WHERE parent.id = run.parent_run);

-- The runs that one config with `sweep` expands into. A member is a place in its list, counted from 0; its JSON is the
-- canonical config. The digest is SHA-256 over "fastsim sweep 1\n" and each member's config digest and "\n".
CREATE TABLE sweep (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (name <> ''),
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  yaml TEXT NOT NULL,
  created TEXT NOT NULL
) STRICT;
CREATE INDEX sweep_digest ON sweep (digest);
CREATE TABLE sweep_member (
  sweep INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  member INTEGER NOT NULL CHECK (member >= 0),
  name TEXT NOT NULL CHECK (name <> ''),
  json TEXT NOT NULL,
  PRIMARY KEY (sweep, member)
) STRICT, WITHOUT ROWID;
ALTER TABLE run ADD COLUMN sweep INTEGER REFERENCES sweep (id) ON DELETE SET NULL;
ALTER TABLE run ADD COLUMN member INTEGER;
CREATE UNIQUE INDEX run_member ON run (sweep, member) WHERE sweep IS NOT NULL AND trashed IS NULL;

-- What `git diff HEAD` said, and the digests of the sources that git does not know.
ALTER TABLE attempt ADD COLUMN source_diff INTEGER REFERENCES blob (id);
CREATE INDEX attempt_source_diff ON attempt (source_diff) WHERE source_diff IS NOT NULL;

-- The digest is SHA-256 of the document, which is the report as JSON; NULL before schema 2.
ALTER TABLE audit ADD COLUMN document TEXT;
ALTER TABLE audit ADD COLUMN digest TEXT CHECK (digest IS NULL OR length(digest) = 64);

-- A run's present values come out of it in their order.
DROP INDEX metric_whole;
CREATE INDEX metric_present ON metric (
  run, name, epoch DESC, CASE role WHEN 'validation' THEN 0 WHEN 'test' THEN 1 WHEN 'train' THEN 2 ELSE 3 END, role
) WHERE bin = '' AND masked = 0;
CREATE INDEX parameter_value ON parameter (path, value);
CREATE INDEX tag_value ON tag (key, value);

-- `runs` has the runs that people see, `all_runs` those in the trash, too.
DROP VIEW runs;
CREATE VIEW all_runs AS
SELECT run.id AS number, run.uuid, run.name, run.status, run.experiment, run.seed, run.created, run.started, run.ended,
  run.epoch, run.step, run.seconds, run.parameter_count, config.digest AS config_digest, run.program_digest,
  run.parameter_digest, run.chain_digest, run.parent_run AS parent, run.parent_epoch, sweep.name AS sweep, run.member,
  run.origin, run.trashed
FROM run JOIN config ON config.id = run.config LEFT JOIN sweep ON sweep.id = run.sweep;

CREATE VIEW runs AS
SELECT number, uuid, name, status, experiment, seed, created, started, ended, epoch, step, seconds, parameter_count,
  config_digest, program_digest, parameter_digest, chain_digest, parent, parent_epoch, sweep, member, origin
FROM all_runs WHERE trashed IS NULL;
