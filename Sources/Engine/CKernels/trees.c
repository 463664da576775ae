// Inner loops of gradient-boosted trees, see fs_trees.h.
#include "fs_trees.h"

#include <string.h>

#include "fs_math64.h"
#pragma STDC FP_CONTRACT OFF

typedef int64_t pair __attribute__((vector_size(16)));

/// The nearest whole number, ties to even, for |x| < 2^31.
static inline int32_t nearest(double x) {
  double shifted = x + 0x1.8p52;
  int64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  return (int32_t)bits;
}

void fs_tree_sort(int64_t n, const double *values, uint64_t *keys, double *ascending) {
  enum { digits = 6, bits = 11, buckets = 1 << bits };
  // Unsigned whole numbers in the order of the values; adding zero makes -0 a +0.
  uint64_t *from = keys, *to = keys + n;
  const uint64_t sign = UINT64_C(1) << 63;
  uint32_t count[digits][buckets];
  memset(count, 0, sizeof count);
  for (int64_t i = 0; i < n; i++) {
    uint64_t key = fs_bits(values[i] + 0.0);
    key = key & sign ? ~key : key | sign;
    from[i] = key;
    for (int digit = 0; digit < digits; digit++) count[digit][key >> (digit * bits) & (buckets - 1)]++;
  }
  for (int digit = 0; digit < digits; digit++) {
    uint32_t *place = count[digit], next = 0;
    int shift = digit * bits;
    if (n > 0 && place[from[0] >> shift & (buckets - 1)] == (uint32_t)n) continue;
    for (int bucket = 0; bucket < buckets; bucket++) {
      uint32_t size = place[bucket];
      place[bucket] = next;
      next += size;
    }
    for (int64_t i = 0; i < n; i++) to[place[from[i] >> shift & (buckets - 1)]++] = from[i];
    uint64_t *swap = from;
    from = to;
    to = swap;
  }
  for (int64_t i = 0; i < n; i++) ascending[i] = fs_from_bits(from[i] & sign ? from[i] & ~sign : ~from[i]);
}

void fs_tree_assign_bins(int64_t n, const double *values, int32_t edge_count, const double *edges, uint8_t *column,
                         int64_t stride, uint8_t *bins) {
  // Eight steps without a branch over edges that are padded with infinities.
  double padded[FS_TREE_BINS];
  for (int32_t i = 0; i < FS_TREE_BINS; i++) padded[i] = i < edge_count ? edges[i] : FS_INFINITY;
  for (int64_t i = 0; i < n; i++) {
    int32_t bin = 0;
    for (int32_t step = FS_TREE_BINS / 2; step > 0; step /= 2) bin += (padded[bin + step - 1] < values[i]) * step;
    column[i] = bins[i * stride] = (uint8_t)bin;
  }
}

static inline void store_step(int32_t *step, int32_t lanes, double gradient, double hessian, const double scale[3]) {
  step[0] = nearest(gradient * scale[0]);
  step[1] = nearest(hessian * scale[1]);
  if (lanes == 4) {
    step[2] = nearest(hessian * hessian * scale[2]);
    step[3] = 0;
  }
}

/// fs_exp(x) for -700 <= x <= 0, bit for bit, without a branch, so that a loop of it becomes vector code.
static inline double exponential(double x) {
  double shifted = x * 1.4426950408889634 + 0x1.8p52, k = shifted - 0x1.8p52;
  double high = x - k * 0.6931471803691238, low = -(k * 1.9082149292705877e-10);
  double r = high + low, rest = (high - r) + low;
  double y = 1.0 + (r + (r * r * fs_exp_tail(r) + rest));
  return y * fs_from_bits((fs_bits(shifted) + 1023) << 52);
}

/// Rows in a block whose exponentials are computed together.
enum { block_rows = 128 };

void fs_tree_logistic_steps(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                            const double *weights, const double scale[3], int32_t lanes, int32_t *steps) {
  double x[block_rows], e[block_rows];
  for (int64_t first = 0; first < n; first += block_rows) {
    int64_t count = n - first < block_rows ? n - first : block_rows;
    for (int64_t i = 0; i < count; i++) x[i] = margins[rows[first + i]];
    for (int64_t i = count; i < block_rows; i++) x[i] = 0.0;
    for (int64_t i = 0; i < block_rows; i++) {
      double size = fs_abs(x[i]);
      e[i] = exponential(size < 700.0 ? -size : -700.0);
    }
    for (int64_t i = 0; i < count; i++) {
      int64_t row = rows[first + i];
      double part = 1.0 / (1.0 + e[i]), other = e[i] * part, w = weights[row];
      // The sign of a margin is as good as random: a branch on it would cost more than all the rest.
      double p = 0.5 + fs_copysign(part - 0.5, x[i]);
      store_step(steps + lanes * row, lanes, w * (p - targets[row]), w * (part * other), scale);
    }
  }
}

