/* drawing.h - a picture as a list of shapes, which each picture format writes
 * in its own way: SVG with texts that stay texts, PNG through cairo.
 *
 * Pixels, from the upper left corner. Colours are 0xRRGGBBAA; 0 is none. Texts
 * are UTF-8 as plot_name() leaves it; formats escape what is theirs.
 */
#ifndef MEMPROF_DRAWING_H
#define MEMPROF_DRAWING_H

#include "report/scratch.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct spot {
  double x, y;
};

enum shape_kind { SHAPE_BOX, SHAPE_LINE, SHAPE_AREA, SHAPE_TEXT };
enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct shape {
  enum shape_kind kind;
  const char *role;         /* what it is: the class in SVG */
  const char *tip;          /* shown when pointed at; NULL: none */
  struct spot at;           /* box: upper left corner; text: on its baseline */
  double width, height;     /* box */
  const struct spot *spots; /* line, area */
  size_t spot_count;
  uint32_t fill, stroke;
  double stroke_width;
  double dash; /* length of dashes; 0: none */
  const char *text;
  double size; /* of the text, pixels */
  enum anchor anchor;
  bool is_bold, is_upright; /* upright: read from below */
};

struct drawing {
  double width, height;
  const char *title, *description; /* for readers who do not see it */
  struct shape *shapes;
  size_t count;
  bool has_failed; /* memory ran out */
  struct scratch *scratch;
};

/* Puts a shape on top of the others. Its texts and spots outlive the drawing. */
void drawing_add(struct drawing *drawing, struct shape shape);
/* Room for the spots of one line; NULL when memory ran out. */
struct spot *drawing_spots(struct drawing *drawing, size_t count);
/* As wide as the text is at most, about: fonts differ. */
double drawing_text_width(const char *text, double size);
/* The text, or its beginning and "…", so that it fits; "" when nothing does. */
const char *drawing_fit(struct drawing *drawing, const char *text, double size,
                        double width);

/* Write errors are left to the file. */
void drawing_write_svg(const struct drawing *drawing, FILE *file);
/* Returns false after error(). */
bool drawing_write_png(const struct drawing *drawing, FILE *file);

#endif
