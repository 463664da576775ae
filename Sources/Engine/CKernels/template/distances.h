// Weighted sums of Euclidean distances in double precision, row by row and column by column, in one pass over the pairs.

/// Rows that share the coordinates of a group of columns; groups of 16 columns in a tile, whose row sums are closed.
enum { FS_DISTANCE_ROWS = 4, FS_DISTANCE_COLUMNS = 512 };

#define FS_DOUBLE_GROUPS (16 / FS_DOUBLES)

/// The sum of 16 lanes held in as many registers as they need: lane l takes lane l + 8, then l + 4, l + 2, l + 1.
FS_INLINE double sum_of_16(const VR sum[FS_DOUBLE_GROUPS]) {
  double lanes[16];
  for (int g = 0; g < FS_DOUBLE_GROUPS; g++) store_doubles(lanes + g * FS_DOUBLES, sum[g]);
  for (int width = 8; width > 0; width /= 2)
    for (int l = 0; l < width; l++) lanes[l] += lanes[l + width];
  return lanes[0];
}

/// `height` rows, 1 … 4, against `count` columns, a multiple of 16.
FS_INLINE void distance_tile(int height, int64_t count, int64_t dims, const double *x, int64_t ldx, const double *w,
                             const double *y, int64_t ldy, const double *v, double *row_sums, double *column_sums) {
  VR rows[FS_DISTANCE_ROWS][FS_DOUBLE_GROUPS];
  for (int r = 0; r < height; r++)
    for (int g = 0; g < FS_DOUBLE_GROUPS; g++) rows[r][g] = (VR)0.0;
  for (int64_t j = 0; j < count; j += 16) {
#pragma clang loop unroll(full)
    for (int g = 0; g < FS_DOUBLE_GROUPS; g++) {
      int64_t at = j + g * FS_DOUBLES;
      VR squares[FS_DISTANCE_ROWS];
      for (int r = 0; r < height; r++) squares[r] = (VR)0.0;
      for (int64_t k = 0; k < dims; k++) {
        VR point = load_doubles(y + k * ldy + at);
#pragma clang loop unroll(full)
        for (int r = 0; r < height; r++) {
          VR difference = point - (VR)x[k * ldx + r];
          squares[r] += difference * difference;
        }
      }
      VR weight = load_doubles(v + at), columns = (VR)0.0;
      if (column_sums) columns = load_doubles(column_sums + at);
#pragma clang loop unroll(full)
      for (int r = 0; r < height; r++) {
        VR distance = __builtin_elementwise_sqrt(squares[r]);
        rows[r][g] += weight * distance;
        if (column_sums) columns += (VR)w[r] * distance;
      }
      if (column_sums) store_doubles(column_sums + at, columns);
    }
  }
  for (int r = 0; r < height; r++) row_sums[r] += sum_of_16(rows[r]);
}

FS_INLINE void distance_rows(int64_t rows, int64_t n, int64_t dims, const double *x, int64_t ldx, const double *w,
                             const double *y, int64_t ldy, const double *v, double *row_sums, double *column_sums) {
  for (int64_t first = 0; first < n; first += FS_DISTANCE_COLUMNS) {
    int64_t count = n - first < FS_DISTANCE_COLUMNS ? n - first : FS_DISTANCE_COLUMNS;
    double *columns = column_sums ? column_sums + first : NULL;
    int64_t i = 0;
    for (; i + FS_DISTANCE_ROWS <= rows; i += FS_DISTANCE_ROWS)
      distance_tile(FS_DISTANCE_ROWS, count, dims, x + i, ldx, w + i, y + first, ldy, v + first, row_sums + i, columns);
    for (; i < rows; i++)
      distance_tile(1, count, dims, x + i, ldx, w + i, y + first, ldy, v + first, row_sums + i, columns);
  }
}

static void distance_sums(int64_t rows, int64_t n, int64_t dims, const double *x, int64_t ldx, const double *w,
                          const double *y, int64_t ldy, const double *v, double *row_sums, double *column_sums) {
  switch (dims) {
#define FS_CASE(d)                                                                       \
  case d:                                                                                \
    distance_rows(rows, n, d, x, ldx, w, y, ldy, v, row_sums, column_sums);              \
    return;
    FS_CASE(1) FS_CASE(2) FS_CASE(3) FS_CASE(4) FS_CASE(5) FS_CASE(6)
#undef FS_CASE
  }
  distance_rows(rows, n, dims, x, ldx, w, y, ldy, v, row_sums, column_sums);
}
