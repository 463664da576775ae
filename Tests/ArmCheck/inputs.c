// Pseudo-random inputs with special values among them, hashes that know one NaN only, and the lines of the answer.
#include "inputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_bytes(uint64_t hash, uint64_t word, int bytes) {
  for (int i = 0; i < bytes; i++) hash = (hash ^ (word >> (8 * i) & 0xff)) * UINT64_C(0x100000001b3);
  return hash;
}

uint64_t hash_floats(uint64_t hash, const float *values, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    hash = hash_bytes(hash, values[i] != values[i] ? 0x7fc00000u : bits, 4);
  }
  return hash;
}

uint64_t hash_doubles(uint64_t hash, const double *values, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    hash = hash_bytes(hash, values[i] != values[i] ? UINT64_C(0x7ff8000000000000) : bits, 8);
  }
  return hash;
}

uint64_t hash_words(uint64_t hash, const uint64_t *words, int64_t count) {
  for (int64_t i = 0; i < count; i++) hash = hash_bytes(hash, words[i], 8);
  return hash;
}

static const uint64_t seed = 20190528;

static float moderate(uint32_t word) { return (float)((int32_t)(word >> 8) - 0x800000) * 0x1p-23f; }

void moderate_floats(uint32_t stream, int64_t count, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = moderate(fs_philox(seed, stream, 0, (uint64_t)i).w0);
}

void small_floats(uint32_t stream, int64_t count, float *out) {
  for (int64_t i = 0; i < count; i++) {
    fs_philox_words w = fs_philox(seed, stream, 1, (uint64_t)i);
    out[i] = moderate(w.w0) * (w.w1 % 64 == 0 ? 0x1p-70f : 1.0f);
  }
}

void any_floats(uint32_t stream, int64_t count, float *out) {
  static const uint32_t special[] = {
      0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345,
      0x7f812345, 0x00000001, 0x80000001, 0x00000fff, 0x007fffff, 0x807fffff, 0x00800000, 0x80800000,
      0x7f7fffff, 0xff7fffff, 0x42b17218, 0xc2aeac50, 0xc2cff1b5, 0x49000000, 0x48ffffff, 0x3f200000,
      0x3fc90fdb, 0x40490fdb, 0xbfc90fdb, 0x3f60000e, 0x40800000, 0x3f7fffff, 0x3f800001, 0x33800000,
  };
  for (int64_t i = 0; i < count; i++) {
    fs_philox_words w = fs_philox(seed, stream, 2, (uint64_t)i);
    uint32_t bits = w.w0 % 4 == 0 ? special[(w.w1 >> 8) % (sizeof special / sizeof special[0])] : w.w2;
    memcpy(&out[i], &bits, sizeof bits);
  }
}

void any_doubles(uint32_t stream, int64_t count, double *out) {
  static const double special[] = {
      0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 0x1p-1074, -0x1p-1074, 0x1.fp-1030, 0x1p-1022, 0x1.fffffffffffffp1023,
      -0x1.fffffffffffffp1023, 0x1.fffffffffffffp-1, 0x1.0000000000001p0, 709.782712893384, 709.7827128933841,
      -745.1332191019411, -745.1332191019412, -708.3964185322641, 1.5707963267948966, 3.141592653589793, 1e5, 1e22,
      0x1p52, 0x1p53, 0x1p-27, 0x1p-54, 26.54, -6.0, 171.6, 1e-300, 1e300,
  };
  int count_of_special = (int)(sizeof special / sizeof special[0]);
  for (int64_t i = 0; i < count; i++) {
    fs_philox_words w = fs_philox(seed, stream, 3, (uint64_t)i);
    switch (w.w0 % 4) {
      case 0: {
        int which = (int)((w.w1 >> 8) % (uint32_t)(count_of_special + 3));
        if (which < count_of_special) {
          out[i] = special[which];
        } else {
          double beyond[] = {__builtin_inf(), -__builtin_inf(), __builtin_nan("")};
          out[i] = beyond[which - count_of_special];
        }
        break;
      }
      case 1: {
        uint64_t bits = (uint64_t)w.w2 << 32 | w.w3;
        memcpy(&out[i], &bits, sizeof bits);
        break;
      }
      default: out[i] = fs_uniform53(w.w2, w.w3) * 40.0 - 20.0;
    }
  }
}

void *allocate(int64_t count, size_t size) {
  void *memory = calloc(count > 0 ? (size_t)count : 1, size);
  if (!memory) {
    fprintf(stderr, "no memory for %" PRId64 " values of %zu bytes\n", count, size);
    exit(2);
  }
  return memory;
}

void report(const char *table, const char *kernel, uint64_t hash) {
  printf("%s\t%s\t%016" PRIx64 "\n", table, kernel, hash);
}
