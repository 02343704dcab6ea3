/* history.c - the SQLite file. */
#define _GNU_SOURCE
#include "history.h"
#include "match.h"
#include "tool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSION 1
/* "MPRF", so that file(1) and we know whose it is. */
#define APPLICATION 0x4d505246

/* Both tables, from the rows that the rest of the tool has. */
#define TEXT_COLUMN(FIELD, HELP) ", \"" #FIELD "\" TEXT NOT NULL"
#define METRIC_COLUMN(METRIC, TYPE, TOLERANCE) ", \"" #METRIC "\" INTEGER"
static const char schema[] =
    "CREATE TABLE runs (number INTEGER PRIMARY KEY,"
    " time INTEGER NOT NULL" HISTORY_TEXTS(
        TEXT_COLUMN) ", UNIQUE (uuid));"
                     "CREATE TABLE functions (run INTEGER NOT NULL REFERENCES "
                     "runs,"
                     " file TEXT NOT NULL, signature TEXT NOT NULL,"
                     " line INTEGER NOT NULL" METRICS(
                         METRIC_COLUMN) ","
                                        " PRIMARY KEY (run, file, signature)) "
                                        "WITHOUT ROWID;";

#define TEXT_NAME(FIELD, HELP) ", \"" #FIELD "\""
#define METRIC_NAME(METRIC, TYPE, TOLERANCE) ", \"" #METRIC "\""
#define TEXT_MARK(FIELD, HELP) ", ?"
#define METRIC_MARK(METRIC, TYPE, TOLERANCE) ", ?"

static bool failed(const struct history *history) {
  return error("'%s': %s", history->path, sqlite3_errmsg(history->database));
}

static bool execute(struct history *history, const char *sql) {
  return sqlite3_exec(history->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
         failed(history);
}

static sqlite3_stmt *prepare(struct history *history, const char *sql) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(history->database, sql, -1, &statement, NULL) !=
      SQLITE_OK)
    failed(history);
  return statement;
}

static bool number_of(struct history *history, const char *sql,
                      int64_t *number) {
  sqlite3_stmt *statement = prepare(history, sql);
  bool is_read = statement && sqlite3_step(statement) == SQLITE_ROW;
  if (is_read)
    *number = sqlite3_column_int64(statement, 0);
  else if (statement)
    failed(history);
  sqlite3_finalize(statement);
  return is_read;
}

/* Whether the file is ours; *is_empty: it is nobody's yet. */
static bool look(struct history *history, bool *is_empty) {
  int64_t application = 0, version = 0, tables = 0;
  if (!number_of(history, "PRAGMA application_id", &application) ||
      !number_of(history, "PRAGMA user_version", &version) ||
      !number_of(history, "SELECT count(*) FROM sqlite_master", &tables))
    return false;
  *is_empty = !application && !tables;
  if (application == APPLICATION && version > VERSION)
    return error("'%s' is a history of version %" PRId64
                 ", this memprof knows %d",
                 history->path, version, VERSION);
  return application == APPLICATION || *is_empty ||
         error("'%s' is a database, but no history of memprof: it stays as it "
               "is",
               history->path);
}

static bool make_tables(struct history *history) {
  char sql[sizeof schema + 128];
  snprintf(sql, sizeof sql,
           "%s PRAGMA application_id=%d; PRAGMA user_version=%d;", schema,
           APPLICATION, VERSION);
  return execute(history, sql);
}

/* What is read in one transaction fits together, whoever else is at it. */
static bool look_within(struct history *history, const char *begin,
                        bool *is_empty) {
  if (!execute(history, begin))
    return false;
  if (look(history, is_empty))
    return true;
  sqlite3_exec(history->database, "ROLLBACK", NULL, NULL, NULL);
  return false;
}

