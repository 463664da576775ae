// Squared Euclidean distances in double precision from one point to the points of a tile.

/// Columns that are under way together: four registers or more, so that additions overlap.
enum { FS_SQUARE_STEP = FS_LANES >= 16 ? 32 : 16, FS_SQUARE_VECTORS = FS_SQUARE_STEP / FS_LANES };

static void tile_squares(int64_t cols, const double *point, const double *tile, double *squares) {
  for (int64_t j = 0; j < FS_SQUARE_TILE; j += FS_SQUARE_STEP) {
    VD sum[FS_SQUARE_VECTORS];
#pragma clang loop unroll(full)
    for (int g = 0; g < FS_SQUARE_VECTORS; g++) sum[g] = (VD)0.0;
    for (int64_t k = 0; k < cols; k++) {
      VD coordinate = (VD)point[k];
#pragma clang loop unroll(full)
      for (int g = 0; g < FS_SQUARE_VECTORS; g++) {
        VD other;
        __builtin_memcpy(&other, tile + k * FS_SQUARE_TILE + j + g * FS_LANES, sizeof other);
        VD difference = coordinate - other;
        sum[g] += difference * difference;
      }
    }
    __builtin_memcpy(squares + j, sum, sizeof sum);
  }
}
