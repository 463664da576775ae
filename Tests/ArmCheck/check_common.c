// What no table holds: the double-precision functions, Philox words, permutations, gathered rows, the pool's state.
#include <stdlib.h>
#include <string.h>

#include "inputs.h"

enum { DOUBLES = 20000 };

static const struct {
  const char *name;
  double (*of)(double);
} functions[] = {
    {"fs_exp", fs_exp},       {"fs_expm1", fs_expm1},   {"fs_log", fs_log},   {"fs_log1p", fs_log1p},
    {"fs_sqrt", fs_sqrt},     {"fs_sinh", fs_sinh},     {"fs_cosh", fs_cosh}, {"fs_tanh", fs_tanh},
    {"fs_sigmoid", fs_sigmoid}, {"fs_softplus", fs_softplus},
    {"fs_sin", fs_sin},       {"fs_cos", fs_cos},       {"fs_tan", fs_tan},   {"fs_atan", fs_atan},
    {"fs_asin", fs_asin},     {"fs_acos", fs_acos},     {"fs_erf", fs_erf},   {"fs_erfc", fs_erfc},
    {"fs_erfinv", fs_erfinv}, {"fs_probit", fs_probit}, {"fs_lgamma", fs_lgamma},
};

static const struct {
  const char *name;
  double (*of)(double, double);
} functions_of_two[] = {
    {"fs_pow", fs_pow}, {"fs_hypot", fs_hypot}, {"fs_atan2", fs_atan2}, {"fs_gamma_q", fs_gamma_q},
    {"fs_copysign", fs_copysign},
};

static void check_functions(void) {
  double *x = allocate(DOUBLES, sizeof *x), *y = allocate(DOUBLES, sizeof *y), *z = allocate(2 * DOUBLES, sizeof *z);
  any_doubles(20, DOUBLES, x);
  any_doubles(21, DOUBLES, y);
  // Functions of [-1, 1] or [0, 1] see that interval as often as everything else.
  for (int i = 0; i < DOUBLES; i += 2) x[i] = x[i] >= -20.0 && x[i] < 20.0 ? x[i] / 20.0 : x[i];
  for (size_t f = 0; f < sizeof functions / sizeof functions[0]; f++) {
    for (int i = 0; i < DOUBLES; i++) z[i] = functions[f].of(x[i]);
    report("common", functions[f].name, hash_doubles(HASH_START, z, DOUBLES));
  }
  for (size_t f = 0; f < sizeof functions_of_two / sizeof functions_of_two[0]; f++) {
    for (int i = 0; i < DOUBLES; i++) z[i] = functions_of_two[f].of(x[i], y[i]);
    report("common", functions_of_two[f].name, hash_doubles(HASH_START, z, DOUBLES));
  }
  for (int i = 0; i < DOUBLES; i++) fs_sincos2pi(x[i], &z[2 * i], &z[2 * i + 1]);
  report("common", "fs_sincos2pi", hash_doubles(HASH_START, z, 2 * DOUBLES));
  fs_exp_array(DOUBLES, x, z);
  fs_log_array(DOUBLES, x, z + DOUBLES);
  report("common", "fs_exp_array, fs_log_array", hash_doubles(HASH_START, z, 2 * DOUBLES));
  free(x), free(y), free(z);
}

static void check_words(void) {
  uint64_t hash = HASH_START, uniform = HASH_START;
  for (uint64_t i = 0; i < 20000; i++) {
    fs_philox_words w = fs_philox(i * UINT64_C(0x9e3779b97f4a7c15), (uint32_t)(i % 7), i << 30, i * i);
    uint64_t words[2] = {(uint64_t)w.w1 << 32 | w.w0, (uint64_t)w.w3 << 32 | w.w2};
    double u = fs_uniform53(w.w0, w.w1);
    hash = hash_words(hash, words, 2);
    uniform = hash_doubles(uniform, &u, 1);
  }
  report("common", "fs_philox", hash);
  report("common", "fs_uniform53", uniform);
}

