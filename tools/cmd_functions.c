/* cmd_functions.c - `memprof functions`: what is marked in a binary or was in a
 * run. */
#include "binary.h"
#include "input.h"
#include "memprof_abi.h"
#include "options.h"
#include "outfile.h"
#include "texts.h"
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define TEXT(FUNCTION, NAME)                                                   \
  marked_text(FUNCTION, offsetof(struct memprof_abi_record, NAME))
#define FIELD(FUNCTION, NAME)                                                  \
  marked_field(FUNCTION, offsetof(struct memprof_abi_record, NAME))

struct request {
  bool is_json, expects_none;
};

/* One file while it is listed. */
struct listing {
  const struct request *request;
  const char *path;
  json_t *json;  /* its array, or NULL: text */
  size_t count;  /* functions, or traces */
  bool selected; /* of the function at hand: the run measured it */
};

static json_t *text(const char *value) {
  struct texts texts = {0};
  json_t *string = json_string(texts_clean(&texts, value, strlen(value)));
  texts_release(&texts);
  return string;
}

/* ---- Functions ---- */

/* "parse.c:12: json::parse(char const*)  [peak=1MiB, allocs=10]" */
static void print_function(const struct marked *function, bool selected) {
  const char *file = marked_file(function);
  print_name(stdout, *file ? file : "(no -g)");
  if (*file)
    printf(":%u", marked_line(function));
  fputs(": ", stdout);
  print_name(stdout, TEXT(function, signature));
  uint32_t limits = FIELD(function, limit_count);
  for (uint32_t k = 0; k < limits; k++) {
    fputs(k ? ", " : "  [", stdout);
    print_name(stdout, marked_limit(function, k));
  }
  if (limits)
    putchar(']');
  const char *reason = TEXT(function, reason);
  if (*reason) {
    fputs("  left out: ", stdout);
    print_name(stdout, reason);
  }
  if (!selected)
    fputs("  not selected", stdout);
  putchar('\n');
}

static json_t *function_json(const struct marked *function, bool selected) {
  const char *file = marked_file(function);
  const char *reason = TEXT(function, reason);
  json_t *object = json_object(), *limits = json_array();
  for (uint32_t k = 0; k < FIELD(function, limit_count); k++)
    json_array_append_new(limits, text(marked_limit(function, k)));
  json_object_set_new(object, "name", text(TEXT(function, name)));
  json_object_set_new(object, "signature", text(TEXT(function, signature)));
  json_object_set_new(object, "file", *file ? text(file) : json_null());
  json_object_set_new(object, "line",
                      *file ? json_integer(marked_line(function))
                            : json_null());
  json_object_set_new(object, "limits", limits);
  json_object_set_new(object, "left_out", *reason ? text(reason) : json_null());
  json_object_set_new(object, "selected", json_boolean(selected));
  return object;
}

static void list_function(const struct marked *function, void *context) {
  struct listing *listing = context;
  listing->count++;
  if (listing->json)
    json_array_append_new(listing->json,
                          function_json(function, listing->selected));
  else
    print_function(function, listing->selected);
}

/* The same records, as the run kept them. What it announced, tests and scopes,
 * nobody marked. */
static bool list_profile(struct listing *listing, const char *path) {
  struct input input;
  const uint32_t announced = MEMPROF_RECORD_TEST | MEMPROF_RECORD_SCOPE;
  if (!input_open(&input, path))
    return false;
  for (size_t i = 0; i < input.profile.function_count; i++) {
    const struct memprof_function *function = input.profile.functions[i];
    const struct memprof_abi_record *record = memprof_function_record(function);
    if (record->flags & announced)
      continue;
    listing->selected = function->selected;
    list_function(
        &(struct marked){(const unsigned char *)record, record->size, false},
        listing);
  }
  input_close(&input);
  return true;
}

/* ---- Nothing ---- */

static json_t *trace_json(const char *what, const char *name) {
  json_t *object = json_object();
  json_object_set_new(object, "what", text(what));
  json_object_set_new(object, "name", text(name));
  return object;
}

