// c = epilogue(init + a b) over packed panels of b: a register tile of FS_ROWS x FS_COLUMNS chains, k ascending.

#define FS_COLUMNS (FS_VECTORS * FS_LANES)

static size_t panel_floats(int64_t k, int64_t n) {
  if (k <= 0 || n <= 0) return 0;
  return (size_t)((n + FS_COLUMNS - 1) / FS_COLUMNS) * FS_COLUMNS * (size_t)k;
}

/// Panel p holds columns p FS_COLUMNS … of every row k, FS_COLUMNS floats a row, the missing ones +0.
static void pack(int64_t k, int64_t n, const float *b, int64_t ldb, float *panels) {
  for (int64_t j = 0; j < n; j += FS_COLUMNS) {
    int64_t width = n - j < FS_COLUMNS ? n - j : FS_COLUMNS;
    for (int64_t r = 0; r < k; r++, panels += FS_COLUMNS) {
      const float *row = b + r * ldb + j;
      for (int64_t l = 0; l < width; l++) panels[l] = row[l];
      for (int64_t l = width; l < FS_COLUMNS; l++) panels[l] = 0.0f;
    }
  }
}

static void pack_transposed(int64_t k, int64_t n, const float *bt, int64_t ldbt, float *panels) {
  for (int64_t j = 0; j < n; j += FS_COLUMNS) {
    int64_t width = n - j < FS_COLUMNS ? n - j : FS_COLUMNS;
    for (int64_t r = 0; r < k; r++, panels += FS_COLUMNS) {
      const float *column = bt + j * ldbt + r;
      for (int64_t l = 0; l < width; l++) panels[l] = column[l * ldbt];
      for (int64_t l = width; l < FS_COLUMNS; l++) panels[l] = 0.0f;
    }
  }
}

/// One term of every chain of a tile: acc[r][v] = fma(x[r stride], y[v FS_LANES …], acc[r][v]).
FS_INLINE void terms(const int rows, const int vectors, const float *x, int64_t stride, const float *y,
                     V acc[FS_ROWS][FS_VECTORS]) {
  V b[FS_VECTORS];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) b[v] = load(y + v * FS_LANES);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    V a = splat(x[r * stride]);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) acc[r][v] = fused(a, b[v], acc[r][v]);
  }
}

/// The epilogue of a tile's chains: acc where its gate, or acc itself, is above 0; else slope * acc.
FS_INLINE void gated(const int rows, const int vectors, const int is_zero, const fs_gemm *g, int64_t i, int64_t j,
                     int64_t width, V acc[FS_ROWS][FS_VECTORS]) {
  V slope = splat(g->slope), most = largest_factor(g->slope);
  const float *gate = g->gate + i * g->ldgate + j;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      V open = acc[r][v];
      if (g->epilogue == FS_EPILOGUE_GATE) open = load_count(gate + r * g->ldgate + v * FS_LANES, width - v * FS_LANES);
      acc[r][v] = choose(open > splat(0.0f), acc[r][v], is_zero ? closed(acc[r][v], slope, most) : slope * acc[r][v]);
    }
}

/// One tile of c: rows i …, columns j … of which `width` exist.
FS_INLINE void tile(const int rows, const int vectors, const fs_gemm *g, int64_t i, int64_t j, int64_t width,
                    const float *panel) {
  V acc[FS_ROWS][FS_VECTORS];
  float *c = g->c + i * g->ldc + j;
  if (g->bias) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      V bias = load_count(g->bias + j + v * FS_LANES, width - v * FS_LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) acc[r][v] = bias;
    }
  } else if (g->accumulate) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) acc[r][v] = load_count(c + r * g->ldc + v * FS_LANES, width - v * FS_LANES);
  } else {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) acc[r][v] = splat(0.0f);
  }
  const float *a = g->a + i * g->lda;
  for (int64_t k = 0; k < g->k; k++) terms(rows, vectors, a + k, g->lda, panel + k * FS_COLUMNS, acc);
  if (g->epilogue != FS_EPILOGUE_NONE) {
    // Where the slope is not 0, nothing has to be kept from becoming NaN.
    if (g->slope == 0.0f)
      gated(rows, vectors, 1, g, i, j, width, acc);
    else
      gated(rows, vectors, 0, g, i, j, width, acc);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) store_count(c + r * g->ldc + v * FS_LANES, acc[r][v], width - v * FS_LANES);
}

#define FS_TILE_OF(v) \
  static __attribute__((noinline)) void tile_of_##v(int rows, const fs_gemm *g, int64_t i, int64_t j, int64_t width, \
                                                    const float *panel) { \
    switch (rows) { \
      FS_EACH_ROW_COUNT(v) \
    } \
  }
#define FS_CASE(r, v) case r: tile(r, v, g, i, j, width, panel); break;
#include "row_counts.h"
FS_TILE_OF(1) FS_TILE_OF(2)
#if FS_VECTORS > 2
FS_TILE_OF(3) FS_TILE_OF(4)
#endif
#undef FS_CASE

static void gemm_tile(int rows, const fs_gemm *g, int64_t i, int64_t j, const float *panel) {
  int64_t width = g->n - j;
#if FS_VECTORS > 2
  if (width > 3 * FS_LANES) return tile_of_4(rows, g, i, j, width, panel);
  if (width > 2 * FS_LANES) return tile_of_3(rows, g, i, j, width, panel);
#endif
  if (width > FS_LANES) return tile_of_2(rows, g, i, j, width, panel);
  tile_of_1(rows, g, i, j, width, panel);
}

static void gemm(const fs_gemm *g) {
  if (g->m <= 0 || g->n <= 0) return;
  // Tiles of near-equal height: a thin last one would leave the multipliers idle.
  int64_t tiles = (g->m + FS_ROWS - 1) / FS_ROWS, height = g->m / tiles, taller = g->m % tiles;
  for (int64_t t = 0, i = 0; t < tiles; t++) {
    int rows = (int)(height + (t < taller));
    for (int64_t j = 0; j < g->n; j += FS_COLUMNS) gemm_tile(rows, g, i, j, g->panels + j * g->k);
    i += rows;
  }
}
