// Known answers that every table must give before it may compute a run: they catch a wrong emulator, a compiler that
// contracts, a flag that flushes denormals.
#include <stdlib.h>
#include <string.h>

#include "fs_kernels.h"
#include "fs_philox.h"

/// FNV-1a of the floats' bits, every NaN as one.
static uint64_t hash_floats(uint64_t hash, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    if (x[i] != x[i]) bits = 0x7fc00000;
    for (int byte = 0; byte < 32; byte += 8) hash = (hash ^ (bits >> byte & 0xff)) * 0x100000001b3u;
  }
  return hash;
}

#define START 0xcbf29ce484222325u

/// Floats in [-1, 1), multiples of 2^-23.
static void fill(uint32_t stream, int64_t n, float *x) {
  for (int64_t i = 0; i < n; i++) {
    fs_philox_words w = fs_philox(20190528, stream, 0, (uint64_t)i);
    x[i] = (float)((int32_t)(w.w0 >> 8) - 0x800000) * 0x1p-23f;
  }
}

/// Random bit patterns: all exponents, both signs, some infinities, NaNs and denormals.
static void fill_patterns(uint32_t stream, int64_t n, float *x) {
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits = fs_philox(20190528, stream, 1, (uint64_t)i).w0;
    if (i % 16 == 0) bits &= 0x807fffff;
    if (i % 61 == 0) bits |= 0x7f800000;
    if (i % 122 == 0) bits &= 0xff800000;
    memcpy(&x[i], &bits, sizeof bits);
  }
}

/// a, b, c and fma(a, b, c) as bits: ties, sums that cancel, results that rounding twice would get wrong, denormals.
static const uint32_t fused_answers[][4] = {
#include "fused_answers.h"
};

static int fused_is_exact(const fs_kernels *kernels) {
  for (size_t i = 0; i < sizeof fused_answers / sizeof fused_answers[0]; i++) {
    float x[4], y = 0, panel[64];
    memcpy(x, fused_answers[i], sizeof x);
    fs_gemm g = {.m = 1, .n = 1, .k = 1, .a = &x[0], .lda = 1, .panels = panel, .c = &y, .ldc = 1, .bias = &x[2]};
    kernels->pack(1, 1, &x[1], 1, panel);
    kernels->gemm(&g);
    if (memcmp(&y, &x[3], sizeof y) != 0) return 0;
  }
  return 1;
}

enum { M = 29, N = 37, K = 23, ROWS = 150 };

static uint64_t gemm_hash(const fs_kernels *kernels) {
  float a[M * K], b[K * N], c[M * N], gate[M * N], bias[N], panels[64 * 2 * K];
  uint64_t hash = START;
  fill(1, M * K, a);
  fill(2, K * N, b);
  fill(3, M * N, gate);
  fill(4, N, bias);
  fill(5, M * N, c);
  for (int epilogue = FS_EPILOGUE_NONE; epilogue <= FS_EPILOGUE_GATE; epilogue++) {
    fs_gemm g = {.m = M, .n = N, .k = K, .a = a, .lda = K, .panels = panels, .c = c, .ldc = N, .gate = gate,
                 .ldgate = N, .slope = 0.2f, .epilogue = epilogue, .accumulate = epilogue & 1};
    if (epilogue == FS_EPILOGUE_GATE) g.bias = bias;
    if (epilogue & 1) {
      kernels->pack_transposed(K, N, b, K, panels);
    } else {
      kernels->pack(K, N, b, N, panels);
    }
    kernels->gemm(&g);
    hash = hash_floats(hash, c, M * N);
  }
  return hash;
}

static uint64_t gemm_tn_hash(const fs_kernels *kernels) {
  float x[ROWS * M], y[ROWS * N], c[M * N], sums[N];
  uint64_t hash = START;
  fill(6, ROWS * M, x);
  fill(7, ROWS * N, y);
  for (int accumulate = 0; accumulate < 2; accumulate++) {
    // Once the complete rows, then their halves as two pairs.
    int64_t pairs = 1 + accumulate, rows = ROWS / pairs;
    fs_factors factors[2] = {{x, M, y, N}, {x + rows * M, M, y + rows * N, N}};
    fs_gemm_tn g = {.rows = rows, .m = M, .n = N, .factors = factors, .pairs = pairs, .c = c, .ldc = N,
                    .colsum = sums, .accumulate = accumulate};
    kernels->gemm_tn(&g);
    hash = hash_floats(hash_floats(hash, c, M * N), sums, N);
  }
  return hash;
}

