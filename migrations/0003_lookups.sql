-- Schema 3: lists of ten thousand runs read only the pages that they show.

-- A run's present values come out of the index in their order, without a look at the table.
DROP INDEX metric_present;
CREATE INDEX metric_present ON metric (
  run, name, epoch DESC, CASE role WHEN 'validation' THEN 0 WHEN 'test' THEN 1 WHEN 'train' THEN 2 ELSE 3 END, role, value
) WHERE bin = '' AND masked = 0;

-- What other tables have is looked up run by run, so that a list that does not ask for it does not read them.
DROP VIEW runs;
DROP VIEW all_runs;
CREATE VIEW all_runs AS
SELECT run.id AS number, run.uuid, run.name, run.status, run.experiment, run.seed, run.created, run.started, run.ended,
  run.epoch, run.step, run.seconds, run.parameter_count,
  (SELECT config.digest FROM config WHERE config.id = run.config) AS config_digest, run.program_digest,
  run.parameter_digest, run.chain_digest, run.parent_run AS parent, run.parent_epoch,
  (SELECT sweep.name FROM sweep WHERE sweep.id = run.sweep) AS sweep, run.member, run.origin, run.trashed
FROM run;

CREATE VIEW runs AS
SELECT number, uuid, name, status, experiment, seed, created, started, ended, epoch, step, seconds, parameter_count,
  config_digest, program_digest, parameter_digest, chain_digest, parent, parent_epoch, sweep, member, origin
FROM all_runs WHERE trashed IS NULL;
