/* output.c - the profile file: made under a name of its own, mapped as the
 * image, grown before use, cut at the end.
 *
 * No descriptor stays open, for the program may close or reuse any: the file is
 * opened again by its name, and known by its inode. What is made has a
 * temporary name until it holds a whole image; then it takes the first name
 * that is not taken:
 *
 *     out.mprof, out.PID.mprof, out.PID.1.mprof, out.PID.2.mprof, ...
 *
 * A name is taken by a file of the same run, which is told by the header. A
 * profile of another run is older, and is replaced. All else that may stand
 * there is not ours, and stays.
 */
#define _GNU_SOURCE
#include "output.h"
#include "own_pages.h"
#include "runtime.h"
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Files have this much room to begin with, and more by quarters of their size:
 * what is not used is cut off at the end. */
#define FIRST_ROOM (UINT64_C(256) << 10)
#define LARGEST_STEP (UINT64_C(32) << 20)
/* Sizes are multiples of it, and so of every page size. */
#define GRAIN (UINT64_C(64) << 10)
#define NAMES_MAX 100000

static enum {
  NO_FILE,
  ATTACHED, /* the image is the file */
  DETACHED  /* of a forked child: the image is a copy in memory */
} state;
static _Atomic uint32_t lock; /* of attaching */

/* The file of this process, while ATTACHED. */
static char path[PATH_MAX];
static dev_t device;
static ino_t inode;

/* ---- What is said ---- */

static const char *cure(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return "its directory must be there";
  case EACCES:
  case EPERM:
  case EROFS:
    return "set output to a directory that this user may write to";
  case ENOSPC:
  case EDQUOT:
    return "make room there, or set output to another place";
  case EFBIG:
    return "raise the limit of file sizes (ulimit -f)";
  case EMFILE:
  case ENFILE:
    return "raise the limit of open files (ulimit -n)";
  case ENAMETOOLONG:
    return "set output to a shorter path";
  default:
    return "set output to another place";
  }
}

static void say_not_made(const char *name, int error) {
  mprt_message("cannot make the profile '%.500s': %s; this run counts in "
               "memory only: %s",
               name, strerrordesc_np(error), cure(error));
}

static void say_foreign(const char *what) {
  mprt_message("'%.500s' is %s, which no profile replaces; this run counts in "
               "memory only: remove it, or set output to another path",
               path, what);
}

/* ---- Room ---- */

static uint64_t round_up(uint64_t size) {
  return (size + GRAIN - 1) / GRAIN * GRAIN;
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static bool write_all(int fd, const void *bytes, uint64_t size, uint64_t at) {
  const char *from = bytes;
  while (size) {
    ssize_t written = pwrite(fd, from, size, (off_t)at);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      errno = written ? errno : ENOSPC;
      return false;
    }
    from += written;
    at += (uint64_t)written;
    size -= (uint64_t)written;
  }
  return true;
}

/* Writing past the limit of file sizes would raise SIGXFSZ. */
static bool is_allowed(uint64_t size) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      size <= limit.rlim_cur)
    return true;
  errno = EFBIG;
  return false;
}

/* Gives [from, to) of the file zeros on the disk: a store into a mapped hole
 * for which there is no room would raise SIGBUS. */
static bool reserve(int fd, uint64_t from, uint64_t to) {
  static const char zeros[4096];
  if (!is_allowed(to))
    return false;
  int failed;
  do
    failed = fallocate(fd, 0, (off_t)from, (off_t)(to - from));
  while (failed && errno == EINTR);
  if (!failed)
    return true;
  if (errno != EOPNOTSUPP && errno != ENOSYS)
    return false;
  for (; from < to; from += sizeof zeros)
    if (!write_all(fd, zeros, sizeof zeros, from))
      return false;
  return true;
}

/* ---- A file under a temporary name ---- */

/* In the directory of the file to be. */
static int temporary_open(char *name, size_t capacity) {
  const char *slash = strrchr(path, '/');
  int directory = slash ? (int)(slash + 1 - path) : 0;
  int length = snprintf(name, capacity, "%.*s.memprof-%016llx", directory, path,
                        (unsigned long long)mprt_random());
  if (length < 0 || (size_t)length >= capacity) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return open(name,
              O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
              0600);
}

/* ---- Its name ---- */

static const char *kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFLNK:
    return "a symbolic link";
  case S_IFDIR:
    return "a directory";
  case S_IFIFO:
    return "a FIFO";
  case S_IFSOCK:
    return "a socket";
  case S_IFCHR:
  case S_IFBLK:
    return "a device";
  default:
    return "a file of another program";
  }
}

enum claim {
  CLAIMED,
  NAME_USED, /* by a process of this run */
  NAME_FOREIGN,
  NAME_CHANGED, /* while we looked: look again */
  CLAIM_FAILED  /* errno says why */
};