enum { COUNT = 1021 };

static uint64_t elementwise_hash(const fs_kernels *kernels) {
  float x[2 * COUNT], y[2 * COUNT], z[2 * COUNT];
  uint64_t hash = START;
  fill_patterns(8, COUNT, x);
  fill(9, COUNT, x + COUNT);
  for (int64_t i = COUNT; i < 2 * COUNT; i++) x[i] *= 16.0f;
  fill_patterns(10, COUNT, y);
  fill(11, COUNT, y + COUNT);
  fs_view a = {.data = x, .row_stride = COUNT, .col_stride = 1}, b = {.data = y, .row_stride = COUNT, .col_stride = 1};
  for (int32_t op = 0; op < FS_UNARY_COUNT; op++) {
    kernels->unary(op, 2, COUNT, a, z, COUNT);
    hash = hash_floats(hash, z, 2 * COUNT);
  }
  for (int32_t op = 0; op < FS_BINARY_COUNT; op++) {
    kernels->binary(op, 2, COUNT, a, b, z, COUNT);
    hash = hash_floats(hash, z, 2 * COUNT);
  }
  kernels->gate(2, COUNT, 0.2f, a, b, z, COUNT);
  hash = hash_floats(hash, z, 2 * COUNT);
  kernels->affine(2, COUNT, 1.7f, -0.3f, a, z, COUNT);
  return hash_floats(hash, z, 2 * COUNT);
}

static uint64_t reduction_hash(const fs_kernels *kernels) {
  float x[7 * 101], y[7 * 101], sums[7], total[101];
  fill(12, 7 * 101, x);
  fill(13, 7 * 101, y);
  fs_view a = {.data = x, .row_stride = 101, .col_stride = 1}, b = {.data = y, .row_stride = 101, .col_stride = 1};
  fs_view none = {.data = NULL};
  kernels->row_sum(7, 101, a, none, sums, 1);
  uint64_t hash = hash_floats(START, sums, 7);
  kernels->row_sum(7, 101, a, b, sums, 1);
  hash = hash_floats(hash, sums, 7);
  kernels->tree_sum(7, 101, x, 101, total);
  return hash_floats(hash, total, 101);
}

static uint64_t random_hash(const fs_kernels *kernels) {
  float x[200];
  kernels->uniform(0x0123456789abcdefu, 3, UINT64_C(1) << 40, 37, 200, x);
  uint64_t hash = hash_floats(START, x, 200);
  kernels->normal(0x0123456789abcdefu, 3, UINT64_C(1) << 40, (INT64_C(1) << 40) + 5, 200, x);
  return hash_floats(hash, x, 200);
}

static uint64_t optimiser_hash(const fs_kernels *kernels) {
  float p[COUNT], g[COUNT], s[COUNT], v[COUNT];
  fill(14, COUNT, p);
  fill(15, COUNT, g);
  for (int64_t i = 0; i < COUNT; i++) {
    s[i] = g[i] * g[i];
    v[i] = i % 7 == 0 ? 1e-30f : s[i];
    if (i % 7 == 0) g[i] = 1e-20f;
  }
  kernels->rmsprop(COUNT, p, g, s, 1e-3f, 0.9f, 1e-8f);
  uint64_t hash = hash_floats(hash_floats(START, p, COUNT), s, COUNT);
  kernels->adam(COUNT, p, g, s, v, 1e-3f, 0.9f, 0.999f, 1e-8f, 10.0f, 1000.0f);
  return hash_floats(hash_floats(hash_floats(hash, p, COUNT), s, COUNT), v, COUNT);
}

