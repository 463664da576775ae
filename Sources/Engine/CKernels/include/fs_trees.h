// Inner loops of gradient-boosted trees: gradients in whole numbers, histograms over 8-bit bins, split search, partition.
//
// Gradients are rounded to 31-bit whole numbers and summed in 64 bits, so that a histogram is exact: no order of its rows,
// no number of threads and no subtraction of a sibling changes a bit. The rounding of one row is at most 2^-31 of the
// largest gradient, which is far below the statistical error of any sum that contains the largest.
//
// Everything else is single additions, multiplications and divisions of doubles in the order of the source.
#ifndef FS_TREES_H
#define FS_TREES_H
#include <stdint.h>

/// Bins of a feature in a histogram, used or not.
#define FS_TREE_BINS 256

/// What one count of each lane is worth, and the rule that a split obeys.
typedef struct fs_tree_rule {
  double gradient_unit, hessian_unit, square_unit;
  double l2;                ///< added to a hessian sum before it divides
  double minimum_hessian;   ///< of a child's hessian sum
  double minimum_gain;      ///< a split gains more than this
  double smallest_size;     ///< of a child's effective size, (sum w h)^2 / sum (w h)^2; used with 4 lanes
} fs_tree_rule;

/// Sums over the rows of a node, in counts of each lane; square is 0 with 2 lanes.
typedef struct fs_tree_sums {
  int64_t gradient, hessian, square;
} fs_tree_sums;

/// A split: rows with bin <= `bin` of `feature` go left. gain is 0 where there is none.
typedef struct fs_tree_split {
  double gain;
  int32_t feature, bin;
  fs_tree_sums left;
} fs_tree_split;

/// A node of a grown tree. Children stand at `left` and `left + 1`; a leaf is its own left child and holds bin 255, so
/// that a walk of any length stays there.
typedef struct fs_tree_node {
  int32_t feature, bin, left, padding;
  double value;
} fs_tree_node;

/// ascending = the finite values in ascending order, -0 as +0; keys holds 2n numbers. n < 2^32. O(n), a radix sort.
void fs_tree_sort(int64_t n, const double *values, uint64_t *keys, double *ascending);
/// column[i] = bins[i * stride] = the number of edges below values[i]: edges[b-1] < x <= edges[b] is bin b. Edges ascend.
void fs_tree_assign_bins(int64_t n, const double *values, int32_t edge_count, const double *edges, uint8_t *column,
                         int64_t stride, uint8_t *bins);

/// Gradients of rows[0 ... n-1] as whole numbers, lanes a row at steps[lanes * row]: g, h and, with 4 lanes, (w h)^2, 0.
/// Each is v * scale rounded to the nearest whole number, ties to even.
///
/// logistic: p = sigmoid(margin) within 2e-16, g = w (p - target), h = w p (1 - p).
void fs_tree_logistic_steps(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                            const double *weights, const double scale[3], int32_t lanes, int32_t *steps);
/// softmax: p[k] of class k among `classes`, margins[row * classes + k]; g = w (p - [target == k]), h = 2 w p (1 - p).
/// Class k has its steps from steps + k * lanes * all_rows.
void fs_tree_softmax_steps(int64_t n, const int32_t *rows, const double *margins, int32_t classes, const double *targets,
                           const double *weights, const double scale[3], int32_t lanes, int64_t all_rows, int32_t *steps);
/// squared: g = w (margin - target), h = w.
void fs_tree_squared_steps(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                           const double *weights, const double scale[3], int32_t lanes, int32_t *steps);
/// The largest |w (margin - target)| over the rows.
double fs_tree_largest_residual(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                                const double *weights);

/// Adds the steps of rows[0 ... n-1] to histogram[feature][bin][lane], shape [features][256][lanes], lanes 2 or 4.
/// bins is row-major with `stride` bytes a row. The histogram is aligned to 16 bytes.
void fs_tree_histogram(int64_t n, const int32_t *rows, const uint8_t *bins, int64_t stride, int32_t features,
                       const int32_t *steps, int32_t lanes, int64_t *histogram);
/// The sums over one feature's bins, which are those over all rows.
fs_tree_sums fs_tree_total(const int64_t *histogram, int32_t lanes);
/// a[i] += b[i]
void fs_tree_add(int64_t n, int64_t *a, const int64_t *b);
/// a[i] -= b[i]
void fs_tree_subtract(int64_t n, int64_t *a, const int64_t *b);

/// Nonzero where a node of these sums may exist: its hessian sum is positive and at least minimum_hessian and, with 4
/// lanes, its effective size is at least smallest_size.
int fs_tree_allowed(fs_tree_sums sums, int32_t lanes, const fs_tree_rule *rule);
/// The best split of one feature with `bin_count` bins: gain = L^2/(HL + l2) + R^2/(HR + l2) - G^2/(H + l2), the first
/// bin of equal ones. A gain within the rounding of its terms (1e-10 of them) is none.
fs_tree_split fs_tree_best_split(const int64_t *histogram, int32_t feature, int32_t bin_count, fs_tree_sums total,
                                 int32_t lanes, const fs_tree_rule *rule);

/// Moves the rows with column[row] <= bin to the front, both parts in their order; spare holds n rows.
/// Returns how many are in front.
int64_t fs_tree_partition(int64_t n, int32_t *rows, const uint8_t *column, int32_t bin, int32_t *spare);
/// margins[row * stride] += sides[column[row] > bin].
void fs_tree_apply_split(int64_t n, const int32_t *rows, const uint8_t *column, int32_t bin, const double sides[2],
                         int64_t stride, double *margins);
/// margins[i * stride] += the value of the leaf that rows[i] reaches in `depth` steps; bins as for the histogram.
void fs_tree_add_leaves(int64_t n, const int32_t *rows, const uint8_t *bins, int64_t bin_stride, const fs_tree_node *nodes,
                        int32_t depth, int64_t stride, double *margins);
/// sum over i of weights[rows[i]] (ln(1 + e^F) - target F), F = margins[i], added from the left.
double fs_tree_logistic_loss(int64_t n, const int32_t *rows, const double *margins, const double *targets,
                             const double *weights);

#endif
