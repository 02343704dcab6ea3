// failing.c: a library to preload. The FAIL_AT-th call of FAIL_CALL that comes
// from memprof's runtime fails with errno FAIL_ERRNO; FAIL_AT=0 counts them
// into the file FAIL_COUNT. The program's own calls are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEXT(NAME) ((__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME))

extern int *__errno_location(void);

static unsigned calls;

static void write_count(void) {
  char text[32];
  int fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAIL_COUNT"),
                        O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int length = snprintf(text, sizeof text, "%u\n", calls);
  if (fd < 0 || syscall(SYS_write, fd, text, length) != length)
    syscall(SYS_exit_group, 99);
  syscall(SYS_close, fd);
}

/* Whether this call, made from `caller`, is to fail. */
static int fails(const char *name, const void *caller) {
  Dl_info object;
  const char *wanted = getenv("FAIL_CALL");
  if (!wanted || strcmp(wanted, name) != 0 || !dladdr(caller, &object) ||
      !strstr(object.dli_fname, "libmemprof"))
    return 0;
  calls++;
  if (atoi(getenv("FAIL_AT")) == 0)
    write_count();
  if ((int)calls != atoi(getenv("FAIL_AT")))
    return 0;
  *__errno_location() = atoi(getenv("FAIL_ERRNO"));
  return 1;
}
#define FAILS(NAME) fails(NAME, __builtin_return_address(0))

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  unsigned mode = flags & O_CREAT ? va_arg(arguments, unsigned) : 0;
  va_end(arguments);
  return FAILS("open") ? -1 : NEXT(open)(path, flags, mode);
}
int fallocate(int fd, int mode, off_t from, off_t length) {
  return FAILS("fallocate") ? -1 : NEXT(fallocate)(fd, mode, from, length);
}
int ftruncate(int fd, off_t size) {
  return FAILS("ftruncate") ? -1 : NEXT(ftruncate)(fd, size);
}
ssize_t write(int fd, const void *bytes, size_t size) {
  return FAILS("write") ? -1 : NEXT(write)(fd, bytes, size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return FAILS("pwrite") ? -1 : NEXT(pwrite)(fd, bytes, size, at);
}
ssize_t read(int fd, void *bytes, size_t size) {
  return FAILS("read") ? -1 : NEXT(read)(fd, bytes, size);
}
int rename(const char *from, const char *to) {
  return FAILS("rename") ? -1 : NEXT(rename)(from, to);
}
int fstat(int fd, struct stat *out) {
  return FAILS("fstat") ? -1 : NEXT(fstat)(fd, out);
}
int lstat(const char *path, struct stat *out) {
  return FAILS("lstat") ? -1 : NEXT(lstat)(path, out);
}
void *mremap(void *old, size_t from, size_t to, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  void *place = flags & MREMAP_FIXED ? va_arg(arguments, void *) : NULL;
  va_end(arguments);
  return FAILS("mremap") ? MAP_FAILED
                         : NEXT(mremap)(old, from, to, flags, place);
}
void *mmap(void *place, size_t size, int protection, int flags, int fd,
           off_t from) {
  if (FAILS("mmap"))
    return MAP_FAILED;
  return (void *)syscall(SYS_mmap, place, size, protection, flags, fd, from);
}
