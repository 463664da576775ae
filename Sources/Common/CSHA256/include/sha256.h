// SHA-256 (FIPS 180-4): the compression of complete blocks, and a stream around it.
#ifndef FASTSIM_SHA256_H
#define FASTSIM_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A message in progress. `fs_sha256_begin` makes one; it may be copied.
typedef struct {
  uint32_t state[8];
  /// Bytes taken so far; the last `length % 64` of them wait in `block`.
  uint64_t length;
  uint8_t block[64];
} fs_sha256;

fs_sha256 fs_sha256_begin(void);

/// Adds `count` bytes. `bytes` may be null when `count` is 0.
void fs_sha256_update(fs_sha256 *stream, const void *bytes, size_t count);

/// Writes the 32 bytes of the digest of all bytes that were added. The stream itself is not changed.
void fs_sha256_finish(const fs_sha256 *stream, uint8_t digest[32]);

/// Section 6.2.2 of FIPS 180-4 for `count` blocks of 64 bytes, in portable C.
void fs_sha256_blocks_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

/// The same with the SHA instructions of x86. Must not be called where `fs_sha256_has_instructions` is false.
void fs_sha256_blocks_instructions(uint32_t state[8], const uint8_t *blocks, size_t count);

/// Whether this processor has the SHA instructions that `fs_sha256_blocks_instructions` uses.
bool fs_sha256_has_instructions(void);

#endif