void fs_tree_softmax_steps(int64_t n, const int32_t *rows, const double *margins, int32_t classes, const double *targets,
                           const double *weights, const double scale[3], int32_t lanes, int64_t all_rows,
                           int32_t *steps) {
  for (int64_t i = 0; i < n; i++) {
    int32_t row = rows[i];
    const double *margin = margins + (int64_t)row * classes;
    double largest = margin[0], sum = 0.0, w = weights[row];
    for (int32_t k = 1; k < classes; k++) largest = margin[k] > largest ? margin[k] : largest;
    for (int32_t k = 0; k < classes; k++) sum += fs_exp(margin[k] - largest);
    int32_t target = (int32_t)targets[row];
    for (int32_t k = 0; k < classes; k++) {
      double p = fs_exp(margin[k] - largest) / sum;
      int32_t *step = steps + (int64_t)lanes * (k * all_rows + row);
      store_step(step, lanes, w * (p - (k == target ? 1.0 : 0.0)), w * (2.0 * (p * (1.0 - p))), scale);
    }
  }
}

void fs_tree_squared_steps(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                           const double *weights, const double scale[3], int32_t lanes, int32_t *steps) {
  for (int64_t i = 0; i < n; i++) {
    int32_t row = rows[i];
    double w = weights[row];
    store_step(steps + (int64_t)lanes * row, lanes, w * (margins[row] - targets[row]), w, scale);
  }
}

double fs_tree_largest_residual(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                                const double *weights) {
  double largest = 0.0;
  for (int64_t i = 0; i < n; i++) {
    double residual = fs_abs(weights[rows[i]] * (margins[rows[i]] - targets[rows[i]]));
    largest = residual > largest ? residual : largest;
  }
  return largest;
}

/// Rows of which the bins are fetched in advance.
enum { ahead = 12 };

/// The number of features is a constant where this is inlined, so that the offsets of all histograms are constants too.
__attribute__((always_inline)) static inline void add_pairs(int64_t n, const int32_t *rows, const uint8_t *bins,
                                                            int64_t stride, int32_t features, const int32_t *steps,
                                                            pair *histogram) {
  for (int64_t i = 0; i < n; i++) {
    int64_t next = rows[i + ahead < n ? i + ahead : n - 1];
    __builtin_prefetch(bins + stride * next);
    __builtin_prefetch(steps + 2 * next);
    int64_t row = rows[i];
    const uint8_t *bin = bins + stride * row;
    pair step = {steps[2 * row], steps[2 * row + 1]};
#pragma clang loop unroll(full)
    for (int32_t f = 0; f < features; f++) histogram[f * FS_TREE_BINS + bin[f]] += step;
  }
}

__attribute__((always_inline)) static inline void add_quads(int64_t n, const int32_t *rows, const uint8_t *bins,
                                                            int64_t stride, int32_t features, const int32_t *steps,
                                                            pair *histogram) {
  for (int64_t i = 0; i < n; i++) {
    int64_t next = rows[i + ahead < n ? i + ahead : n - 1];
    __builtin_prefetch(bins + stride * next);
    __builtin_prefetch(steps + 4 * next);
    int64_t row = rows[i];
    const uint8_t *bin = bins + stride * row;
    pair first = {steps[4 * row], steps[4 * row + 1]}, second = {steps[4 * row + 2], 0};
#pragma clang loop unroll(full)
    for (int32_t f = 0; f < features; f++) {
      histogram[2 * (f * FS_TREE_BINS + bin[f])] += first;
      histogram[2 * (f * FS_TREE_BINS + bin[f]) + 1] += second;
    }
  }
}

/// Features whose histograms are summed in one pass over the rows.
enum { together = 12 };

#define FS_TREE_CASE(k, add) \
  case k:                    \
    add(n, rows, bins + f, stride, k, steps, out); break;
#define FS_TREE_SWITCH(add)                                                             \
  switch (block) {                                                                      \
    FS_TREE_CASE(1, add) FS_TREE_CASE(2, add) FS_TREE_CASE(3, add) FS_TREE_CASE(4, add)  \
    FS_TREE_CASE(5, add) FS_TREE_CASE(6, add) FS_TREE_CASE(7, add) FS_TREE_CASE(8, add)  \
    FS_TREE_CASE(9, add) FS_TREE_CASE(10, add) FS_TREE_CASE(11, add) FS_TREE_CASE(12, add) \
  }

void fs_tree_histogram(int64_t n, const int32_t *rows, const uint8_t *bins, int64_t stride, int32_t features,
                       const int32_t *steps, int32_t lanes, int64_t *histogram) {
  int32_t passes = (features + together - 1) / together;
  for (int32_t pass = 0, f = 0; pass < passes; pass++) {
    int32_t block = (features - f) / (passes - pass);
    pair *out = (pair *)histogram + (int64_t)f * FS_TREE_BINS * (lanes / 2);
    if (lanes == 2) {
      FS_TREE_SWITCH(add_pairs)
    } else {
      FS_TREE_SWITCH(add_quads)
    }
    f += block;
  }
}

