// Euclidean distances between all rows of two matrices, in tiles: no matrix of distances is ever in memory.

/// Rows of x and columns of the tile of distances that are in progress together, and dimensions that are turned at the
/// same time.
enum { FS_PAIR_ROWS = 64, FS_PAIR_COLUMNS = 64, FS_PAIR_DEPTH = 32 };

/// Squared distances of `rows` rows of x to `count` rows of y, one chain over the dimensions each. Beyond `count` they
/// are those of +0.
FS_INLINE void squared_distances(int64_t rows, int64_t count, int64_t cols, const float *x, int64_t ldx, const float *y,
                                 int64_t ldy, float squares[FS_PAIR_ROWS][FS_PAIR_COLUMNS]) {
  float turned[FS_PAIR_DEPTH][FS_PAIR_COLUMNS];
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < FS_PAIR_COLUMNS; j += FS_LANES) store(squares[i] + j, splat(0.0f));
  for (int64_t first = 0; first < cols; first += FS_PAIR_DEPTH) {
    int64_t depth = cols - first < FS_PAIR_DEPTH ? cols - first : FS_PAIR_DEPTH;
    for (int64_t k = 0; k < depth; k++)
      for (int64_t j = 0; j < FS_PAIR_COLUMNS; j++) turned[k][j] = j < count ? y[j * ldy + first + k] : 0.0f;
    for (int64_t i = 0; i < rows; i++) {
      const float *row = x + i * ldx + first;
      for (int64_t j = 0; j < FS_PAIR_COLUMNS; j += FS_LANES) {
        V sum = load(squares[i] + j);
        for (int64_t k = 0; k < depth; k++) {
          V difference = splat(row[k]) - load(turned[k] + j);
          sum += difference * difference;
        }
        store(squares[i] + j, sum);
      }
    }
  }
}

/// The weights of `count` rows from row `first` on, +0 beyond.
FS_INLINE void pair_weights(int64_t first, int64_t count, fs_view v, float weights[FS_PAIR_COLUMNS]) {
  for (int64_t j = 0; j < FS_PAIR_COLUMNS; j++) weights[j] = j < count ? v.data[(first + j) * v.row_stride] : 0.0f;
}

static void pair_sums(int64_t rows, int64_t n, int64_t cols, const float *x, int64_t ldx, const float *y, int64_t ldy,
                      fs_view v, float *out, int64_t ldout) {
  float squares[FS_PAIR_ROWS][FS_PAIR_COLUMNS], weights[FS_PAIR_COLUMNS];
  for (int64_t top = 0; top < rows; top += FS_PAIR_ROWS) {
    int64_t height = rows - top < FS_PAIR_ROWS ? rows - top : FS_PAIR_ROWS;
    for (int64_t i = 0; i < height; i++) out[(top + i) * ldout] = 0.0f;
    for (int64_t first = 0; first < n; first += FS_PAIR_COLUMNS) {
      int64_t count = n - first < FS_PAIR_COLUMNS ? n - first : FS_PAIR_COLUMNS;
      squared_distances(height, count, cols, x + top * ldx, ldx, y + first * ldy, ldy, squares);
      pair_weights(first, count, v, weights);
      for (int64_t i = 0; i < height; i++) {
        V sum[FS_GROUPS];
        for (int g = 0; g < FS_GROUPS; g++) sum[g] = splat(0.0f);
        for (int64_t j = 0; j < FS_PAIR_COLUMNS; j += 16)
#pragma clang loop unroll(full)
          for (int g = 0; g < FS_GROUPS; g++)
            sum[g] += load(weights + j + g * FS_LANES) * root(load(squares[i] + j + g * FS_LANES));
#pragma clang loop unroll(full)
        for (int width = FS_GROUPS / 2; width > 0; width /= 2)
#pragma clang loop unroll(full)
          for (int g = 0; g < width; g++) sum[g] += sum[g + width];
        out[(top + i) * ldout] += lane_tree(sum[0]);
      }
    }
  }
}

static void pair_directions(int64_t rows, int64_t n, int64_t cols, const float *x, int64_t ldx, const float *y,
                            int64_t ldy, fs_view v, float *out, int64_t ldout) {
  float squares[FS_PAIR_ROWS][FS_PAIR_COLUMNS], weights[FS_PAIR_COLUMNS];
  for (int64_t top = 0; top < rows; top += FS_PAIR_ROWS) {
    int64_t height = rows - top < FS_PAIR_ROWS ? rows - top : FS_PAIR_ROWS;
    for (int64_t i = 0; i < height; i++)
      for (int64_t k = 0; k < cols; k++) out[(top + i) * ldout + k] = 0.0f;
    for (int64_t first = 0; first < n; first += FS_PAIR_COLUMNS) {
      int64_t count = n - first < FS_PAIR_COLUMNS ? n - first : FS_PAIR_COLUMNS;
      squared_distances(height, count, cols, x + top * ldx, ldx, y + first * ldy, ldy, squares);
      pair_weights(first, count, v, weights);
      for (int64_t i = 0; i < height; i++) {
        float *factors = squares[i];
        for (int64_t j = 0; j < FS_PAIR_COLUMNS; j += FS_LANES) {
          V square = load(factors + j);
          store(factors + j, choose(square > splat(0.0f), load(weights + j) / root(square), splat(0.0f)));
        }
        const float *row = x + (top + i) * ldx;
        float *sums = out + (top + i) * ldout;
        for (int64_t k = 0; k < cols; k += FS_LANES) {
          int64_t width = cols - k;
          V point = load_count(row + k, width), sum = load_count(sums + k, width);
          for (int64_t j = 0; j < count; j++)
            sum += splat(factors[j]) * (point - load_count(y + (first + j) * ldy + k, width));
          store_count(sums + k, sum, width);
        }
      }
    }
  }
}
