-- Schema 2: what each evaluation was taken of, and floors, reasons and parameters of metrics.

-- The real and the generated sample behind the metrics of one run, part and epoch. A digest is that of the rows judged, with
-- their weights (docs/datasets.md).
CREATE TABLE evaluation (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role <> ''),
  epoch INTEGER NOT NULL CHECK (epoch BETWEEN 0 AND 1000000000),
  -- An integer, or the decimal digits of a seed from 2^63 to 2^64 - 1.
  seed ANY NOT NULL CHECK (
    CASE typeof(seed)
      WHEN 'integer' THEN seed >= 0
      WHEN 'text' THEN seed NOT GLOB '*[^0-9]*' AND (
        length(seed) = 19 AND seed > '9223372036854775807'
        OR length(seed) = 20 AND seed BETWEEN '10000000000000000000' AND '18446744073709551615')
      ELSE 0
    END),
  real_digest TEXT NOT NULL CHECK (length(real_digest) = 64 AND real_digest NOT GLOB '*[^0-9a-f]*'),
  real_source TEXT NOT NULL,
  real_rows INTEGER NOT NULL CHECK (real_rows BETWEEN 0 AND 9007199254740991),
  weight_sum ANY CHECK (typeof(weight_sum) IN ('real', 'null')),
  effective_size ANY CHECK (typeof(effective_size) IN ('real', 'null')),
  generated_digest TEXT NOT NULL CHECK (length(generated_digest) = 64 AND generated_digest NOT GLOB '*[^0-9a-f]*'),
  generated_rows INTEGER NOT NULL CHECK (generated_rows BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (run, role, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluation_real ON evaluation (real_digest);

-- The floor is the same measure between two halves of the real sample.
ALTER TABLE metric ADD COLUMN floor ANY CHECK (typeof(floor) IN ('real', 'null'));
ALTER TABLE metric ADD COLUMN floor_uncertainty ANY CHECK (typeof(floor_uncertainty) IN ('real', 'null'));
-- Why a value is masked.
ALTER TABLE metric ADD COLUMN reason TEXT;
-- What the value depends on beside the samples.
ALTER TABLE metric ADD COLUMN parameters TEXT;

DROP VIEW metrics;
CREATE VIEW metrics AS
SELECT run, epoch, step, role, name, nullif(bin, '') AS bin, value, uncertainty, floor, floor_uncertainty, masked, reason,
  parameters
FROM metric;

CREATE VIEW evaluations AS
SELECT run, role, epoch, seed, real_digest, real_source, real_rows, weight_sum, effective_size, generated_digest,
  generated_rows
FROM evaluation;
