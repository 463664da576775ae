// Which instruction sets this CPU and its system offer, and the table chosen by name, environment or merit.
#include <stdlib.h>
#include <string.h>

#include "tables.h"

#if defined(__x86_64__)
#include <cpuid.h>

/// The register state that the system saves: XCR0, or 0 where it saves none of the wider registers.
static uint64_t saved_state(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static int has_avx2(void) {
  unsigned a, b, c, d;
  if ((saved_state() & 0x06) != 0x06 || !__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_FMA)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2);
}

static int has_avx512(void) {
  unsigned a, b, c, d, wanted = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
  if (!has_avx2() || (saved_state() & 0xe6) != 0xe6) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & wanted) == wanted;
}
#endif

static int always(void) { return 1; }

/// Best first.
static const struct {
  const fs_kernels *table;
  int (*offered)(void);
} choices[] = {
#if defined(__x86_64__)
    {&fs_table_avx512, has_avx512},
    {&fs_table_avx2, has_avx2},
    {&fs_table_sse2, always},
#endif
#if defined(__aarch64__)
    {&fs_table_neon, always},
#endif
    {&fs_table_portable, always},
};

const fs_kernels *fs_kernels_named(const char *name) {
  if (!name) name = getenv("FASTSIM_ISA");
  if (name && !*name) name = NULL;
  for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
    if (name && strcmp(name, choices[i].table->name) != 0) continue;
    if (choices[i].offered()) return choices[i].table;
  }
  return NULL;
}
