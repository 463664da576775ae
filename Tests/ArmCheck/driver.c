// Prints a hash of every kernel's results, one line each: the table (or "common"), the kernel, the hash, tab-separated.
// Built for two machines, it must print the same hashes for all tables of both.
#include <stdio.h>

#include "inputs.h"

int main(void) {
  static const char *names[] = {"portable", "sse2", "avx2", "avx512", "neon"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const fs_kernels *kernels = fs_kernels_named(names[i]);
    if (kernels) check_table(kernels);
  }
  check_common();
  return ferror(stdout) || fflush(stdout) ? 2 : 0;
}
