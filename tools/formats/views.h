/* views.h - what was measured as one flat list: by function, line, thread,
 * test, process or calling context. A format renders the list, whatever it is
 * of. */
#ifndef MEMPROF_VIEWS_H
#define MEMPROF_VIEWS_H

#include "report/columns.h"
#include "subject.h"

/* X(by, what an item of the list is): the words of --by. */
#define VIEWS(X)                                                               \
  X(function, "function")                                                      \
  X(line, "line")                                                              \
  X(thread, "thread of a function")                                            \
  X(test, "function in a test")                                                \
  X(process, "function in a process")                                          \
  X(context, "calling context")

#define ENUM_VIEW(BY, ITEM) BY_##BY,
enum view_by { VIEWS(ENUM_VIEW) VIEW_COUNT };
#undef ENUM_VIEW

/* What is to be shown, and how. */
struct view {
  const struct subject *subject;
  const struct report
      *report;               /* the subject's, but just the functions wanted */
  struct report_style style; /* of texts for people; data is in bytes */
  enum view_by by;
  const char *function; /* glob of the functions wanted; NULL: all */
  bool has_own;         /* columns without callees stand beside the others */
  bool is_tree;         /* contexts below their callers */
  bool only_changed;    /* leave out what no event was charged to */
  bool with_idle;       /* by function: those not measured, too */
};

/* One item. `row` holds its counters: occurrences are calls, but for a line;
 * peak is that of the largest call, but for a line. */
struct item {
  const char *group;    /* the thread, test, process or path of callers; NULL:
                           there is none */
  const char *function; /* signature; NULL: all of the test together */
  const struct source_file *file; /* NULL: unknown */
  unsigned line;
  unsigned depth;     /* by context: how many callers */
  unsigned call_line; /* by context: in the caller; 0: unknown, or none */
  size_t place;       /* in the list before it was sorted */
  const struct function_rows *rows; /* NULL by test, process and context */
  const struct row *row;
};

struct items {
  struct item *items;
  size_t count;
  size_t left_out; /* because of --top */
};

/* Whether its glob matches. */
bool view_wants(const struct view *view, const struct function_rows *rows);

/* The list, in the order that style.sort asks for; all memory is the subject's.
 * Returns false after error(). */
bool items_list(struct items *items, const struct view *view);

/* The columns: `standard` if the user named none, then those without callees
 * if wanted. */
void items_columns(struct picks *picks, const struct view *view,
                   const char *standard);
/* What a column is called in the list. */
const char *items_heading(const struct view *view, enum column_id id);

/* What `group` is, as a key: "thread", "callers"; NULL: the view has none. */
const char *items_group(const struct view *view);

/* What data formats show, in this order; of a line also how memory stood after
 * it. */
#define COLUMNS_OF_DATA                                                        \
  "occurrences,allocs,frees,bytes,freed,increment,peak,kept,temporary,at_peak"
#define COLUMNS_OF_LINES                                                       \
  "occurrences,allocs,frees,bytes,freed,increment,mem_usage,peak,kept,"        \
  "temporary,at_peak"
/* What a person wants to know first. */
#define COLUMNS_OF_PEOPLE "occurrences,allocs,bytes,peak,kept"
/* Without marked callees. */
#define COLUMNS_WITHOUT_CALLEES                                                \
  "own_allocs,own_frees,own_bytes,own_freed,own_kept"

/* The line in the caller's function; 0: unknown, or none. */
unsigned context_call_line(const struct subject *subject,
                           const struct context *context);
/* Which contexts belong to the functions wanted; with_kin: their callers and all
 * below them, too. By index; NULL after error(). */
const bool *contexts_wanted(const struct view *view, bool with_kin);

/* Returns false after error() when the format has one view only. */
bool view_is_plain(const struct view *view, const char *format);

#endif