static void list_trace(const char *what, const char *name, void *context) {
  struct listing *listing = context;
  listing->count++;
  if (listing->json) {
    json_array_append_new(listing->json, trace_json(what, name));
    return;
  }
  print_name(stdout, listing->path);
  printf(": %s ", what);
  print_name(stdout, name);
  putchar('\n');
}

/* ---- Files ---- */

static bool is_profile(const char *path) {
  char magic[sizeof MEMPROF_MAGIC] = "";
  FILE *file = fopen(path, "re");
  bool is_one = file && fread(magic, 1, sizeof magic - 1, file) &&
                strcmp(magic, MEMPROF_MAGIC) == 0;
  if (file)
    fclose(file);
  return is_one;
}

static enum status status_of(const struct listing *listing) {
  if (listing->request->expects_none)
    return listing->count ? STATUS_BROKEN : STATUS_FINE;
  if (listing->count)
    return STATUS_FINE;
  error("'%s' has no marked functions; was it compiled with MemProf's flags?",
        listing->path);
  return STATUS_NOTHING;
}

static enum status list(const struct request *request, const char *path,
                        json_t *files) {
  struct listing listing = {.request = request,
                            .path = path,
                            .json = files ? json_array() : NULL,
                            .selected = true};
  bool is_read =
      request->expects_none ? binary_trace(path, list_trace, &listing)
      : is_profile(path)    ? list_profile(&listing, path)
                            : binary_visit(path, list_function, &listing);
  if (files && is_read) {
    json_t *file = json_object();
    json_object_set_new(file, "file", text(path));
    json_object_set(file, request->expects_none ? "traces" : "functions",
                    listing.json);
    json_array_append_new(files, file);
  }
  json_decref(listing.json);
  return is_read ? status_of(&listing) : STATUS_USAGE;
}

/* Unreadable weighs more than anything, a trace more than nothing. */
static enum status worse_of(enum status a, enum status b) {
  static const int weight[] = {[STATUS_FINE] = 0,
                               [STATUS_NOTHING] = 1,
                               [STATUS_BROKEN] = 2,
                               [STATUS_USAGE] = 3};
  return weight[b] > weight[a] ? b : a;
}

static enum status list_all(const struct request *request, char **paths,
                            int count) {
  enum status worst = STATUS_FINE;
  json_t *files = request->is_json ? json_array() : NULL;
  for (int i = 0; i < count; i++) {
    if (count > 1 && !files && !request->expects_none)
      printf("%s%s:\n", i ? "\n" : "", paths[i]);
    worst = worse_of(worst, list(request, paths[i], files));
  }
  if (files && worst != STATUS_USAGE) {
    json_dumpf(files, stdout, JSON_INDENT(1));
    putchar('\n');
  }
  json_decref(files);
  return worst;
}

/* ---- The command ---- */

enum { EXPECT_NONE = 1, FORMAT };

static const struct option_row options[] = {
    {"expect-none", 0, NULL,
     "print all that MemProf left in a binary: exit status 1 if\n"
     "there is anything, as there is nothing in a production build",
     EXPECT_NONE},
    {"format", 'f', "text|json", "text if none is named", FORMAT},
    {0},
};

static enum status run(int argc, char **argv) {
  struct options walk;
  const struct option_row *row;
  struct request request = {0};
  options_start(&walk, &command_functions, argc, argv);
  while ((row = options_next(&walk)))
    if (row->key == EXPECT_NONE)
      request.expects_none = true;
    else
      request.is_json = walk.word == 1;
  if (walk.is_over)
    return walk.status;
  if (optind == argc) {
    error("functions: no file is named");
    return usage_error("functions");
  }
  return list_all(&request, argv + optind, argc - optind);
}

const struct command command_functions = {
    .name = "functions",
    .operands = "FILE...",
    .summary = "the marked functions of a program, library or object file",
    .details =
        "Prints file:line and name of each marked function, the limits of its\n"
        "mark, and, when it was left out of instrumentation, why. A binary is\n"
        "only read, not run; of a profile, the functions that its run knew, "
        "and\n"
        "which of them the option 'functions' did not select. Exit status 3: "
        "it\n"
        "has no marked functions.\n",
    .options = options,
    .run = run,
};
