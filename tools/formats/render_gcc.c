/* render_gcc.c - messages as gcc prints them, which editors and CI servers know
 * how to jump to: "parse.c:12: error: ...". */
#include "annotations.h"
#include "render.h"
#include "texts.h"
#include <string.h>

static const char *const words[SEVERITY_COUNT] = {
#define WORD(SEVERITY, GCC, GITHUB) GCC,
    SEVERITIES(WORD)
#undef WORD
};

static void put_text(FILE *file, struct texts *texts, const char *text) {
  fputs(texts_clean(texts, text, strlen(text)), file);
}

bool render_gcc_format(const struct view *view, struct outfile *out) {
  struct annotations annotations;
  struct texts texts = {0};
  if (!view_is_plain(view, "gcc") || !annotations_list(&annotations, view))
    return false;
  for (size_t i = 0; i < annotations.count; i++) {
    const struct annotation *annotation = &annotations.list[i];
    if (annotation->path) {
      put_text(out->file, &texts, annotation->path);
      fprintf(out->file, ":%u: ", annotation->line);
    } else {
      fputs("memprof: ", out->file);
    }
    fprintf(out->file, "%s: ", words[annotation->severity]);
    put_text(out->file, &texts, annotation->message);
    putc('\n', out->file);
  }
  texts_release(&texts);
  return true;
}
