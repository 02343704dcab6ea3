/* lua-driver.c - runs a Lua script with an allocator of its own that counts
 * what Lua asks for: the independent count that MemProf's is compared with.
 * Prints it on stdout after the script's own output. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

static struct { unsigned long allocs, frees, bytes, freed; } count;

static void *counting(void *user, void *block, size_t old_size, size_t size) {
  (void)user;
  if (size == 0) {
    if (block) {
      count.frees++;
      count.freed += old_size;
    }
    free(block);
    return NULL;
  }
  void *result = realloc(block, size);
  if (result) {
    count.allocs++;
    count.bytes += size;
    if (block) {
      count.frees++;
      count.freed += old_size;
    }
  }
  return result;
}

/* Selected by -profile-memory-functions, as Lua's own functions are. What runs
 * in here asks for memory through the hook only: no file is opened, and stdout
 * has its buffer. */
int run_script(const char *script) {
  lua_State *lua = lua_newstate(counting, NULL);
  if (!lua)
    return 1;
  luaL_openlibs(lua);
  int failed = luaL_dostring(lua, script);
  if (failed)
    fprintf(stderr, "%s\n", lua_tostring(lua, -1));
  lua_close(lua);
  return failed;
}

int main(int argc, char **argv) {
  static char script[1 << 16], buffer[BUFSIZ];
  FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (!file || fread(script, 1, sizeof script - 1, file) == 0)
    return 2;
  fclose(file);
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  int failed = run_script(script);
  printf("counted: %lu allocs %lu frees %lu bytes %lu freed\n", count.allocs,
         count.frees, count.bytes, count.freed);
  return failed;
}