fs_tree_sums fs_tree_total(const int64_t *histogram, int32_t lanes) {
  fs_tree_sums total = {0, 0, 0};
  for (int32_t bin = 0; bin < FS_TREE_BINS; bin++) {
    const int64_t *entry = histogram + (int64_t)lanes * bin;
    total.gradient += entry[0];
    total.hessian += entry[1];
    if (lanes == 4) total.square += entry[2];
  }
  return total;
}

void fs_tree_add(int64_t n, int64_t *a, const int64_t *b) {
  for (int64_t i = 0; i < n; i++) a[i] += b[i];
}

void fs_tree_subtract(int64_t n, int64_t *a, const int64_t *b) {
  for (int64_t i = 0; i < n; i++) a[i] -= b[i];
}

int fs_tree_allowed(fs_tree_sums sums, int32_t lanes, const fs_tree_rule *rule) {
  double h = (double)sums.hessian * rule->hessian_unit;
  if (!(h > 0.0 && h >= rule->minimum_hessian)) return 0;
  return lanes == 2 || h * h >= rule->smallest_size * ((double)sums.square * rule->square_unit);
}

static inline double score(fs_tree_sums sums, const fs_tree_rule *rule) {
  double g = (double)sums.gradient * rule->gradient_unit;
  return g * g / ((double)sums.hessian * rule->hessian_unit + rule->l2);
}

fs_tree_split fs_tree_best_split(const int64_t *histogram, int32_t feature, int32_t bin_count, fs_tree_sums total,
                                 int32_t lanes, const fs_tree_rule *rule) {
  fs_tree_split best = {0.0, feature, -1, {0, 0, 0}};
  fs_tree_sums left = {0, 0, 0};
  double whole = score(total, rule), best_sum = 0.0;
  for (int32_t bin = 0; bin + 1 < bin_count; bin++) {
    const int64_t *entry = histogram + (int64_t)lanes * bin;
    if (entry[0] == 0 && entry[1] == 0) continue;
    left.gradient += entry[0];
    left.hessian += entry[1];
    if (lanes == 4) left.square += entry[2];
    fs_tree_sums right = {total.gradient - left.gradient, total.hessian - left.hessian, total.square - left.square};
    if (!fs_tree_allowed(left, lanes, rule) || !fs_tree_allowed(right, lanes, rule)) continue;
    double sum = score(left, rule) + score(right, rule);
    if (sum > best_sum) {
      best_sum = sum;
      best.bin = bin;
      best.left = left;
    }
  }
  double gain = best_sum - whole;
  if (best.bin >= 0 && gain > rule->minimum_gain && gain > 1e-10 * best_sum) best.gain = gain;
  return best;
}

int64_t fs_tree_partition(int64_t n, int32_t *rows, const uint8_t *column, int32_t bin, int32_t *spare) {
  int64_t front = 0, back = 0;
  for (int64_t i = 0; i < n; i++) {
    int32_t row = rows[i];
    int32_t right = column[row] > bin;
    rows[front] = row;
    spare[back] = row;
    front += 1 - right;
    back += right;
  }
  memcpy(rows + front, spare, (size_t)back * sizeof *rows);
  return front;
}

void fs_tree_apply_split(int64_t n, const int32_t *rows, const uint8_t *column, int32_t bin, const double sides[2],
                         int64_t stride, double *margins) {
  // Looked up, not selected: which side is as good as random, and compilers make a branch of a selection.
  for (int64_t i = 0; i < n; i++) margins[rows[i] * stride] += sides[column[rows[i]] > bin];
}

void fs_tree_add_leaves(int64_t n, const int32_t *rows, const uint8_t *bins, int64_t bin_stride, const fs_tree_node *nodes,
                        int32_t depth, int64_t stride, double *margins) {
  // Four rows at a time: a walk is a chain of dependent loads, four chains overlap.
  for (int64_t i = 0; i < n; i += 4) {
    const uint8_t *row[4];
    int32_t at[4] = {0, 0, 0, 0};
    for (int k = 0; k < 4; k++) row[k] = bins + bin_stride * rows[i + k < n ? i + k : n - 1];
    for (int32_t level = 0; level < depth; level++)
      for (int k = 0; k < 4; k++) {
        const fs_tree_node *node = nodes + at[k];
        at[k] = node->left + (row[k][node->feature] > node->bin);
      }
    for (int k = 0; k < 4 && i + k < n; k++) margins[(i + k) * stride] += nodes[at[k]].value;
  }
}

double fs_tree_logistic_loss(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                             const double *weights) {
  double sum = 0.0;
  for (int64_t i = 0; i < n; i++)
    sum += weights[rows[i]] * (fs_softplus(margins[i]) - targets[rows[i]] * margins[i]);
  return sum;
}
