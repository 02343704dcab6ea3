/* sizes.h - sizes as users write and read them: "1.5MiB" to bytes, bytes to
 * "1.500 MiB". No state, no heap. */
#ifndef MEMPROF_COMMON_SIZES_H
#define MEMPROF_COMMON_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order of the option `unit`. */
enum size_unit { SIZE_B, SIZE_KIB, SIZE_MIB, SIZE_GIB, SIZE_AUTO };

/* Reads a size: digits, optional fraction, optional blanks, optional unit B KB
 * KiB MB MiB GB GiB (KB = 1000, KiB = 1024, any case). The whole text must
 * match and the value must fit and be a whole number of bytes (1.5KiB is, 0.3B
 * is not). Returns false otherwise and leaves *bytes alone. */
bool size_parse(const char *text, uint64_t *bytes);

/* Reads a count: decimal digits only, the whole text. Returns false otherwise.
 */
bool count_parse(const char *text, uint64_t *count);

/* Writes `bytes` in `unit` with `precision` (0..9) decimals, rounded half away
 * from zero, exact integer arithmetic: "22.888 MiB", "-0.500 KiB", "24000000 B"
 * (B has no decimals). SIZE_AUTO takes the largest unit in which the number is
 * at least 1. The result is cut to `capacity` with its NUL. Returns its length.
 */
size_t size_format(char *out, size_t capacity, int64_t bytes,
                   enum size_unit unit, unsigned precision);

#ifdef __cplusplus
}
#endif
#endif
