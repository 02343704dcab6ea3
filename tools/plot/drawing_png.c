/* drawing_png.c - a drawing as PNG, by cairo. */
#include "drawing.h"
#include "tool.h"
#include <cairo/cairo.h>
#include <math.h>

static void set_colour(cairo_t *cairo, uint32_t colour) {
  cairo_set_source_rgba(cairo, (colour >> 24) / 255.0,
                        (colour >> 16 & 0xff) / 255.0,
                        (colour >> 8 & 0xff) / 255.0, (colour & 0xff) / 255.0);
}

static void paint_path(cairo_t *cairo, const struct shape *shape) {
  if (shape->fill) {
    set_colour(cairo, shape->fill);
    cairo_fill_preserve(cairo);
  }
  if (shape->stroke) {
    set_colour(cairo, shape->stroke);
    cairo_set_line_width(cairo, shape->stroke_width);
    cairo_set_dash(cairo, &shape->dash, shape->dash ? 1 : 0, 0);
    cairo_stroke_preserve(cairo);
  }
  cairo_new_path(cairo);
}

static void paint_text(cairo_t *cairo, const struct shape *shape) {
  cairo_text_extents_t extents;
  cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         shape->is_bold ? CAIRO_FONT_WEIGHT_BOLD
                                        : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, shape->size);
  cairo_text_extents(cairo, shape->text, &extents);
  cairo_save(cairo);
  cairo_translate(cairo, shape->at.x, shape->at.y);
  if (shape->is_upright)
    cairo_rotate(cairo, -M_PI / 2);
  cairo_move_to(cairo, -extents.x_advance * shape->anchor / 2, 0);
  set_colour(cairo, shape->fill);
  cairo_show_text(cairo, shape->text);
  cairo_restore(cairo);
  cairo_new_path(cairo);
}

static void paint(cairo_t *cairo, const struct shape *shape) {
  switch (shape->kind) {
  case SHAPE_TEXT:
    paint_text(cairo, shape);
    return;
  case SHAPE_BOX:
    cairo_rectangle(cairo, shape->at.x, shape->at.y, shape->width,
                    shape->height);
    break;
  case SHAPE_AREA:
  case SHAPE_LINE:
    for (size_t i = 0; i < shape->spot_count; i++)
      cairo_line_to(cairo, shape->spots[i].x, shape->spots[i].y);
    if (shape->kind == SHAPE_AREA)
      cairo_close_path(cairo);
    break;
  }
  paint_path(cairo, shape);
}

static cairo_status_t write_bytes(void *file, const unsigned char *bytes,
                                  unsigned length) {
  return fwrite(bytes, 1, length, file) == length ? CAIRO_STATUS_SUCCESS
                                                  : CAIRO_STATUS_WRITE_ERROR;
}

bool drawing_write_png(const struct drawing *drawing, FILE *file) {
  cairo_surface_t *surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, (int)drawing->width, (int)drawing->height);
  cairo_t *cairo = cairo_create(surface);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  for (size_t i = 0; i < drawing->count; i++)
    paint(cairo, &drawing->shapes[i]);
  cairo_status_t status = cairo_status(cairo);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream(surface, write_bytes, file);
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
  cairo_debug_reset_static_data(); /* its fonts: leak checkers ask */
  /* a failed write is found when the file is closed */
  return status == CAIRO_STATUS_SUCCESS || status == CAIRO_STATUS_WRITE_ERROR ||
         error("cannot draw the picture: %s", cairo_status_to_string(status));
}
