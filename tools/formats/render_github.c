/* render_github.c - workflow commands, which GitHub Actions shows as
 * annotations beside the lines:
 *
 *     ::error file=parse.c,line=12,title=memprof::parse: peak of ...
 */
#include "annotations.h"
#include "render.h"
#include "texts.h"
#include <string.h>

static const char *const words[SEVERITY_COUNT] = {
#define WORD(SEVERITY, GCC, GITHUB) GITHUB,
    SEVERITIES(WORD)
#undef WORD
};

/* What would end the command, or one of its properties, is written as %XX. */
static void put_text(FILE *file, struct texts *texts, const char *text,
                     const char *special) {
  for (text = texts_clean(texts, text, strlen(text)); *text; text++)
    if (strchr(special, *text))
      fprintf(file, "%%%02X", (unsigned char)*text);
    else
      putc(*text, file);
}

bool render_github_format(const struct view *view, struct outfile *out) {
  struct annotations annotations;
  struct texts texts = {0};
  if (!view_is_plain(view, "github") || !annotations_list(&annotations, view))
    return false;
  for (size_t i = 0; i < annotations.count; i++) {
    const struct annotation *annotation = &annotations.list[i];
    fprintf(out->file, "::%s ", words[annotation->severity]);
    if (annotation->path) {
      fputs("file=", out->file);
      put_text(out->file, &texts, annotation->path, "%\r\n:,");
      fprintf(out->file, ",line=%u,", annotation->line);
    }
    fputs("title=memprof::", out->file);
    put_text(out->file, &texts, annotation->message, "%\r\n");
    putc('\n', out->file);
  }
  texts_release(&texts);
  return true;
}
