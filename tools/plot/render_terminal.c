/* render_terminal.c - a plot in characters: curves as braille dots where the
 * terminal can show them, calls as rows of brackets below. */
#define _GNU_SOURCE
#include "axis.h"
#include "render_plot.h"
#include "tool.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { LABELS = 10, CURVE_ROWS_LEAST = 3, AXIS_ROWS = 2 };
enum { ROWS_LEAST = 10, COLUMNS_LEAST = 40 };

/* What stands in one place of the terminal. */
struct cell {
  char text[7];         /* one character in UTF-8; "" right of a wide one */
  unsigned char colour; /* SGR number; 0: as usual */
  unsigned char dots;   /* braille: its eight dots */
};

struct screen {
  const struct plot *plot;
  const struct terminal *terminal;
  struct cell *cells;
  unsigned columns, rows;
  struct axis time, bytes;
  unsigned top, height; /* of the curves, rows */
  unsigned left, width;
  bool has_dots; /* curves are braille dots, four rows and two columns a cell */
};

/* What lines are made of; [1] where there is no UTF-8. */
static const struct glyphs {
  const char *across, *down, *corner, *tick, *mark, *begin, *end, *alone,
      *goes_on;
} glyphs[] = {{"─", "│", "└", "┬", "┤", "├", "┤", "│", "→"},
              {"-", "|", "+", "+", "|", "|", "|", "|", ">"}};
static const unsigned char colours[] = {36, 33, 32, 35, 31, 34};
static const char *const marks[][6] = {{"●", "○", "▲", "△", "■", "□"},
                                       {"*", "o", "+", "x", "#", "@"}};
enum { COLOURS = 6 };

static const struct glyphs *glyphs_of(const struct screen *screen) {
  return &glyphs[!screen->terminal->is_utf8];
}

static struct cell *cell_at(struct screen *screen, unsigned row,
                            unsigned column) {
  return &screen->cells[(size_t)row * screen->columns + column];
}

/* ---- Characters ---- */

/* The next character and how many columns it takes. */
static size_t next_character(const struct screen *screen, const char *text,
                             char *out, int *width) {
  size_t size = 1;
  wchar_t wide;
  while (((unsigned char)text[size] & 0xc0) == 0x80 && size < 4)
    size++;
  memcpy(out, text, size);
  out[size] = 0;
  *width = 1;
  if (size == 1)
    return size;
  if (!screen->terminal->is_utf8) {
    strcpy(out, "?");
  } else if (mbtowc(&wide, text, size) > 0) {
    int columns = wcwidth(wide);
    *width = columns < 0 ? 1 : columns;
  }
  return size;
}

static unsigned text_columns(const struct screen *screen, const char *text) {
  char out[7];
  int width;
  unsigned columns = 0;
  while (*text) {
    text += next_character(screen, text, out, &width);
    columns += (unsigned)width;
  }
  return columns;
}

/* Writes as much of the text as there is room for before `end`; returns the
 * column behind it. */
static unsigned put(struct screen *screen, unsigned row, unsigned column,
                    unsigned end, unsigned char colour, const char *text) {
  char out[7];
  int width;
  if (end > screen->columns)
    end = screen->columns;
  while (*text) {
    text += next_character(screen, text, out, &width);
    if (width == 0)
      continue; /* accents that stand on the character before */
    if (column + (unsigned)width > end)
      break;
    struct cell *cell = cell_at(screen, row, column);
    strcpy(cell->text, out);
    cell->colour = colour;
    for (int i = 1; i < width; i++)
      cell[i].text[0] = 0;
    column += (unsigned)width;
  }
  return column;
}

/* ---- Curves ---- */

static long time_place(const struct screen *screen, double at_ns, long places) {
  double part =
      (at_ns - screen->time.low) / (screen->time.high - screen->time.low);
  return lround(fmin(fmax(part, 0), 1) * (double)(places - 1));
}

static long bytes_place(const struct screen *screen, double bytes,
                        long places) {
  double part =
      (bytes - screen->bytes.low) / (screen->bytes.high - screen->bytes.low);
  return places - 1 - lround(fmin(fmax(part, 0), 1) * (double)(places - 1));
}

