#include "memprof.h"
#include <cstdlib>

static void *volatile block;

MEMPROF_LIMIT("allocs=10", "bytes=20") void marked() { block = malloc(1); }

namespace json {
MEMPROF_PROFILE void parse(int) { block = malloc(2); }
MEMPROF_PROFILE void parse(char *) { block = malloc(3); }
} // namespace json

int main() {
  marked();
  json::parse(1);
  json::parse(nullptr);
}