/* Nothing stands there; nothing is overwritten should that change. */
static enum claim claim_free(const char *temporary) {
  if (syscall(SYS_renameat2, AT_FDCWD, temporary, AT_FDCWD, path,
              1 /* RENAME_NOREPLACE */) == 0)
    return CLAIMED;
  if (errno == EEXIST)
    return NAME_CHANGED;
  if (errno != EINVAL && errno != ENOSYS)
    return CLAIM_FAILED;
  return rename(temporary, path) == 0 ? CLAIMED : CLAIM_FAILED;
}

/* An older profile. Of several processes of a run that find it, the one with
 * the lock replaces it, and the others find that. */
static enum claim claim_older(const char *temporary, int older,
                              const struct stat *seen) {
  for (unsigned turn = 0; turn < 10000; turn++) {
    if (flock(older, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
      break;
    sched_yield();
  }
  struct stat now;
  if (lstat(path, &now) != 0 || now.st_dev != seen->st_dev ||
      now.st_ino != seen->st_ino)
    return NAME_CHANGED;
  return rename(temporary, path) == 0 ? CLAIMED : CLAIM_FAILED;
}

/* A regular file stands there. */
static enum claim claim_file(const char *temporary, uint64_t run) {
  int fd =
      open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return errno == ENOENT || errno == ELOOP ? NAME_CHANGED : CLAIM_FAILED;
  struct stat seen;
  struct memprof_header header = {.run = 0};
  enum claim result = CLAIM_FAILED;
  if (fstat(fd, &seen) == 0) {
    ssize_t length = pread(fd, &header, sizeof header, 0);
    if (length < (ssize_t)sizeof header.magic ||
        memcmp(header.magic, MEMPROF_MAGIC, sizeof header.magic) != 0)
      result = NAME_FOREIGN;
    else if (header.run == run)
      result = NAME_USED;
    else
      result = claim_older(temporary, fd, &seen);
  }
  int kept = errno;
  close(fd);
  errno = kept;
  return result;
}

static enum claim claim_name(const char *temporary, uint64_t run) {
  enum claim result = NAME_CHANGED;
  for (unsigned turn = 0; turn < 100 && result == NAME_CHANGED; turn++) {
    struct stat seen;
    if (lstat(path, &seen) == 0) {
      if (S_ISREG(seen.st_mode))
        result = claim_file(temporary, run);
      else
        result = NAME_FOREIGN;
      if (result == NAME_FOREIGN)
        say_foreign(kind_of(seen.st_mode));
    } else {
      result = errno == ENOENT ? claim_free(temporary) : CLAIM_FAILED;
    }
  }
  return result;
}

/* Gives the file its name, or says why there is none. */
static bool claim(const char *temporary, const char *first, uint64_t run) {
  enum claim result = NAME_USED;
  for (unsigned n = 0; n < NAMES_MAX && result == NAME_USED; n++)
    result = mprt_pattern_nth(first, n, path, sizeof path)
                 ? claim_name(temporary, run)
                 : CLAIM_FAILED;
  if (result == CLAIM_FAILED)
    say_not_made(path, errno);
  else if (result == NAME_USED || result == NAME_CHANGED)
    say_not_made(path, EEXIST);
  return result == CLAIMED;
}

/* ---- Made ---- */

/* A file with the image in it, mapped, under a temporary name. */
static unsigned char *temporary_make(char *temporary, size_t capacity,
                                     const struct memprof_header *image,
                                     uint64_t used, uint64_t *room) {
  struct stat seen;
  int fd = temporary_open(temporary, capacity);
  if (fd < 0)
    return NULL;
  void *memory = MAP_FAILED;
  *room = least(round_up(used + FIRST_ROOM), image->capacity);
  if (reserve(fd, 0, *room) && write_all(fd, image, used, 0) &&
      fstat(fd, &seen) == 0) {
    memory = mprt_mmap(image->capacity, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
    device = seen.st_dev;
    inode = seen.st_ino;
  }
  int kept = errno;
  close(fd);
  if (memory == MAP_FAILED)
    unlink(temporary);
  errno = kept;
  return memory == MAP_FAILED ? NULL : memory;
}

/* The same with its name. Says what failed. */
static unsigned char *file_make(const struct memprof_header *image,
                                uint64_t used, uint64_t *room) {
  static char first[PATH_MAX], temporary[PATH_MAX];
  const char *pattern = mprt_config.output;
  if (!mprt_pattern_expand(pattern, image->started_ns, first, sizeof first)) {
    say_not_made(pattern, errno);
    return NULL;
  }
  memcpy(path, first, sizeof path);
  unsigned char *memory =
      temporary_make(temporary, sizeof temporary, image, used, room);
  if (!memory) {
    say_not_made(path, errno);
    return NULL;
  }
  if (claim(temporary, first, image->run))
    return memory;
  munmap(memory, image->capacity);
  unlink(temporary);
  return NULL;
}

unsigned char *mprt_output_open(const struct memprof_header *header,
                                uint64_t *room) {
  if (strcmp(mprt_config.output, "none") == 0)
    return NULL;
  unsigned char *memory = file_make(header, sizeof *header, room);
  if (memory)
    state = ATTACHED;
  return memory;
}

/* ---- Grown and cut ---- */

/* The file, if it still stands under its name. */
static int file_open(void) {
  struct stat seen;
  int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return -1;
  int error = 0;
  if (fstat(fd, &seen) != 0)
    error = errno;
  else if (seen.st_dev != device || seen.st_ino != inode)
    error = ENOENT;
  if (!error)
    return fd;
  close(fd);
  errno = error;
  return -1;
}

/* As much as there is, from a step down to what is needed. */
static uint64_t file_grow(uint64_t room, uint64_t needed, uint64_t capacity) {
  int fd = file_open();
  if (fd < 0)
    return 0;
  uint64_t step = least(round_up(room / 4 + FIRST_ROOM), LARGEST_STEP);
  uint64_t wanted = room + step > needed ? room + step : round_up(needed);
  wanted = least(wanted, capacity);
  bool grown = reserve(fd, room, wanted);
  while (!grown && wanted > needed) {
    wanted = needed + (wanted - needed) / 2 / GRAIN * GRAIN;
    grown = reserve(fd, room, wanted);
  }
  int kept = errno;
  close(fd);
  errno = kept;
  return grown ? wanted : 0;
}

uint64_t mprt_output_grow(uint64_t room, uint64_t needed) {
  static bool failed; /* what failed once has been said, and is not mended */
  if (state != ATTACHED || failed || needed > mprt_header()->capacity)
    return 0;
  int kept = errno, cancel;
  /* open and its like would end a cancelled thread here */
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
  uint64_t grown = file_grow(room, needed, mprt_header()->capacity);
  failed = !grown;
  if (failed)
    mprt_message("cannot enlarge the profile '%.500s': %s; what is new from "
                 "here on is counted with less detail: %s",
                 path, strerrordesc_np(errno), cure(errno));
  pthread_setcancelstate(cancel, &cancel);
  errno = kept;
  return grown;
}

void mprt_output_close(uint64_t used) {
  if (state != ATTACHED)
    return;
  int fd = file_open();
  if (fd < 0 || ftruncate(fd, (off_t)used) != 0)
    mprt_message("cannot cut the profile '%.500s' to the %zu bytes in use: %s; "
                 "it is whole, but larger",
                 path, (size_t)used, strerrordesc_np(errno));
  if (fd >= 0)
    close(fd);
  state = NO_FILE;
}

/* ---- A forked child's ---- */

bool mprt_output_is_shared(void) { return state == ATTACHED; }

static void *move(void *from, size_t size, void *to) {
  bool outer = mprt_maps_own;
  mprt_maps_own = true;
  void *memory = mremap(from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
  mprt_maps_own = outer;
  return memory;
}

bool mprt_output_detach(void) {
  if (state != ATTACHED)
    return true;
  struct memprof_header *header = mprt_header();
  uint64_t used = __atomic_load_n(&header->used, __ATOMIC_ACQUIRE);
  uint64_t capacity = header->capacity;
  void *copy = mprt_pages(capacity);
  if (!copy)
    return false;
  memcpy(copy, header, used);
  /* one step: another thread of the child finds the one or the other */
  if (move(copy, capacity, header) == MAP_FAILED) {
    munmap(copy, capacity);
    return false;
  }
  state = DETACHED;
  mprt_arena_set_room(capacity);
  return true;
}

/* Nobody writes the image meanwhile: it is the process's first event. */
static void attach(void) {
  struct memprof_header *header = mprt_header();
  uint64_t room, capacity = header->capacity;
  unsigned char *memory = file_make(header, header->used, &room);
  state = NO_FILE;
  if (!memory)
    return;
  if (move(memory, capacity, header) == MAP_FAILED) {
    say_not_made(path, errno);
    unlink(path);
    munmap(memory, capacity);
    return;
  }
  mprt_arena_set_room(room);
  state = ATTACHED;
}

bool mprt_output_attach(void) {
  int kept = errno, cancel;
  if (!mprt_lock(&lock))
    return false;
  if (state == DETACHED) {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    attach();
    pthread_setcancelstate(cancel, &cancel);
  }
  mprt_unlock(&lock);
  errno = kept;
  return true;
}