/* Which bit of a braille character stands for the dot. */
static unsigned dot_bit(long x, long y) {
  static const unsigned char bits[4][2] = {
      {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  return bits[y % 4][x % 2];
}

static void put_dot(struct screen *screen, long x, long y, size_t curve) {
  bool dots = screen->has_dots;
  struct cell *cell =
      cell_at(screen, screen->top + (unsigned)(dots ? y / 4 : y),
              screen->left + (unsigned)(dots ? x / 2 : x));
  cell->colour = colours[curve % COLOURS];
  if (dots) {
    cell->dots |= (unsigned char)dot_bit(x, y);
    /* U+2800 + dots */
    cell->text[0] = (char)0xe2;
    cell->text[1] = (char)(0xa0 | cell->dots >> 6);
    cell->text[2] = (char)(0x80 | (cell->dots & 0x3f));
    return;
  }
  strcpy(cell->text, marks[!screen->terminal->is_utf8][curve % COLOURS]);
}

static void put_curve(struct screen *screen, size_t index) {
  const struct plot_curve *curve = &screen->plot->curves[index];
  long width = (long)screen->width * (screen->has_dots ? 2 : 1);
  long height = (long)screen->height * (screen->has_dots ? 4 : 1);
  long x0 = 0, y0 = 0;
  for (size_t i = 0; i < curve->count; i++) {
    long x = time_place(screen, (double)curve->points[i].at_ns, width);
    long y = bytes_place(screen, (double)curve->points[i].bytes, height);
    if (i == 0) {
      x0 = x;
      y0 = y;
    }
    long steps = labs(x - x0) > labs(y - y0) ? labs(x - x0) : labs(y - y0);
    for (long k = steps ? 1 : 0; k <= steps; k++) {
      double part = steps ? (double)k / (double)steps : 0;
      put_dot(screen, x0 + lround(part * (double)(x - x0)),
              y0 + lround(part * (double)(y - y0)), index);
    }
    x0 = x;
    y0 = y;
  }
}

/* ---- Around them ---- */

static void put_bytes_axis(struct screen *screen) {
  const struct glyphs *glyph = glyphs_of(screen);
  for (unsigned row = 0; row < screen->height; row++)
    put(screen, screen->top + row, screen->left - 1, screen->columns, 0,
        glyph->down);
  for (unsigned i = 0; i < screen->bytes.count; i++) {
    char number[32], text[48];
    double at = axis_tick(&screen->bytes, i);
    unsigned row =
        screen->top + (unsigned)bytes_place(screen, at, (long)screen->height);
    axis_tick_text(&screen->bytes, i, number, sizeof number);
    snprintf(text, sizeof text, "%s %s", number, screen->bytes.unit);
    unsigned size = text_columns(screen, text);
    put(screen, row, size < LABELS - 2 ? LABELS - 2 - size : 0, LABELS - 1, 0,
        text);
    put(screen, row, screen->left - 1, screen->columns, 0, glyph->mark);
  }
}

static void put_time_axis(struct screen *screen, unsigned row) {
  const struct glyphs *glyph = glyphs_of(screen);
  unsigned end = 0;
  put(screen, row, screen->left - 1, screen->columns, 0, glyph->corner);
  for (unsigned i = 0; i < screen->width; i++)
    put(screen, row, screen->left + i, screen->columns, 0, glyph->across);
  for (unsigned i = 0; i < screen->time.count; i++) {
    char number[32], text[48];
    unsigned column =
        screen->left + (unsigned)time_place(screen, axis_tick(&screen->time, i),
                                            (long)screen->width);
    axis_tick_text(&screen->time, i, number, sizeof number);
    snprintf(text, sizeof text, "%s %s", number,
             screen->terminal->is_utf8 || strcmp(screen->time.unit, "µs")
                 ? screen->time.unit
                 : "us");
    unsigned size = text_columns(screen, text);
    unsigned at = column > size / 2 ? column - size / 2 : 0;
    if (at + size > screen->columns)
      at = screen->columns - size;
    put(screen, row, column, screen->columns, 0, glyph->tick);
    if (at > end || i == 0)
      end = put(screen, row + 1, at, screen->columns, 0, text);
  }
}

static unsigned put_legend(struct screen *screen, unsigned row) {
  const struct plot *plot = screen->plot;
  const char *line = glyphs_of(screen)->across;
  unsigned column = screen->left, first = row;
  for (size_t i = 0; i < plot->curve_count; i++) {
    const struct plot_curve *curve = &plot->curves[i];
    char slope[64] = "";
    if (curve->has_trend)
      plot_slope_text(&curve->trend, slope, sizeof slope);
    const char *max = plot_size(plot->scratch, curve->max);
    const char *text = plot_text(
        plot->scratch, "%s %s, max %s%s%s",
        screen->has_dots ? line
                         : marks[!screen->terminal->is_utf8][i % COLOURS],
        curve->label, max ? max : "?", *slope ? ", slope " : "", slope);
    if (!text)
      return row;
    unsigned size = text_columns(screen, text);
    if (column > screen->left && column + size > screen->columns) {
      if (row - first == 2) {
        put(screen, row, screen->columns - 4, screen->columns, 0, " ...");
        break;
      }
      row++;
      column = screen->left;
    }
    column =
        put(screen, row, column, screen->columns, colours[i % COLOURS], text) +
        3;
  }
  return row + 1;
}

/* ---- Calls ---- */

static void put_call(struct screen *screen, unsigned row, unsigned char colour,
                     const struct plot_call *call, unsigned *from,
                     unsigned *to) {
  const struct glyphs *glyph = glyphs_of(screen);
  *from = screen->left + (unsigned)time_place(screen, (double)call->start_ns,
                                              (long)screen->width);
  *to = screen->left +
        (unsigned)time_place(screen, (double)call->end_ns, (long)screen->width);
  if (*from == *to) {
    put(screen, row, *from, screen->columns, colour, glyph->alone);
    return;
  }
  put(screen, row, *from, screen->columns, colour, glyph->begin);
  for (unsigned i = *from + 1; i < *to; i++)
    put(screen, row, i, screen->columns, colour, glyph->across);
  put(screen, row, *to, screen->columns, colour,
      call->is_open ? glyph->goes_on : glyph->end);
}

/* " name peak ", the name cut to fit into `room` so that the peak is there. */
static const char *function_text(const struct screen *screen, const char *name,
                                 const char *peak, unsigned room) {
  char out[7];
  int width;
  size_t length = 0;
  unsigned others = text_columns(screen, peak) + 3;
  const char *more = screen->terminal->is_utf8 ? "…" : "...";
  unsigned dots = text_columns(screen, more);
  if (text_columns(screen, name) + others <= room)
    return plot_text(screen->plot->scratch, " %s %s ", name, peak);
  for (unsigned columns = 0; name[length];) {
    size_t size = next_character(screen, name + length, out, &width);
    if (columns + (unsigned)width + others + dots > room)
      break;
    length += size;
    columns += (unsigned)width;
  }
  return plot_text(screen->plot->scratch, " %.*s%s %s ", (int)length, name,
                   more, peak);
}

/* Columns from..to of a row. */
struct stretch {
  unsigned from, to;
};

static unsigned stretch_size(struct stretch stretch) {
  return stretch.to > stretch.from ? stretch.to - stretch.from : 0;
}

/* Room for a text that hides no bracket's ends: in the widest, behind the last,
 * before the first; the first that has enough for all of it, else the largest;
 * where that is too small for a name, the whole row. */
static struct stretch find_room(const struct screen *screen, unsigned wanted,
                                struct stretch widest, struct stretch outer) {
  enum { TOO_SMALL = 20 };
  const struct stretch rooms[] = {{widest.from + 2, widest.to - 1},
                                  {outer.to + 2, screen->columns},
                                  {screen->left, outer.from - 1}};
  struct stretch best = {0, 0};
  for (int i = 0; i < 3; i++) {
    if (stretch_size(rooms[i]) >= wanted) {
      best = rooms[i];
      best.from = i == 2 ? best.to - wanted : best.from;
      return best;
    }
    if (stretch_size(rooms[i]) > stretch_size(best))
      best = rooms[i];
  }
  return stretch_size(best) >= TOO_SMALL
             ? best
             : (struct stretch){screen->left, screen->columns};
}

static void put_function(struct screen *screen, unsigned row,
                         const struct plot_function *function, size_t index) {
  unsigned char colour = colours[(screen->plot->curve_count + index) % COLOURS];
  struct stretch widest = {2, 2}, outer = {screen->columns, 0};
  for (size_t i = 0; i < function->count; i++) {
    struct stretch call;
    put_call(screen, row, colour, &function->calls[i], &call.from, &call.to);
    if (stretch_size(call) > stretch_size(widest))
      widest = call;
    outer.from = call.from < outer.from ? call.from : outer.from;
    outer.to = call.to > outer.to ? call.to : outer.to;
  }
  const char *peak = plot_size(screen->plot->scratch, function->peak);
  if (!peak)
    return;
  unsigned wanted =
      text_columns(screen, function->label) + text_columns(screen, peak) + 3;
  struct stretch room = find_room(screen, wanted, widest, outer);
  const char *text =
      function_text(screen, function->label, peak, stretch_size(room));
  if (text)
    put(screen, row, room.from, room.to, colour, text);
}

static int compare_functions(const void *a, const void *b) {
  const struct plot_function *left = *(const struct plot_function *const *)a,
                             *right = *(const struct plot_function *const *)b;
  if (left->calls[0].start_ns != right->calls[0].start_ns)
    return left->calls[0].start_ns < right->calls[0].start_ns ? -1 : 1;
  return (left > right) - (left < right);
}

static void put_functions(struct screen *screen, unsigned row, size_t count) {
  const struct plot_function **order =
      scratch_alloc(screen->plot->scratch, count + 1, sizeof *order);
  if (!order)
    return;
  for (size_t i = 0; i < count; i++)
    order[i] = &screen->plot->functions[i];
  qsort(order, count, sizeof *order, compare_functions);
  for (size_t i = 0; i < count; i++)
    put_function(screen, row + (unsigned)i, order[i], i);
}

/* ---- All of it ---- */

static void write_row(struct screen *screen, unsigned row, FILE *file) {
  unsigned end = screen->columns;
  unsigned char colour = 0;
  while (end && strcmp(cell_at(screen, row, end - 1)->text, " ") == 0)
    end--;
  for (unsigned i = 0; i < end; i++) {
    const struct cell *cell = cell_at(screen, row, i);
    if (screen->terminal->has_colour && cell->colour != colour) {
      colour = cell->colour;
      fprintf(file, "\033[%um", (unsigned)colour);
    }
    fputs(cell->text, file);
  }
  if (colour)
    fputs("\033[0m", file);
  fputc('\n', file);
}

static void draw(struct screen *screen, const char *title) {
  const struct plot *plot = screen->plot;
  put(screen, 0, screen->left, screen->columns, 0, title);
  screen->top = put_legend(screen, 1); /* at most 4 */
  unsigned room = screen->rows - screen->top - AXIS_ROWS;
  size_t most = screen->rows / 3;
  if (most > room - CURVE_ROWS_LEAST)
    most = room - CURVE_ROWS_LEAST;
  size_t count = plot->function_count < most ? plot->function_count : most;
  screen->height = room - (unsigned)count;
  screen->bytes =
      axis_of_bytes(plot->low, plot->high, (screen->height + 1) / 3);
  screen->time = axis_of_time(plot->from_ns, plot->to_ns, screen->width / 12);
  put_bytes_axis(screen);
  put_time_axis(screen, screen->top + screen->height);
  for (size_t i = 0; i < plot->curve_count; i++)
    put_curve(screen, i);
  put_functions(screen, screen->top + screen->height + AXIS_ROWS, count);
}

bool render_plot_terminal(const struct plot *plot,
                          const struct terminal *terminal, const char *title,
                          FILE *file) {
  struct screen screen = {
      .plot = plot,
      .terminal = terminal,
      .columns = terminal->columns,
      .rows = terminal->rows,
      .left = LABELS,
      .width = terminal->columns - LABELS,
      /* dots of several curves are told apart by colour alone */
      .has_dots =
          terminal->is_utf8 && (terminal->has_colour || plot->curve_count == 1),
  };
  if (terminal->columns < COLUMNS_LEAST || terminal->rows < ROWS_LEAST)
    return error("a terminal of %u columns and %u rows has no room for a plot: "
                 "it takes %d and %d",
                 terminal->columns, terminal->rows, COLUMNS_LEAST, ROWS_LEAST);
  size_t count = (size_t)screen.columns * screen.rows;
  screen.cells = scratch_alloc(plot->scratch, count, sizeof *screen.cells);
  if (!screen.cells)
    return error("out of memory for the plot");
  for (size_t i = 0; i < count; i++)
    strcpy(screen.cells[i].text, " ");
  draw(&screen, title);
  for (unsigned row = 0; row < screen.rows; row++)
    write_row(&screen, row, file);
  return true;
}
