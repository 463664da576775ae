/* The floor: a plain C loop over SQLite that writes the rows which fastsim writes, in the same transactions with the same
   durability (WAL, synchronous = FULL, foreign keys), without digests, locks or checks.

   cc -O2 sqlite_loop.c -lsqlite3 -o sqlite_loop;  sqlite_loop STORE MIGRATIONS RUNS STEPS STEPS_AN_EPOCH PARAMETERS
   MIGRATIONS is the folder with the schema's files. Prints one line of JSON. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { SERIES = 10 };
static const char *NAMES[SERIES] = {"loss_g", "loss_d", "wgan_gp", "val_auc", "chi2_shower",
                                    "grad_g", "grad_d", "lr_g",    "w_mean",  "step_time"};
static const char *DIGEST = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char *NOW = "2019-05-28T12:34:56.789Z";
static sqlite3 *db;

static double processor(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec + 1e-6 * (r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static double wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void fail(void) {
  fprintf(stderr, "sqlite_loop: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static void execute(const char *sql) {
  if (sqlite3_exec(db, sql, 0, 0, 0)) fail();
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, 0)) fail();
  return statement;
}

static void step(sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail();
  sqlite3_reset(statement);
}

static void text(sqlite3_stmt *statement, int place, const char *value) {
  sqlite3_bind_text(statement, place, value, -1, SQLITE_STATIC);
}

static void migrate(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  static char sql[1 << 20];
  sql[fread(sql, 1, sizeof sql - 1, file)] = 0;
  fclose(file);
  execute(sql);
}

int main(int count, char **arguments) {
  if (count != 7) { fprintf(stderr, "usage: sqlite_loop STORE MIGRATIONS RUNS STEPS STEPS_AN_EPOCH PARAMETERS\n"); return 64; }
  int runs = atoi(arguments[3]), steps = atoi(arguments[4]), an_epoch = atoi(arguments[5]), parameters = atoi(arguments[6]);
  if (sqlite3_open(arguments[1], &db)) fail();
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  migrate(arguments[2], "0001_init.sql");

  double *data = malloc(sizeof(double) * runs * steps * SERIES);
  uint64_t state = 1;
  for (long i = 0; i < (long)runs * steps * SERIES; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    data[i] = 1 + (double)(state >> 11) * 0x1p-53;
  }
  double *trace = malloc(sizeof(double) * an_epoch * SERIES);

  sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
  sqlite3_stmt *config = prepare("INSERT INTO config (digest, yaml, json) VALUES (?, ?, ?)");
  sqlite3_stmt *run = prepare(
      "INSERT INTO run (uuid, name, status, seed, created, config, program_digest) VALUES (?, ?, 'running', 0, ?, ?, ?)");
  sqlite3_stmt *parameter = prepare("INSERT INTO parameter (run, path, type, value) VALUES (?, ?, 'text', ?)");
  sqlite3_stmt *attempt = prepare(
      "INSERT INTO attempt (run, number, started, outcome, host, boot, process, cpu, isa, threads, toolchain, version, os,"
      " working_directory, command_line) VALUES (?, 1, ?, 'running', 'host', 'boot', 1, 'cpu', 'isa', 2, 'cc', '1', 'os',"
      " '/', 'loop')");
  sqlite3_stmt *epoch = prepare(
      "INSERT INTO epoch (run, epoch, step, rows, seconds, parameter_digest, chain_digest, attempt, stored)"
      " VALUES (?, ?, ?, 0, 0.5, ?, ?, 1, ?)");
  sqlite3_stmt *series = prepare("INSERT INTO series (run, name) VALUES (?, ?)");
  sqlite3_stmt *point = prepare("INSERT INTO point (series, epoch, value) VALUES (?, ?, ?)");
  sqlite3_stmt *summary = prepare(
      "INSERT INTO series_summary (series, last, last_epoch, minimum, minimum_epoch, maximum, maximum_epoch, count,"
      " first_nan_epoch) VALUES (?1, ?2, ?3, ?2, iif(?2 IS NULL, NULL, ?3), ?2, iif(?2 IS NULL, NULL, ?3), 1,"
      " iif(?2 IS NULL, ?3, NULL)) ON CONFLICT (series) DO UPDATE SET last = excluded.last, last_epoch = excluded.last_epoch,"
      " minimum = iif(minimum IS NULL OR excluded.minimum < minimum, excluded.minimum, minimum),"
      " minimum_epoch = iif(minimum IS NULL OR excluded.minimum < minimum, excluded.minimum_epoch, minimum_epoch),"
      " maximum = iif(maximum IS NULL OR excluded.maximum > maximum, excluded.maximum, maximum),"
      " maximum_epoch = iif(maximum IS NULL OR excluded.maximum > maximum, excluded.maximum_epoch, maximum_epoch),"
      " count = count + 1, first_nan_epoch = coalesce(first_nan_epoch, excluded.first_nan_epoch)");
  sqlite3_stmt *traces = prepare("INSERT INTO trace (series, epoch, first_step, \"values\") VALUES (?, ?, ?, ?)");
  sqlite3_stmt *progress = prepare(
      "UPDATE run SET epoch = ?, step = ?, seconds = seconds + 0.5, parameter_digest = ?, chain_digest = ? WHERE id = ?");
  sqlite3_stmt *ended = prepare("UPDATE attempt SET ended = ?, outcome = 'finished' WHERE run = ? AND number = 1");
  sqlite3_stmt *finished = prepare("UPDATE run SET ended = ?, status = 'finished' WHERE id = ?");

  double wall_before = wall(), processor_before = processor();
  for (int r = 0; r < runs; r++) {
    char digest[65], uuid[40], name[40], path[40], yaml[4096];
    snprintf(digest, sizeof digest, "%064d", r);
    snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012d", r);
    snprintf(name, sizeof name, "run-%d", r);
    int length = snprintf(yaml, sizeof yaml, "{\"seed\":%d", r);
    for (int p = 0; p < parameters && length < (int)sizeof yaml - 64; p++)
      length += snprintf(yaml + length, sizeof yaml - length, ",\"opt.%d\":\"value-%d\"", p, p % 11);
    step(begin);
    text(config, 1, digest), text(config, 2, yaml), text(config, 3, yaml), step(config);
    sqlite3_int64 config_id = sqlite3_last_insert_rowid(db);
    text(run, 1, uuid), text(run, 2, name), text(run, 3, NOW), sqlite3_bind_int64(run, 4, config_id), text(run, 5, DIGEST);
    step(run);
    sqlite3_int64 id = sqlite3_last_insert_rowid(db);
    for (int p = 0; p < parameters; p++) {
      snprintf(path, sizeof path, "opt.%d", p);
      sqlite3_bind_int64(parameter, 1, id), text(parameter, 2, path), text(parameter, 3, "value-7"), step(parameter);
    }
    sqlite3_bind_int64(attempt, 1, id), text(attempt, 2, NOW), step(attempt);
    step(commit);

    sqlite3_int64 ids[SERIES];
    const double *values = data + (long)r * steps * SERIES;
    for (int first = 0, e = 1; first < steps; first += an_epoch, e++) {
      int n = first + an_epoch < steps ? an_epoch : steps - first;
      for (int s = 0; s < n; s++)
        for (int k = 0; k < SERIES; k++) trace[(long)k * an_epoch + s] = values[(long)(first + s) * SERIES + k];
      step(begin);
      sqlite3_bind_int64(epoch, 1, id), sqlite3_bind_int(epoch, 2, e), sqlite3_bind_int(epoch, 3, first + n);
      text(epoch, 4, DIGEST), text(epoch, 5, DIGEST), text(epoch, 6, NOW), step(epoch);
      for (int k = 0; k < SERIES; k++) {
        if (e == 1) {
          sqlite3_bind_int64(series, 1, id), text(series, 2, NAMES[k]), step(series);
          ids[k] = sqlite3_last_insert_rowid(db);
        }
        double last = trace[(long)k * an_epoch + n - 1];
        sqlite3_bind_int64(point, 1, ids[k]), sqlite3_bind_int(point, 2, e), sqlite3_bind_double(point, 3, last), step(point);
        sqlite3_bind_int64(summary, 1, ids[k]), sqlite3_bind_double(summary, 2, last), sqlite3_bind_int(summary, 3, e);
        step(summary);
      }
      for (int k = 0; k < SERIES; k++) {
        sqlite3_bind_int64(traces, 1, ids[k]), sqlite3_bind_int(traces, 2, e), sqlite3_bind_int(traces, 3, first + 1);
        sqlite3_bind_blob(traces, 4, trace + (long)k * an_epoch, 8 * n, SQLITE_STATIC), step(traces);
      }
      sqlite3_bind_int(progress, 1, e), sqlite3_bind_int(progress, 2, first + n), text(progress, 3, DIGEST);
      text(progress, 4, DIGEST), sqlite3_bind_int64(progress, 5, id), step(progress);
      step(commit);
    }
    step(begin);
    text(ended, 1, NOW), sqlite3_bind_int64(ended, 2, id), step(ended);
    text(finished, 1, NOW), sqlite3_bind_int64(finished, 2, id), step(finished);
    step(commit);
  }
  double seconds = wall() - wall_before, spent = processor() - processor_before, points = (double)runs * steps * SERIES;
  printf(
      "{\"tool\": \"C loop\", \"points\": %.0f, \"steps_an_epoch\": %d, \"s\": %.6f, \"cpu_s\": %.6f, \"points_per_s\": %.0f,"
      " \"points_per_cpu_s\": %.0f}\n",
      points, an_epoch, seconds, spent, points / seconds, points / spent);
  for (sqlite3_stmt *left; (left = sqlite3_next_stmt(db, 0));) sqlite3_finalize(left);
  return sqlite3_close(db) != SQLITE_OK;
}
