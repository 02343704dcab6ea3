/* object_at.h - the loaded object that an address lies in. dladdr() tells it
 * too, but looks through all symbols of the object for the nearest one: 88,000
 * instructions in libstdc++. */
#ifndef MPRT_OBJECT_AT_H
#define MPRT_OBJECT_AT_H

#include <link.h> /* with _GNU_SOURCE */
#include <stdbool.h>
#include <stdint.h>

struct mprt_object {
  const void *address;        /* asked for */
  const ElfW(Phdr) * headers; /* no two objects have the same */
  const char *name;           /* its path; the program's is "" */
};

static int mprt_object_look(struct dl_phdr_info *info, size_t size,
                            void *opaque) {
  struct mprt_object *object = opaque;
  (void)size;
  for (unsigned i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_LOAD &&
        (uintptr_t)object->address - start < segment->p_memsz) {
      object->headers = info->dlpi_phdr;
      object->name = info->dlpi_name;
      return 1;
    }
  }
  return 0;
}

static inline bool mprt_object_find(struct mprt_object *object,
                                    const void *address) {
  *object = (struct mprt_object){.address = address};
  return address && dl_iterate_phdr(mprt_object_look, object);
}

/* Tells objects apart; NULL when the address is in none. */
static inline const void *mprt_object_at(const void *address) {
  struct mprt_object object;
  return mprt_object_find(&object, address) ? object.headers : NULL;
}

#endif