/* A new, empty database becomes ours, if nobody was faster. */
static bool know(struct history *history) {
  bool is_empty = false;
  if (!look_within(history, "BEGIN", &is_empty) || !execute(history, "COMMIT"))
    return false;
  if (!is_empty)
    return true;
  if (!look_within(history, "BEGIN IMMEDIATE", &is_empty))
    return false;
  if ((!is_empty || make_tables(history)) && execute(history, "COMMIT"))
    return true;
  sqlite3_exec(history->database, "ROLLBACK", NULL, NULL, NULL);
  return false;
}

bool history_open(struct history *history, const char *path, bool may_make) {
  *history = (struct history){.path = path};
  int flags = SQLITE_OPEN_READWRITE | (may_make ? SQLITE_OPEN_CREATE : 0);
  if (!may_make && access(path, F_OK) != 0)
    return error("no history '%s': make one with 'memprof history record'",
                 path);
  if (sqlite3_open_v2(path, &history->database, flags, NULL) == SQLITE_OK) {
    /* other machines, or jobs, write to the same file */
    sqlite3_busy_timeout(history->database, 30000);
    if (know(history))
      return true;
  } else {
    failed(history);
  }
  history_close(history);
  return false;
}

void history_close(struct history *history) {
  sqlite3_close(history->database);
  history->database = NULL;
}

/* ---- Adding ---- */

static void bind_text(sqlite3_stmt *statement, int at, const char *text) {
  sqlite3_bind_text(statement, at, text ? text : "", -1, SQLITE_TRANSIENT);
}

