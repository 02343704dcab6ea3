/* drawing.c - the list of shapes, and how wide a text is. */
#include "drawing.h"
#include "plot.h"
#include <string.h>

void drawing_add(struct drawing *drawing, struct shape shape) {
  struct shape *shapes = plot_grow(drawing->scratch, drawing->shapes,
                                   drawing->count, sizeof *shapes);
  if (!shapes) {
    drawing->has_failed = true;
    drawing->count = 0;
    drawing->shapes = NULL;
    return;
  }
  drawing->shapes = shapes;
  shapes[drawing->count++] = shape;
}

struct spot *drawing_spots(struct drawing *drawing, size_t count) {
  struct spot *spots =
      scratch_alloc(drawing->scratch, count, sizeof(struct spot));
  if (!spots)
    drawing->has_failed = true;
  return spots;
}

/* Bytes of the character at `text`. */
static size_t character_size(const char *text) {
  size_t size = 1;
  while (((unsigned char)text[size] & 0xc0) == 0x80)
    size++;
  return size;
}

/* In sizes of the font. Sans-serif fonts agree to some percent, and what is not
 * Latin is often twice as wide. */
static double character_width(const char *text) {
  unsigned char first = (unsigned char)*text;
  if (first >= 0xe2)
    return 1.05;
  if (first >= 0x80)
    return 0.65;
  if (strchr("ijlI|.,:;'!()[] ", first))
    return 0.38;
  return strchr("mwMW@%", first) ? 0.95 : 0.64;
}

double drawing_text_width(const char *text, double size) {
  double width = 0;
  for (; *text; text += character_size(text))
    width += character_width(text);
  return width * size;
}

const char *drawing_fit(struct drawing *drawing, const char *text, double size,
                        double width) {
  const char *at = text;
  double room = width - size; /* for the dots */
  if (drawing_text_width(text, size) <= width)
    return text;
  while (*at && (room -= character_width(at) * size) >= 0)
    at += character_size(at);
  if (at - text < 3)
    return "";
  const char *cut =
      plot_text(drawing->scratch, "%.*s…", (int)(at - text), text);
  drawing->has_failed |= !cut;
  return cut ? cut : "";
}