static void check_rows(void) {
  const uint64_t lengths[] = {0, 1, 2, 3, 5, 64, 1000, 65537, UINT64_C(1) << 33, (UINT64_C(1) << 62) + 1};
  enum { COUNT = 5000 };
  int64_t *index = allocate(COUNT, sizeof *index);
  uint64_t hash = HASH_START;
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    fs_permuted_indices(7 + i, (uint32_t)i, lengths[i], lengths[i] / 2 + i, COUNT, index);
    for (int k = 0; k < COUNT; k++) hash = hash_words(hash, &(uint64_t){(uint64_t)index[k]}, 1);
  }
  report("common", "fs_permuted_indices", hash);

  enum { ROWS = 1000, COLUMNS = 7, STRIDE = 9 };
  float *table = allocate(ROWS * STRIDE, sizeof *table), *out = allocate(COUNT * COLUMNS, sizeof *out);
  any_floats(22, ROWS * STRIDE, table);
  fs_permuted_indices(3, 1, ROWS, 17, COUNT, index);
  fs_gather_rows(COUNT, COLUMNS, table, STRIDE, index, out);
  report("common", "fs_gather_rows", hash_floats(HASH_START, out, COUNT * COLUMNS));
  const int32_t starts[] = {0, 1, 1, 5, 6, 8}, sources[] = {4, 0, 8, 3, 7, 2, 2, 6};
  fs_map_columns(ROWS, 5, starts, sources, table, STRIDE, out, COLUMNS);
  report("common", "fs_map_columns", hash_floats(HASH_START, out, ROWS * COLUMNS));
  free(index), free(table), free(out);
}

/// Makes this thread flush denormals to zero; returns the state to restore.
static uint64_t flush_denormals(void) {
#if defined(__x86_64__)
  uint32_t before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(before | 0x8040);
  return before;
#else
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | 1 << 24));
  return before;
#endif
}

static void restore(uint64_t state) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((uint32_t)state);
#else
  __asm__ volatile("msr fpcr, %0" : : "r"(state));
#endif
}

enum { CHUNK = 61, CHUNKS = 64 };

typedef struct denormal_work {
  const fs_kernels *kernels;
  const float *in;
  float *out;
} denormal_work;

static void halve(void *context, int64_t chunk, int worker) {
  const denormal_work *work = context;
  fs_view a = {.data = work->in + chunk * CHUNK, .row_stride = CHUNK, .col_stride = 1};
  (void)worker;
  work->kernels->affine(1, CHUNK, 0.5f, 0.0f, a, work->out + chunk * CHUNK, CHUNK);
}

/// Inside the pool denormals are kept, whatever the caller's own state is.
static void check_pool(void) {
  float *in = allocate(CHUNK * CHUNKS, sizeof *in), *out = allocate(CHUNK * CHUNKS, sizeof *out);
  for (int i = 0; i < CHUNK * CHUNKS; i++) {
    uint32_t bits = fs_philox(5, 23, 0, (uint64_t)i).w0 & 0x80ffffff;
    memcpy(&in[i], &bits, sizeof bits);
  }
  uint64_t hash = HASH_START;
  for (int threads = 1; threads <= 4; threads++) {
    fs_pool *pool = fs_pool_create(threads);
    if (!pool) exit(2);
    denormal_work work = {fs_kernels_named(NULL), in, out};
    uint64_t state = flush_denormals();
    fs_pool_run(pool, CHUNKS, halve, &work);
    restore(state);
    fs_pool_destroy(pool);
    hash = hash_floats(hash, out, CHUNK * CHUNKS);
  }
  report("common", "fs_pool keeps denormals", hash);
  free(in), free(out);
}

void check_common(void) {
  check_functions();
  check_words();
  check_rows();
  check_pool();
}
