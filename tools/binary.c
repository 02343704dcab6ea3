/* binary.c - finds and checks the records of marked functions in an ELF file.
 */
#include "binary.h"
#include "memprof_abi.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t u32_at(const struct marked *function, size_t at) {
  uint32_t value;
  memcpy(&value, function->record + at, sizeof value);
  return function->swapped ? __builtin_bswap32(value) : value;
}

uint32_t marked_field(const struct marked *function, size_t offset) {
  return u32_at(function, offset);
}

#define FIELD(FUNCTION, NAME)                                                  \
  marked_field(FUNCTION, offsetof(struct memprof_abi_record, NAME))

static const char *text_at(const struct marked *function, uint32_t at) {
  return at ? (const char *)function->record + at : "";
}

const char *marked_text(const struct marked *function, size_t offset) {
  return text_at(function, marked_field(function, offset));
}

const char *marked_file(const struct marked *function) {
  if (!FIELD(function, file_count))
    return "";
  return text_at(function,
                 u32_at(function, FIELD(function, files) +
                                      offsetof(struct memprof_abi_file, name)));
}

unsigned marked_line(const struct marked *function) {
  return u32_at(function, FIELD(function, lines) +
                              offsetof(struct memprof_abi_line, line));
}

const char *marked_limit(const struct marked *function, uint32_t k) {
  return text_at(function,
                 u32_at(function, FIELD(function, limits) + 4 * (size_t)k));
}

/* ---- Checks, so that the readers above need none ---- */

static bool is_text(const struct marked *function, uint32_t at) {
  if (at == 0)
    return true;
  return at < function->size &&
         memchr(function->record + at, 0, function->size - at) != NULL;
}

/* `count` entries of `size` bytes from `at`. */
static bool is_table(const struct marked *function, uint32_t at, uint32_t count,
                     size_t size) {
  if (count == 0)
    return true;
  return at >= sizeof(struct memprof_abi_record) && at <= function->size &&
         count <= (function->size - at) / size;
}

/* NULL, or what is wrong with the record. */
static const char *marked_flaw(const struct marked *function) {
  uint32_t limit_count = FIELD(function, limit_count);
  if (FIELD(function, line_count) == 0 ||
      !is_table(function, FIELD(function, lines), FIELD(function, line_count),
                sizeof(struct memprof_abi_line)))
    return "its line table";
  if (!is_table(function, FIELD(function, files), FIELD(function, file_count),
                sizeof(struct memprof_abi_file)))
    return "its file table";
  if (!is_table(function, FIELD(function, limits), limit_count, 4))
    return "its limits";
  if (!is_text(function, FIELD(function, name)) ||
      !is_text(function, FIELD(function, signature)) ||
      !is_text(function, FIELD(function, reason)))
    return "its name";
  if (FIELD(function, file_count) &&
      !is_text(function, u32_at(function, FIELD(function, files))))
    return "its file";
  for (uint32_t k = 0; k < limit_count; k++)
    if (!is_text(function, u32_at(function, FIELD(function, limits) + 4 * k)))
      return "a limit";
  return NULL;
}

/* ---- The ELF file ---- */

struct visitor {
  const char *path;
  marked_visit *visit; /* NULL: `trace` is called instead */
  trace_visit *trace;
  void *context;
};

static bool visit_section(const struct visitor *visitor, const Elf_Data *data,
                          bool swapped) {
  size_t at = 0;
  while (data->d_size - at >= sizeof(struct memprof_abi_unit)) {
    struct marked function = {(const unsigned char *)data->d_buf + at,
                              data->d_size - at, swapped};
    uint32_t size = FIELD(&function, size);
    if (size == 0) { /* padding between the records of two object files */
      at += 8;
      continue;
    }
    if (size % 8 || size < sizeof(struct memprof_abi_unit) ||
        size > function.size)
      return error("cannot read '%s': bad size of the record at byte %zu of "
                   "section '%s'",
                   visitor->path, at, MEMPROF_SECTION);
    function.size = size;
    if (FIELD(&function, abi) != MEMPROF_ABI_VERSION)
      return error("cannot read '%s': it was compiled with another version of "
                   "MemProf (record %u, this tool reads %u); compile it again",
                   visitor->path, FIELD(&function, abi), MEMPROF_ABI_VERSION);
    if (FIELD(&function, flags) & MEMPROF_RECORD_UNIT) {
      at += size;
      continue;
    }
    const char *flaw = size < sizeof(struct memprof_abi_record)
                           ? "too small"
                           : marked_flaw(&function);
    if (flaw)
      return error("cannot read '%s': the record at byte %zu of section '%s' "
                   "is damaged: %s",
                   visitor->path, at, MEMPROF_SECTION, flaw);
    visitor->visit(&function, visitor->context);
    at += size;
  }
  return true;
}

