/* map-file FILE READY GO: maps the file, makes it if need be, says so to READY
 * and waits for GO: a process that still writes its profile. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4)
    return 2;
  int fd = open(argv[1], O_RDWR | O_CREAT, 0666);
  void *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  int ready = open(argv[2], O_WRONLY);
  char byte;
  if (map == MAP_FAILED || write(ready, "\n", 1) != 1)
    return 1;
  close(ready);
  return read(open(argv[3], O_RDONLY), &byte, 1) == 1 ? 0 : 1;
}
