/* drawing_svg.c - a drawing as SVG: texts are texts, to be searched and read
 * aloud, and the same drawing gives the same bytes. */
#include "drawing.h"
#include <math.h>

/* For text and for values of attributes. */
static void put_text(FILE *file, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&':
      fputs("&amp;", file);
      break;
    case '<':
      fputs("&lt;", file);
      break;
    case '>':
      fputs("&gt;", file);
      break;
    case '"':
      fputs("&quot;", file);
      break;
    default:
      fputc(*text, file);
    }
}

/* Hundredths of a pixel, without zeros at the end. */
static void put_number(FILE *file, double value) {
  char text[64];
  double rounded = round(value * 100) / 100;
  int length = snprintf(text, sizeof text, "%.2f", rounded == 0 ? 0 : rounded);
  while (text[length - 1] == '0')
    length--;
  if (text[length - 1] == '.')
    length--;
  fprintf(file, "%.*s", length, text);
}

static void put_attribute(FILE *file, const char *name, double value) {
  fprintf(file, " %s=\"", name);
  put_number(file, value);
  fputc('"', file);
}

static void put_colour(FILE *file, const char *name, uint32_t colour) {
  if (!colour) {
    fprintf(file, " %s=\"none\"", name);
    return;
  }
  fprintf(file, " %s=\"#%06x\"", name, (unsigned)(colour >> 8));
  if ((colour & 0xff) != 0xff)
    fprintf(file, " %s-opacity=\"%.2f\"", name, (colour & 0xff) / 255.0);
}

static void put_spots(FILE *file, const struct shape *shape) {
  fputs(" points=\"", file);
  for (size_t i = 0; i < shape->spot_count; i++) {
    if (i)
      fputc(' ', file);
    put_number(file, shape->spots[i].x);
    fputc(',', file);
    put_number(file, shape->spots[i].y);
  }
  fputc('"', file);
}

static void put_place(FILE *file, const struct shape *shape) {
  static const char *const anchors[] = {"start", "middle", "end"};
  put_attribute(file, "x", shape->at.x);
  put_attribute(file, "y", shape->at.y);
  if (shape->kind == SHAPE_BOX) {
    put_attribute(file, "width", shape->width);
    put_attribute(file, "height", shape->height);
    return;
  }
  put_attribute(file, "font-size", shape->size);
  if (shape->is_bold)
    fputs(" font-weight=\"bold\"", file);
  if (shape->anchor)
    fprintf(file, " text-anchor=\"%s\"", anchors[shape->anchor]);
  if (shape->is_upright) {
    fputs(" transform=\"rotate(-90 ", file);
    put_number(file, shape->at.x);
    fputc(' ', file);
    put_number(file, shape->at.y);
    fputs(")\"", file);
  }
}

static void put_shape(FILE *file, const struct shape *shape) {
  static const char *const names[] = {[SHAPE_BOX] = "rect",
                                      [SHAPE_LINE] = "polyline",
                                      [SHAPE_AREA] = "polygon",
                                      [SHAPE_TEXT] = "text"};
  const char *name = names[shape->kind];
  fprintf(file, "<%s class=\"%s\"", name, shape->role);
  if (shape->kind == SHAPE_BOX || shape->kind == SHAPE_TEXT)
    put_place(file, shape);
  else
    put_spots(file, shape);
  put_colour(file, "fill", shape->fill);
  if (shape->stroke) {
    put_colour(file, "stroke", shape->stroke);
    put_attribute(file, "stroke-width", shape->stroke_width);
    if (shape->dash)
      put_attribute(file, "stroke-dasharray", shape->dash);
  }
  if (!shape->tip && shape->kind != SHAPE_TEXT) {
    fputs("/>\n", file);
    return;
  }
  fputc('>', file);
  if (shape->tip) {
    fputs("<title>", file);
    put_text(file, shape->tip);
    fputs("</title>", file);
  }
  if (shape->kind == SHAPE_TEXT)
    put_text(file, shape->text);
  fprintf(file, "</%s>\n", name);
}

void drawing_write_svg(const struct drawing *drawing, FILE *file) {
  fprintf(file,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
          "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
          "font-family=\"'DejaVu Sans', Verdana, sans-serif\" "
          "stroke-linejoin=\"round\">\n<title>",
          drawing->width, drawing->height, drawing->width, drawing->height);
  put_text(file, drawing->title);
  fputs("</title>\n<desc>", file);
  put_text(file, drawing->description);
  fputs("</desc>\n", file);
  for (size_t i = 0; i < drawing->count; i++)
    put_shape(file, &drawing->shapes[i]);
  fputs("</svg>\n", file);
}
