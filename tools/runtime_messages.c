/* runtime_messages.c - mprt_message() in the tool's voice. */
#include "runtime_messages.h"
#include "config.h"
#include "tool.h"

unsigned runtime_messages;
bool runtime_is_muted;

void mprt_message(const char *format, ...) {
  va_list arguments;
  if (runtime_is_muted)
    return;
  runtime_messages++;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
}