static bool visit_object(const struct visitor *visitor, Elf *elf) {
  const uint16_t one = 1;
  GElf_Ehdr head;
  size_t names, count;
  const char *identity = elf_getident(elf, NULL);
  if (!identity || !gelf_getehdr(elf, &head) ||
      elf_getshdrnum(elf, &count) != 0 || elf_getshdrstrndx(elf, &names) != 0)
    return error("cannot read '%s': %s", visitor->path, elf_errmsg(-1));
  if (head.e_shoff && !count)
    return error("cannot read '%s': it is cut off before its section headers",
                 visitor->path);
  int ours = *(const char *)&one ? ELFDATA2LSB : ELFDATA2MSB;
  bool swapped = identity[EI_DATA] != ours;

  for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header))
      return error("cannot read '%s': %s", visitor->path, elf_errmsg(-1));
    const char *name = elf_strptr(elf, names, header.sh_name);
    if (!name || strcmp(name, MEMPROF_SECTION) != 0)
      continue;
    if (header.sh_type == SHT_NOBITS) /* a file of debug info alone */
      continue;
    const Elf_Data *data = elf_rawdata(section, NULL);
    if (!data)
      return error("cannot read '%s': %s", visitor->path, elf_errmsg(-1));
    if (data->d_size && !visit_section(visitor, data, swapped))
      return false;
  }
  return true;
}

/* ---- What else MemProf leaves in a binary ---- */

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Hooks and constructors; twins, with what belongs to them. */
static bool is_our_symbol(const char *name) {
  return strncmp(name, "__memprofpass_", 14) == 0 ||
         ends_with(name, ".memprof") || ends_with(name, ".memprof.live") ||
         ends_with(name, ".memprof.record");
}

static void trace_symbols(const struct visitor *visitor, Elf *elf,
                          const GElf_Shdr *header, Elf_Data *data) {
  size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
  GElf_Sym symbol;
  for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol); i++) {
    const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
    if (name && is_our_symbol(name))
      visitor->trace("symbol", name, visitor->context);
  }
}

static void trace_libraries(const struct visitor *visitor, Elf *elf,
                            const GElf_Shdr *header, Elf_Data *data) {
  size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
  GElf_Dyn entry;
  for (size_t i = 0; i < count && gelf_getdyn(data, (int)i, &entry); i++) {
    const char *name = entry.d_tag == DT_NEEDED
                           ? elf_strptr(elf, header->sh_link, entry.d_un.d_val)
                           : NULL;
    if (name && strncmp(name, "libmemprof", 10) == 0)
      visitor->trace("library", name, visitor->context);
  }
}

static bool trace_object(const struct visitor *visitor, Elf *elf) {
  size_t names;
  if (elf_getshdrstrndx(elf, &names) != 0)
    return error("cannot read '%s': %s", visitor->path, elf_errmsg(-1));
  for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header))
      return error("cannot read '%s': %s", visitor->path, elf_errmsg(-1));
    const char *name = elf_strptr(elf, names, header.sh_name);
    if (name && strcmp(name, MEMPROF_SECTION) == 0)
      visitor->trace("section", name, visitor->context);
    bool is_symbols =
        header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM;
    if (!is_symbols && header.sh_type != SHT_DYNAMIC)
      continue;
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data)
      return error("cannot read '%s': %s", visitor->path, elf_errmsg(-1));
    if (is_symbols)
      trace_symbols(visitor, elf, &header, data);
    else
      trace_libraries(visitor, elf, &header, data);
  }
  return true;
}

/* ---- Files ---- */

static bool visit_elf(const struct visitor *visitor, Elf *elf, int fd);

static bool visit_archive(const struct visitor *visitor, Elf *archive, int fd) {
  bool fine = true;
  Elf_Cmd next = ELF_C_READ;
  Elf *member;
  while (fine && (member = elf_begin(fd, next, archive)) != NULL) {
    if (elf_kind(member) == ELF_K_ELF) /* else a symbol table, or a text */
      fine = visit_elf(visitor, member, fd);
    next = elf_next(member);
    elf_end(member);
  }
  return fine;
}

static bool visit_elf(const struct visitor *visitor, Elf *elf, int fd) {
  switch (elf_kind(elf)) {
  case ELF_K_ELF:
    return visitor->visit ? visit_object(visitor, elf)
                          : trace_object(visitor, elf);
  case ELF_K_AR:
    return visit_archive(visitor, elf, fd);
  default:
    return error("cannot read '%s': neither an ELF file nor an archive",
                 visitor->path);
  }
}

static bool visit_file(const struct visitor *visitor) {
  bool fine = false;
  Elf *elf = NULL;
  const char *path = visitor->path;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return error("cannot read '%s': %s", path, strerror(errno));
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    error("cannot read '%s': %s", path, strerror(EISDIR));
    goto out;
  }
  elf_version(EV_CURRENT);
  elf = elf_begin(fd, ELF_C_READ, NULL);
  if (!elf) {
    error("cannot read '%s': %s", path, elf_errmsg(-1));
    goto out;
  }
  fine = visit_elf(visitor, elf, fd);
out:
  elf_end(elf);
  close(fd);
  return fine;
}

bool binary_visit(const char *path, marked_visit *visit, void *context) {
  return visit_file(
      &(struct visitor){.path = path, .visit = visit, .context = context});
}

bool binary_trace(const char *path, trace_visit *trace, void *context) {
  return visit_file(
      &(struct visitor){.path = path, .trace = trace, .context = context});
}
