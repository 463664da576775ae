// c = init + x^T y, rows ascending and in each row pair after pair. The operands are contiguous across their columns, so
// only the ys are copied, block by block, into a panel in the order of the chain; the chains continue through c from block
// to block.

/// Rows of the panel: a block has this many terms at most.
#define FS_BLOCK_TERMS 128

/// sum[v] += the ys' columns j + v FS_LANES …, row by row and in each row pair after pair.
FS_INLINE void add_columns(const int vectors, const fs_gemm_tn *g, int64_t j, V *sum) {
  V part[8];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) part[v] = sum[v];
  for (int64_t r = 0; r < g->rows; r++) {
    for (int64_t p = 0; p < g->pairs; p++) {
      const float *y = g->factors[p].y + r * g->factors[p].ldy + j;
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) part[v] += load(y + v * FS_LANES);
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) sum[v] = part[v];
}

/// colsum[j] = init + plain sum of the ys, up to eight vectors at a time so that the additions overlap.
static void column_sums(const fs_gemm_tn *g) {
  for (int64_t j = 0; j < g->n;) {
    int64_t width = g->n - j;
    int vectors = width >= 8 * FS_LANES ? 8 : width >= 4 * FS_LANES ? 4 : 1;
    V sum[8];
    for (int v = 0; v < vectors; v++)
      sum[v] = g->accumulate ? load_count(g->colsum + j + v * FS_LANES, width - v * FS_LANES) : splat(0.0f);
    if (vectors == 8) {
      add_columns(8, g, j, sum);
    } else if (vectors == 4) {
      add_columns(4, g, j, sum);
    } else if (width >= FS_LANES) {
      add_columns(1, g, j, sum);
    } else {
      for (int64_t r = 0; r < g->rows; r++)
        for (int64_t p = 0; p < g->pairs; p++) sum[0] += load_part(g->factors[p].y + r * g->factors[p].ldy + j, width);
    }
    for (int v = 0; v < vectors; v++) store_count(g->colsum + j + v * FS_LANES, sum[v], width - v * FS_LANES);
    j += vectors * FS_LANES;
  }
}

/// Rows first … first+rows-1 of the ys' columns j … j+width-1, row by row and in each row pair after pair.
static void pack_factors(const fs_gemm_tn *g, int64_t first, int64_t rows, int64_t j, int64_t width, float *panel) {
  for (int64_t p = 0; p < g->pairs; p++, panel += FS_COLUMNS) {
    int64_t ldy = g->factors[p].ldy, step = g->pairs * FS_COLUMNS;
    const float *y = g->factors[p].y + first * ldy + j;
    float *to = panel;
    if (width == FS_COLUMNS) {
      for (int64_t r = 0; r < rows; r++, y += ldy, to += step) {
#pragma clang loop unroll(full)
        for (int v = 0; v < FS_VECTORS; v++) store(to + v * FS_LANES, load(y + v * FS_LANES));
      }
      continue;
    }
    for (int64_t r = 0; r < rows; r++, y += ldy, to += step) {
      for (int64_t l = 0; l < width; l++) to[l] = y[l];
      for (int64_t l = width; l < FS_COLUMNS; l++) to[l] = 0.0f;
    }
  }
}

/// How many terms ahead an x is fetched into the cache.
#define FS_TERMS_AHEAD 8

/// The rows of the xs in the order of the chain, then the last one again as often as is fetched ahead.
static void list_rows(const fs_gemm_tn *g, int64_t first, int64_t rows, const float **xs) {
  for (int64_t r = first; r < first + rows; r++)
    for (int64_t p = 0; p < g->pairs; p++) *xs++ = g->factors[p].x + r * g->factors[p].ldx;
  for (int ahead = 0; ahead < FS_TERMS_AHEAD; ahead++, xs++) *xs = xs[-1];
}

/// Columns i … of `k` rows of the xs times a panel, into one tile of c.
typedef struct fs_part_tn {
  const float *const *xs;
  int64_t k, i;
  const float *panel;
  float *c;
  int64_t ldc, width;
  int accumulate;
} fs_part_tn;

FS_INLINE void tile_tn(const int rows, const int vectors, const fs_part_tn *t) {
  V acc[FS_ROWS][FS_VECTORS];
  float *c = t->c;
  const float *y = t->panel;
  const float *const *xs = t->xs;
  int64_t i = t->i;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      acc[r][v] = t->accumulate ? load_count(c + r * t->ldc + v * FS_LANES, t->width - v * FS_LANES) : splat(0.0f);
  for (int64_t k = 0; k < t->k; k++, y += FS_COLUMNS) {
    __builtin_prefetch(xs[k + FS_TERMS_AHEAD] + i);
    terms(rows, vectors, xs[k] + i, 1, y, acc);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      store_count(c + r * t->ldc + v * FS_LANES, acc[r][v], t->width - v * FS_LANES);
}

#define FS_TILE_TN_OF(v) \
  static __attribute__((noinline)) void tile_tn_of_##v(int rows, const fs_part_tn *t) { \
    switch (rows) { \
      FS_EACH_ROW_COUNT(v) \
    } \
  }
#define FS_CASE(r, v) case r: tile_tn(r, v, t); break;
FS_TILE_TN_OF(1) FS_TILE_TN_OF(2)
#if FS_VECTORS > 2
FS_TILE_TN_OF(3) FS_TILE_TN_OF(4)
#endif
#undef FS_CASE

static void gemm_tn_tile(int rows, const fs_part_tn *t) {
#if FS_VECTORS > 2
  if (t->width > 3 * FS_LANES) return tile_tn_of_4(rows, t);
  if (t->width > 2 * FS_LANES) return tile_tn_of_3(rows, t);
#endif
  if (t->width > FS_LANES) return tile_tn_of_2(rows, t);
  tile_tn_of_1(rows, t);
}

static void gemm_tn(const fs_gemm_tn *g) {
  if (g->n <= 0) return;
  if (g->colsum) column_sums(g);
  if (!g->c || g->m <= 0) return;
  float panel[FS_BLOCK_TERMS * FS_COLUMNS] __attribute__((aligned(64)));
  const float *xs[FS_BLOCK_TERMS + FS_TERMS_AHEAD];
  int64_t tiles = (g->m + FS_ROWS - 1) / FS_ROWS, height = g->m / tiles, taller = g->m % tiles;
  int64_t most = FS_BLOCK_TERMS / g->pairs;
  for (int64_t first = 0; first == 0 || first < g->rows; first += most) {
    int64_t rows = g->rows - first < most ? g->rows - first : most;
    if (rows > 0) list_rows(g, first, rows, xs);
    for (int64_t j = 0; j < g->n; j += FS_COLUMNS) {
      int64_t width = g->n - j < FS_COLUMNS ? g->n - j : FS_COLUMNS;
      pack_factors(g, first, rows, j, width, panel);
      fs_part_tn part = {.xs = xs, .k = rows * g->pairs, .panel = panel,
                         .ldc = g->ldc, .width = width, .accumulate = first > 0 || g->accumulate};
      for (int64_t t = 0; t < tiles; t++) {
        int tall = (int)(height + (t < taller));
        part.c = g->c + part.i * g->ldc + j;
        gemm_tn_tile(tall, &part);
        part.i += tall;
      }
    }
  }
}
