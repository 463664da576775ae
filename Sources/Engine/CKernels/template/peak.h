// As many fused multiply-adds as the registers hold, without memory: the rate that a matrix product cannot exceed.

static int64_t multiply_add_peak(int64_t rounds, const float *x, float *out) {
  V a = splat(x[0]), b = splat(x[1]), acc[FS_ROWS][FS_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < FS_ROWS; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < FS_VECTORS; v++) acc[r][v] = splat((float)(r * FS_VECTORS + v));
  for (int64_t s = 0; s < rounds; s++) {
#pragma clang loop unroll(full)
    for (int r = 0; r < FS_ROWS; r++)
#pragma clang loop unroll(full)
      for (int v = 0; v < FS_VECTORS; v++) acc[r][v] = fused(a, b, acc[r][v]);
  }
  V sum = splat(0.0f);
#pragma clang loop unroll(full)
  for (int r = 0; r < FS_ROWS; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < FS_VECTORS; v++) sum += acc[r][v];
  *out = lane_tree(sum);
  return 2 * rounds * FS_ROWS * FS_VECTORS * FS_LANES;
}
