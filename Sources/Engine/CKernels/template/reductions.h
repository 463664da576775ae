// Sums of fixed shape: 16 lanes along a row, a binary tree over parts.

#define FS_GROUPS (16 / FS_LANES)

/// The lanes' sum: lane l takes lane l + 8, then l + 4, l + 2, l + 1, as far as there are so many.
FS_INLINE float lane_tree(V v) {
#if FS_LANES == 1
  return v[0];
#else
#if FS_LANES == 4
  V four = v;
#else
#if FS_LANES == 8
  V eight = v;
#else
  typedef float Eight __attribute__((ext_vector_type(8)));
  Eight eight = v.lo + v.hi;
#endif
  typedef float Four __attribute__((ext_vector_type(4)));
  Four four = eight.lo + eight.hi;
#endif
  typedef float Two __attribute__((ext_vector_type(2)));
  Two two = four.lo + four.hi;
  return two[0] + two[1];
#endif
}

/// An operand of a sum: +0 beyond the last column also where one float is repeated; adding +0 changes no lane.
FS_INLINE V addend(const float *p, int64_t col_stride, int64_t j, int64_t count) {
  if (col_stride) return load_count(p + j, count);
  if (count >= FS_LANES) return splat(p[0]);
  float part[FS_LANES];
  store(part, splat(p[0]));
  return load_part(part, count);
}

static void row_sum(int64_t rows, int64_t cols, fs_view a, fs_view b, float *out, int64_t ldout) {
  for (int64_t i = 0; i < rows; i++) {
    const float *x = a.data + i * a.row_stride, *y = b.data ? b.data + i * b.row_stride : NULL;
    V sum[FS_GROUPS];
    for (int g = 0; g < FS_GROUPS; g++) sum[g] = splat(0.0f);
    for (int64_t j = 0; j < cols; j += 16) {
#pragma clang loop unroll(full)
      for (int g = 0; g < FS_GROUPS; g++) {
        int64_t column = j + g * FS_LANES, count = cols - column;
        if (count <= 0) break;
        V v = addend(x, a.col_stride, column, count);
        if (y) v = v * addend(y, b.col_stride, column, count);
        sum[g] += v;
      }
    }
#pragma clang loop unroll(full)
    for (int width = FS_GROUPS / 2; width > 0; width /= 2)
#pragma clang loop unroll(full)
      for (int g = 0; g < width; g++) sum[g] += sum[g + width];
    out[i * ldout] = lane_tree(sum[0]);
  }
}

enum { FS_CELLS_TOGETHER = 256 };

/// The sum of one vector of channels over the cells of an image; `width` of its channels exist.
FS_INLINE V cells_of(const float *image, int64_t cells, int64_t channels, const int is_whole, int64_t width) {
  V total = splat(0.0f);
  for (int64_t first = 0; first < cells; first += FS_CELLS_TOGETHER) {
    int64_t count = cells - first < FS_CELLS_TOGETHER ? cells - first : FS_CELLS_TOGETHER, cell = 0;
    const float *at = image + first * channels;
    V lane[4] = {splat(0.0f), splat(0.0f), splat(0.0f), splat(0.0f)};
    for (; cell + 4 <= count; cell += 4, at += 4 * channels) {
#pragma clang loop unroll(full)
      for (int l = 0; l < 4; l++)
        lane[l] += is_whole ? load(at + l * channels) : load_part(at + l * channels, width);
    }
    for (int l = 0; cell < count; l++, cell++, at += channels) lane[l] += is_whole ? load(at) : load_part(at, width);
    total += (lane[0] + lane[2]) + (lane[1] + lane[3]);
  }
  return total;
}

static void cell_sums(int64_t rows, int64_t cells, int64_t channels, const fs_factors *factors, int64_t pairs, float *out,
                      int32_t accumulate) {
  for (int64_t c = 0; c < channels; c += FS_LANES) {
    int64_t width = channels - c;
    V sum = accumulate ? load_count(out + c, width) : splat(0.0f);
    for (int64_t i = 0; i < rows; i++) {
      for (int64_t p = 0; p < pairs; p++) {
        const float *image = factors[p].y + i * factors[p].ldy + c;
        sum += width >= FS_LANES ? cells_of(image, cells, channels, 1, width) : cells_of(image, cells, channels, 0, width);
      }
    }
    store_count(out + c, sum, width);
  }
}

static void add_rows(int64_t n, const float *a, const float *b, float *out) {
  int64_t j = 0;
  for (; j + FS_LANES <= n; j += FS_LANES) store(out + j, load(a + j) + load(b + j));
  if (j < n) store_part(out + j, load_part(a + j, n - j) + load_part(b + j, n - j), n - j);
}

static void tree_sum(int64_t count, int64_t n, float *parts, int64_t stride, float *out) {
  // A strip of columns goes up the whole tree while it is in the cache.
  for (int64_t first = 0; first < n; first += 512) {
    int64_t width = n - first < 512 ? n - first : 512;
    float *p = parts + first;
    for (int64_t left = count; left > 1; left = (left + 1) / 2) {
      for (int64_t h = 0; h < left / 2; h++) {
        add_rows(width, p + 2 * h * stride, p + (2 * h + 1) * stride, p + h * stride);
      }
      if (left & 1) {
        float *to = p + left / 2 * stride;
        const float *from = p + (left - 1) * stride;
        for (int64_t j = 0; j < width; j++) to[j] = from[j];
      }
    }
    for (int64_t j = 0; j < width; j++) out[first + j] = count > 0 ? p[j] : 0.0f;
  }
}
