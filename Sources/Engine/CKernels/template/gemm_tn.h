// c = init + x^T y, rows ascending: both operands are contiguous across their columns, so only y is copied, block by
// block, into a panel; the chains go on through c from block to block.

#define FS_BLOCK_ROWS 128

/// colsum[j] = init + plain sum over rows ascending, eight vectors at a time so that the additions overlap.
static void column_sums(const fs_gemm_tn *g) {
  for (int64_t j = 0; j < g->n; j += 8 * FS_LANES) {
    int64_t width = g->n - j < 8 * FS_LANES ? g->n - j : 8 * FS_LANES;
    int64_t whole = width / FS_LANES, part = width % FS_LANES;
    float *out = g->colsum + j;
    V sum[8], last = g->accumulate ? load_part(out + whole * FS_LANES, part) : splat(0.0f);
    for (int64_t v = 0; v < 8; v++) sum[v] = g->accumulate && v < whole ? load(out + v * FS_LANES) : splat(0.0f);
    const float *y = g->y + j;
    for (int64_t r = 0; r < g->rows; r++, y += g->ldy) {
      if (whole == 8) {
#pragma clang loop unroll(full)
        for (int v = 0; v < 8; v++) sum[v] += load(y + v * FS_LANES);
        continue;
      }
#pragma clang loop unroll(full)
      for (int v = 0; v < 8; v++)
        if (v < whole) sum[v] += load(y + v * FS_LANES);
      if (part) last += load_part(y + whole * FS_LANES, part);
    }
    for (int64_t v = 0; v < whole; v++) store(out + v * FS_LANES, sum[v]);
    if (part) store_part(out + whole * FS_LANES, last, part);
  }
}

FS_INLINE void tile_tn(const int rows, const int vectors, int64_t k, const float *x, int64_t ldx, const float *panel,
                       float *c, int64_t ldc, int64_t width, int accumulate) {
  V acc[FS_ROWS][FS_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      acc[r][v] = accumulate ? load_count(c + r * ldc + v * FS_LANES, width - v * FS_LANES) : splat(0.0f);
  chains(rows, vectors, k, x, 1, ldx, panel, acc);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) store_count(c + r * ldc + v * FS_LANES, acc[r][v], width - v * FS_LANES);
}

#define FS_TILE_TN_OF(v) \
  static __attribute__((noinline)) void tile_tn_of_##v(int rows, int64_t k, const float *x, int64_t ldx, \
                                                       const float *panel, float *c, int64_t ldc, int64_t width, \
                                                       int accumulate) { \
    switch (rows) { \
      FS_EACH_ROW_COUNT(v) \
    } \
  }
#define FS_CASE(r, v) case r: tile_tn(r, v, k, x, ldx, panel, c, ldc, width, accumulate); break;
FS_TILE_TN_OF(1) FS_TILE_TN_OF(2)
#if FS_VECTORS > 2
FS_TILE_TN_OF(3) FS_TILE_TN_OF(4)
#endif
#undef FS_CASE

static void gemm_tn_tile(int rows, int64_t k, const float *x, int64_t ldx, const float *panel, float *c, int64_t ldc,
                         int64_t width, int accumulate) {
#if FS_VECTORS > 2
  if (width > 3 * FS_LANES) return tile_tn_of_4(rows, k, x, ldx, panel, c, ldc, width, accumulate);
  if (width > 2 * FS_LANES) return tile_tn_of_3(rows, k, x, ldx, panel, c, ldc, width, accumulate);
#endif
  if (width > FS_LANES) return tile_tn_of_2(rows, k, x, ldx, panel, c, ldc, width, accumulate);
  tile_tn_of_1(rows, k, x, ldx, panel, c, ldc, width, accumulate);
}

static void gemm_tn(const fs_gemm_tn *g) {
  if (g->n <= 0) return;
  if (g->colsum) column_sums(g);
  if (!g->c || g->m <= 0) return;
  float panel[FS_BLOCK_ROWS * FS_COLUMNS] __attribute__((aligned(64)));
  int64_t tiles = (g->m + FS_ROWS - 1) / FS_ROWS, height = g->m / tiles, taller = g->m % tiles;
  for (int64_t first = 0; first == 0 || first < g->rows; first += FS_BLOCK_ROWS) {
    int64_t rows = g->rows - first < FS_BLOCK_ROWS ? g->rows - first : FS_BLOCK_ROWS;
    int accumulate = first > 0 || g->accumulate;
    for (int64_t j = 0; j < g->n; j += FS_COLUMNS) {
      int64_t width = g->n - j < FS_COLUMNS ? g->n - j : FS_COLUMNS;
      pack(rows, width, g->y + first * g->ldy + j, g->ldy, panel);
      for (int64_t t = 0, i = 0; t < tiles; t++) {
        int tall = (int)(height + (t < taller));
        gemm_tn_tile(tall, rows, g->x + first * g->ldx + i, g->ldx, panel, g->c + i * g->ldc + j, g->ldc, width,
                     accumulate);
        i += tall;
      }
    }
  }
}