static uint64_t pair_hash(const fs_kernels *kernels) {
  enum { ROWS = 67, N = 131, COLUMNS = 37 };
  float x[ROWS * COLUMNS], y[N * COLUMNS], weights[N], sums[ROWS], directions[ROWS * COLUMNS];
  fill(16, ROWS * COLUMNS, x);
  fill(17, N * COLUMNS, y);
  fill(18, N, weights);
  for (int64_t k = 0; k < COLUMNS; k++) y[5 * COLUMNS + k] = x[3 * COLUMNS + k];
  fs_view v = {.data = weights, .row_stride = 1, .col_stride = 1};
  kernels->pair_sums(ROWS, N, COLUMNS, x, COLUMNS, y, COLUMNS, v, sums, 1);
  kernels->pair_directions(ROWS, N, COLUMNS, x, COLUMNS, y, COLUMNS, v, directions, COLUMNS);
  return hash_floats(hash_floats(START, sums, ROWS), directions, ROWS * COLUMNS);
}

static uint64_t momentum_hash(const fs_kernels *kernels) {
  float p[COUNT], g[COUNT], s[COUNT];
  fill(19, COUNT, p);
  fill(20, COUNT, g);
  for (int64_t i = 0; i < COUNT; i++) s[i] = g[i] * g[i];
  kernels->rmsprop_inside(COUNT, p, g, s, 1e-3f, 0.9f, 1e-8f);
  kernels->momentum(COUNT, p, g, s, 1e-2f, 0.9f);
  kernels->momentum(COUNT, p, g, NULL, 1e-2f, 0.0f);
  kernels->clip(COUNT, p, 0.5f);
  return hash_floats(hash_floats(START, p, COUNT), s, COUNT);
}