static void bind_value(sqlite3_stmt *statement, int at, uint64_t value) {
  if (value == METRIC_NONE)
    sqlite3_bind_null(statement, at);
  else
    sqlite3_bind_int64(statement, at,
                       value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

static bool add_run(struct history *history, const struct history_run *run,
                    bool *is_new) {
  sqlite3_stmt *statement = prepare(
      history, "INSERT OR IGNORE INTO runs (time" HISTORY_TEXTS(
                   TEXT_NAME) ") VALUES (?" HISTORY_TEXTS(TEXT_MARK) ")");
  if (!statement)
    return false;
  int at = 1;
  sqlite3_bind_int64(statement, at++, run->time);
#define BIND(FIELD, HELP) bind_text(statement, at++, run->FIELD);
  HISTORY_TEXTS(BIND)
#undef BIND
  bool is_done = sqlite3_step(statement) == SQLITE_DONE || failed(history);
  *is_new = is_done && sqlite3_changes(history->database) > 0;
  sqlite3_finalize(statement);
  return is_done;
}

static bool add_function(struct history *history, sqlite3_stmt *statement,
                         int64_t run,
                         const struct snapshot_function *function) {
  int at = 1;
  sqlite3_bind_int64(statement, at++, run);
  bind_text(statement, at++, function->file);
  bind_text(statement, at++, function->signature);
  sqlite3_bind_int64(statement, at++, function->line);
  for (unsigned m = 0; m < METRIC_COUNT; m++)
    bind_value(statement, at++, function->values[m]);
  bool is_done = sqlite3_step(statement) == SQLITE_DONE || failed(history);
  sqlite3_reset(statement);
  return is_done;
}

static bool add_functions(struct history *history,
                          const struct snapshot *snapshot) {
  int64_t run = sqlite3_last_insert_rowid(history->database);
  sqlite3_stmt *statement = prepare(
      history,
      "INSERT OR REPLACE INTO functions (run, file, signature, line" METRICS(
          METRIC_NAME) ") VALUES (?, ?, ?, ?" METRICS(METRIC_MARK) ")");
  bool is_done = statement != NULL;
  for (size_t i = 0; is_done && i < snapshot->count; i++)
    is_done = add_function(history, statement, run, &snapshot->functions[i]);
  sqlite3_finalize(statement);
  return is_done;
}

bool history_add(struct history *history, const struct history_run *run,
                 const struct snapshot *snapshot, bool *is_new) {
  if (!execute(history, "BEGIN IMMEDIATE"))
    return false;
  if (add_run(history, run, is_new) &&
      (!*is_new || add_functions(history, snapshot)) &&
      execute(history, "COMMIT"))
    return true;
  sqlite3_exec(history->database, "ROLLBACK", NULL, NULL, NULL);
  return false;
}

/* ---- Runs ---- */

static const char *column_text(sqlite3_stmt *statement, int at,
                               struct scratch *scratch) {
  const char *text = (const char *)sqlite3_column_text(statement, at);
  size_t length = text ? strlen(text) : 0;
  char *copy = scratch_alloc(scratch, length + 1, 1);
  return copy && length ? memcpy(copy, text, length) : copy;
}

static bool read_run(sqlite3_stmt *statement, struct history_run *run,
                     struct scratch *scratch) {
  int at = 0;
  bool is_read = true;
  run->number = sqlite3_column_int64(statement, at++);
  run->time = sqlite3_column_int64(statement, at++);
#define READ(FIELD, HELP)                                                      \
  is_read &= (run->FIELD = column_text(statement, at++, scratch)) != NULL;
  HISTORY_TEXTS(READ)
#undef READ
  return is_read;
}

static bool read_runs(struct history *history, sqlite3_stmt *statement,
                      struct history_runs *runs, size_t room,
                      struct scratch *scratch) {
  int status;
  while (runs->count < room &&
         (status = sqlite3_step(statement)) != SQLITE_DONE) {
    if (status != SQLITE_ROW)
      return failed(history);
    if (!read_run(statement, &runs->runs[runs->count++], scratch))
      return error("out of memory");
  }
  return true;
}

/* From the newest run of that commit's first one on, the newest of these. */
static bool cut(const struct history_range *range, struct history_runs *runs) {
  size_t from = 0;
  if (range->since) {
    size_t length = strlen(range->since);
    while (from < runs->count &&
           strncmp(runs->runs[from].commit, range->since, length) != 0)
      from++;
    if (from == runs->count)
      return error("no run of commit '%s' in the history", range->since);
  }
  if (range->last && runs->count - from > range->last)
    from = runs->count - range->last;
  runs->runs += from;
  runs->count -= from;
  return true;
}

bool history_runs(struct history *history, const struct history_range *range,
                  struct history_runs *runs, struct scratch *scratch) {
  int64_t room = 0;
  *runs = (struct history_runs){0};
  if (!number_of(history, "SELECT count(*) FROM runs", &room))
    return false;
  runs->runs = scratch_alloc(scratch, (size_t)room, sizeof *runs->runs);
  sqlite3_stmt *statement = prepare(
      history,
      "SELECT number, time" HISTORY_TEXTS(
          TEXT_NAME) " FROM runs"
                     " WHERE ?1 IS NULL OR label = ?1 ORDER BY time, number");
  if (!statement)
    return false;
  if (range->label)
    bind_text(statement, 1, range->label);
  bool is_read =
      runs->runs ? read_runs(history, statement, runs, (size_t)room, scratch)
                 : error("out of memory");
  sqlite3_finalize(statement);
  return is_read && cut(range, runs);
}

/* ---- Functions ---- */

static bool read_function(sqlite3_stmt *statement,
                          struct snapshot_function *function,
                          struct scratch *scratch) {
  int at = 0;
  function->file = column_text(statement, at++, scratch);
  function->signature = column_text(statement, at++, scratch);
  function->line = (unsigned)sqlite3_column_int64(statement, at++);
  for (unsigned m = 0; m < METRIC_COUNT; m++, at++)
    function->values[m] = sqlite3_column_type(statement, at) == SQLITE_NULL
                              ? METRIC_NONE
                              : (uint64_t)sqlite3_column_int64(statement, at);
  return function->file && function->signature;
}

bool history_snapshot(struct history *history, const struct history_run *run,
                      struct snapshot *snapshot, struct scratch *scratch) {
  *snapshot = (struct snapshot){0};
  sqlite3_stmt *statement = prepare(
      history, "SELECT file, signature, line" METRICS(
                   METRIC_NAME) ","
                                " count(*) OVER () FROM functions WHERE run = ?"
                                " ORDER BY file, signature");
  if (!statement)
    return false;
  sqlite3_bind_int64(statement, 1, run->number);
  bool is_read = true;
  int status;
  while (is_read && (status = sqlite3_step(statement)) != SQLITE_DONE) {
    if (status != SQLITE_ROW) {
      is_read = failed(history);
      break;
    }
    if (!snapshot->functions)
      snapshot->functions = scratch_alloc(
          scratch, (size_t)sqlite3_column_int64(statement, 3 + METRIC_COUNT),
          sizeof *snapshot->functions);
    is_read = (snapshot->functions &&
               read_function(statement, &snapshot->functions[snapshot->count++],
                             scratch)) ||
              error("out of memory");
  }
  sqlite3_finalize(statement);
  return is_read;
}

/* The functions so far, each as the newest run has it that has it. */
static bool newest(struct snapshot *snapshot, const struct history_table *table,
                   struct scratch *scratch) {
  snapshot->count = table->count;
  snapshot->functions =
      scratch_alloc(scratch, table->count + 1, sizeof *snapshot->functions);
  for (size_t i = 0; snapshot->functions && i < table->count; i++) {
    const struct history_function *function = &table->functions[i];
    snapshot->functions[i] =
        (struct snapshot_function){.file = function->file,
                                   .signature = function->signature,
                                   .line = function->line};
  }
  return snapshot->functions;
}

/* In no run so far. */
static bool begin_function(struct history_function *function, size_t runs,
                           struct scratch *scratch) {
  *function = (struct history_function){
      .values = scratch_alloc(scratch, runs, sizeof *function->values)};
  if (function->values)
    memset(function->values, 0xff, runs * sizeof *function->values);
  return function->values;
}

/* A row for each pair; `first` is what the table's first function was matched
 * as. */
static bool join(struct history_table *table, size_t run,
                 const struct matching *matching,
                 const struct snapshot_function *first,
                 struct scratch *scratch) {
  struct history_function *joined =
      scratch_alloc(scratch, matching->count + 1, sizeof *joined);
  for (size_t i = 0; joined && i < matching->count; i++) {
    const struct function_pair *pair = &matching->pairs[i];
    if (pair->before)
      joined[i] = table->functions[pair->before - first];
    else if (!begin_function(&joined[i], table->runs.count, scratch))
      return false;
    if (!pair->after)
      continue;
    joined[i].file = pair->after->file;
    joined[i].signature = pair->after->signature;
    joined[i].line = pair->after->line;
    memcpy(joined[i].values[run], pair->after->values,
           sizeof joined[i].values[run]);
  }
  table->functions = joined;
  table->count = matching->count;
  return joined;
}

/* The rows of the run go into its column, each to the function that diff, too,
 * would compare it with. */
static bool add_column(struct history_table *table, size_t run,
                       const struct snapshot *snapshot,
                       struct scratch *scratch) {
  struct scratch temporary = {0};
  struct snapshot before;
  struct matching matching;
  bool is_added = newest(&before, table, &temporary) &&
                  match_snapshots(&matching, &before, snapshot, &temporary) &&
                  join(table, run, &matching, before.functions, scratch);
  scratch_release(&temporary);
  return is_added || error("out of memory");
}

bool history_table(struct history *history, const struct history_range *range,
                   const char *functions, struct history_table *table,
                   struct scratch *scratch) {
  *table = (struct history_table){0};
  if (!history_runs(history, range, &table->runs, scratch))
    return false;
  for (size_t i = 0; i < table->runs.count; i++) {
    struct snapshot snapshot;
    if (!history_snapshot(history, &table->runs.runs[i], &snapshot, scratch))
      return false;
    snapshot_keep(&snapshot, functions);
    if (!add_column(table, i, &snapshot, scratch))
      return false;
  }
  return true;
}
