/* What -fsanitize-coverage=trace-pc-guard,trace-cmp calls. */
#include <stdint.h>
#include <stdio.h>

static int passed;
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop) {
  for (uint32_t *guard = start; guard < stop; guard++)
    *guard = 1;
}
void __sanitizer_cov_trace_pc_guard(uint32_t *guard) { passed += *guard; }
void __sanitizer_cov_trace_const_cmp1(uint8_t a, uint8_t b) {}
void __sanitizer_cov_trace_const_cmp4(uint32_t a, uint32_t b) {}
void __sanitizer_cov_trace_const_cmp8(uint64_t a, uint64_t b) {}
void __sanitizer_cov_trace_cmp4(uint32_t a, uint32_t b) {}
void __sanitizer_cov_trace_cmp8(uint64_t a, uint64_t b) {}

__attribute__((destructor)) static void tell(void) {
  if (passed)
    puts("guards: some");
}