/// Images of 4 x 5 cells under a kernel of 3 x 3 with a frame of one cell: two routes of every other column, so that
/// results are not one run of memory, and one of all cells for the weights. The channels' chains are longer than what is
/// in progress at once.
static uint64_t convolution_hash(const fs_kernels *kernels) {
  enum { IMAGES = 3, HEIGHT = 4, WIDTH = 5, CELLS = HEIGHT * WIDTH, TAPS = 9, CHANNELS = 53, FILTERS = 5, PITCH = WIDTH + 2 };
  static const int32_t taps[TAPS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  int32_t offset[TAPS], target[3][CELLS], origin[3][CELLS], place[HEIGHT];
  for (int32_t t = 0; t < TAPS; t++) offset[t] = t / 3 * PITCH + t % 3;
  for (int32_t row = 0; row < HEIGHT; row++) place[row] = (row + 1) * PITCH + 1;
  fs_frame frame = {.cells = (HEIGHT + 2) * PITCH, .runs = HEIGHT, .length = WIDTH, .place = place};
  fs_route routes[3];
  for (int r = 0; r < 3; r++) {
    int64_t targets = 0;
    for (int32_t cell = 0; cell < CELLS; cell++) {
      if (r < 2 && cell % WIDTH % 2 != r) continue;
      origin[r][targets] = cell / WIDTH * PITCH + cell % WIDTH;
      target[r][targets++] = cell;
    }
    routes[r] = (fs_route){.targets = targets, .taps = TAPS, .target = target[r], .origin = origin[r], .tap = taps,
                           .offset = offset, .width = targets / HEIGHT};
  }
  float x[IMAGES * CELLS * CHANNELS], gate[IMAGES * CELLS * CHANNELS], y[IMAGES * CELLS * FILTERS];
  float w[TAPS * CHANNELS * FILTERS], bias[CHANNELS], sums[CHANNELS];
  size_t panels = kernels->convolution_panel_floats(CHANNELS, FILTERS, routes, 2);
  size_t other = kernels->convolution_panel_floats(FILTERS, CHANNELS, routes, 2);
  size_t scratch = kernels->convolution_scratch_floats(&frame, CHANNELS, 2, TAPS);
  if (panels < other) panels = other;
  float *memory = malloc((panels + scratch) * sizeof *memory);
  if (!memory) return 0;
  fill(21, IMAGES * CELLS * CHANNELS, x);
  fill(22, TAPS * CHANNELS * FILTERS, w);
  fill(24, CHANNELS, bias);
  fill(25, IMAGES * CELLS * CHANNELS, gate);
  fs_convolution g = {.rows = IMAGES, .depth = CHANNELS, .width = FILTERS, .a = x, .lda = CELLS * CHANNELS,
                      .frame = &frame, .routes = routes, .route_count = 2, .panels = memory, .c = y,
                      .ldc = CELLS * FILTERS, .bias = bias, .slope = 0.2f, .epilogue = FS_EPILOGUE_LEAKY,
                      .scratch = memory + panels};
  kernels->pack_convolution(CHANNELS, FILTERS, w, FILTERS, 0, routes, 2, memory);
  kernels->convolve(&g);
  uint64_t hash = hash_floats(START, y, IMAGES * CELLS * FILTERS);
  kernels->pack_convolution(CHANNELS, FILTERS, w, FILTERS, 1, routes, 2, memory);
  g.depth = FILTERS, g.width = CHANNELS, g.a = y, g.lda = CELLS * FILTERS, g.c = x, g.ldc = CELLS * CHANNELS;
  g.bias = NULL, g.gate = gate, g.ldgate = CELLS * CHANNELS, g.epilogue = FS_EPILOGUE_GATE;
  kernels->convolve(&g);
  hash = hash_floats(hash, x, IMAGES * CELLS * CHANNELS);
  fs_factors factors[2] = {{x, CELLS * CHANNELS, y, CELLS * FILTERS}, {x + CELLS, CELLS * CHANNELS, y + 3, CELLS * FILTERS}};
  fs_convolution_weights v = {.rows = IMAGES - 1, .channels = CHANNELS, .filters = FILTERS, .factors = factors, .pairs = 2,
                              .frame = &frame, .route = &routes[2], .c = w, .ldc = FILTERS, .accumulate = 1,
                              .scratch = memory + panels};
  kernels->convolve_weights(&v);
  hash = hash_floats(hash, w, TAPS * CHANNELS * FILTERS);
  factors[0].y = x, factors[1].y = x + CELLS;
  factors[0].ldy = factors[1].ldy = CELLS * CHANNELS;
  kernels->cell_sums(IMAGES - 1, CELLS, CHANNELS, factors, 2, sums, 0);
  free(memory);
  return hash_floats(hash, sums, CHANNELS);
}

/// Odd numbers of rows and dimensions, two tiles of columns; exponentials of all sizes.
static uint64_t double_hash(const fs_kernels *kernels) {
  enum { ROWS = 7, N = 528, DIMENSIONS = 3 };
  float a[(ROWS + N) * (DIMENSIONS + 1)];
  double x[(ROWS + N) * (DIMENSIONS + 1)], sums[ROWS + N] = {0};
  fill(23, sizeof a / sizeof a[0], a);
  for (size_t i = 0; i < sizeof a / sizeof a[0]; i++) x[i] = a[i];
  const double *y = x + ROWS * DIMENSIONS, *w = y + N * DIMENSIONS;
  kernels->distance_sums(ROWS, N, DIMENSIONS, x, ROWS, w, y, N, w + ROWS, sums, sums + ROWS);
  for (int64_t i = 0; i < N; i++) x[i] *= i % 2 ? 800.0 : 1.0;
  kernels->exp_doubles(N - 1, x, x);
  float bits[2 * (N + ROWS)];
  memcpy(bits, sums, sizeof sums);
  uint64_t hash = hash_floats(START, bits, 2 * (N + ROWS));
  memcpy(bits, x, N * sizeof x[0]);
  return hash_floats(hash, bits, 2 * N);
}

static const struct {
  uint64_t (*hash)(const fs_kernels *);
  uint64_t answer;
} answers[] = {
    {gemm_hash, 0x53adac231398ea40u},
    {gemm_tn_hash, 0xbe00c004ea54de85u},
    {elementwise_hash, 0x3600703a6acfd9e6u},
    {reduction_hash, 0xfef71efbb0d960dau},
    {random_hash, 0xdc30247dd669364fu},
    {optimiser_hash, 0x1ac675fd20add9b1u},
    {pair_hash, 0xd78376ca4d59e337u},
    {momentum_hash, 0xe0a37205a73d07e7u},
    {convolution_hash, 0x6d46f660209c4fa4u},
    {double_hash, 0xd448a9322b9ff756u},
};

int fs_selftest(const fs_kernels *kernels) {
  if (!fused_is_exact(kernels)) return 1;
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    if (answers[i].hash(kernels) != answers[i].answer) return (int)i + 2;
  }
  return 0;
}
