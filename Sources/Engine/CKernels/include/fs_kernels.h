// The float32 kernels of a training step: one definition each, and a table of functions per instruction set.
//
// Every function's arithmetic is defined here to the bit. An instruction set may change how fast a result comes,
// never which bits it has. "chain" is a sequence of fused multiply-adds, acc = fma(a, b, acc), in ascending order, each
// rounded once; everything else is single multiplications, additions, divisions and square roots. Rounding is to
// nearest, denormals are kept. The sign and the payload of a NaN differ between CPUs: what hashes or stores floats
// replaces each NaN by one and the same. Sizes of 0 and below do nothing, except that a chain or a sum of no terms
// leaves its init.
// Pointers need no alignment; outputs may not overlap inputs except where a function says so.
#ifndef FS_KERNELS_H
#define FS_KERNELS_H
#include <stddef.h>
#include <stdint.h>

/// The version of every definition in this header: part of a program's digest. A change of any bit raises it.
#define FS_NUMERICS 2

/// The version of what programs without a grid do not use: convolutions, sums of cells and column maps. Part of the digest
/// of every program that has one of them; a change of their bits alone raises it and leaves other digests as they are.
/// 2: convolutions start with the bias and pass through merged batches row by row; sums of cells and of columns are
/// taken 256 at a time.
#define FS_GRID_NUMERICS 2

enum {
  FS_EPILOGUE_NONE = 0,
  FS_EPILOGUE_LEAKY = 1,  ///< v > 0 ? v : slope * v
  FS_EPILOGUE_GATE = 2,   ///< gate[m][n] > 0 ? v : slope * v
};
// In both, and in the kernel `gate`, a slope of 0 times an infinity is the zero of its sign, so that a rectifier of
// -infinity is max(0, x) and a closed gate lets no infinity through. NaN stays NaN.

/// Points in a tile of tile_squares.
enum { FS_SQUARE_TILE = 32 };

/// c[i][j] = epilogue(init + chain over k ascending of a[i][k] * b[k][j]), row-major.
/// init is bias[j] where bias is given, else c[i][j] where accumulate is set, else +0.
typedef struct fs_gemm {
  int64_t m, n, k;
  const float *a;       ///< m x k, row stride lda
  int64_t lda;
  const float *panels;  ///< b, packed by pack or pack_transposed of the same table
  float *c;             ///< m x n, row stride ldc
  int64_t ldc;
  const float *bias;    ///< n values or NULL
  const float *gate;    ///< m x n, row stride ldgate, for FS_EPILOGUE_GATE
  int64_t ldgate;
  float slope;
  int32_t accumulate;
  int32_t epilogue;
} fs_gemm;

/// Two matrices of equal rows: x is rows x m, y is rows x n.
typedef struct fs_factors {
  const float *x;
  int64_t ldx;  ///< row stride of x
  const float *y;
  int64_t ldy;  ///< row stride of y
} fs_factors;

/// The most pairs of factors of one fs_gemm_tn.
#define FS_MOST_FACTORS 32

/// c[i][j] = init + chain over rows r ascending, and in each row over the pairs p ascending, of x_p[r][i] * y_p[r][j];
/// init is c[i][j] where accumulate is set, else +0. So the rows may come in several calls without a change of bits.
/// colsum, where given: colsum[j] = init + sum in the same order of y_p[r][j] (plain additions), same accumulate.
typedef struct fs_gemm_tn {
  int64_t rows, m, n;
  const fs_factors *factors;
  int64_t pairs;   ///< 1 ... FS_MOST_FACTORS
  float *c;        ///< m x n, row stride ldc; NULL when only colsum is wanted (no x is read then)
  int64_t ldc;
  float *colsum;   ///< n values or NULL
  int32_t accumulate;
} fs_gemm_tn;

/// Where the cells of an image stand in a framed copy of it, whose other cells are +0. An image is its cells one after
/// another; a cell is a run of floats, its channels.
typedef struct fs_frame {
  int64_t cells;         ///< of the framed image
  int64_t runs, length;  ///< the image's cells are `runs` times `length`; 0 runs: the image is read as it is
  const int32_t *place;  ///< the framed cell at which each run begins, ascending
} fs_frame;

/// Cells that share the taps of a convolution's kernel: tap t of target i reads the framed cell origin[i] + offset[t].
typedef struct fs_route {
  int64_t targets, taps;
  const int32_t *target;  ///< cells of the result's image, ascending
  const int32_t *origin;  ///< a framed cell for each target
  const int32_t *tap;     ///< taps, ascending: which rows of the weights they are
  const int32_t *offset;  ///< cells for each tap
  int64_t width;          ///< each so many targets, of which there are a multiple, have origins equally far apart, >= 1
} fs_route;

/// c[i][target][n] = epilogue(init + chain over the route's taps t ascending, then over k ascending, of a[i][origin +
/// offset][k] * w[t][k][n]), images i of `depth` floats a cell to images of `width` floats a cell; init is bias[n] where
/// bias is given, else +0. A cell of the frame is +0 and in the chain as any other. Cells that no route has as a target
/// are left as they are.
typedef struct fs_convolution {
  int64_t rows, depth, width;
  const float *a;  ///< images, row stride lda
  int64_t lda;
  const fs_frame *frame;
  const fs_route *routes;
  int64_t route_count;
  const float *panels;  ///< w, packed by pack_convolution of the same table
  float *c;             ///< images, row stride ldc
  int64_t ldc;
  const float *bias;    ///< width values or NULL
  const float *gate;    ///< images as c, for FS_EPILOGUE_GATE, row stride ldgate
  int64_t ldgate;
  float slope;
  int32_t epilogue;
  float *scratch;       ///< convolution_scratch_floats floats
} fs_convolution;

/// c[t * channels + k][n] = init + chain over rows i ascending, in each row over the pairs p ascending, then over targets
/// ascending, of x_p[i][origin + offset][k] * y_p[i][target][n]; init is c where accumulate is set, else +0. The route's
/// targets are the cells 0, 1, 2, ... and its taps are 0, 1, 2, ...
typedef struct fs_convolution_weights {
  int64_t rows, channels, filters;
  const fs_factors *factors;  ///< x: images of `channels` floats a cell; y: images of `filters` floats a cell
  int64_t pairs;              ///< 1 ... FS_MOST_FACTORS
  const fs_frame *frame;
  const fs_route *route;
  float *c;  ///< (taps * channels) x filters, row stride ldc
  int64_t ldc;
  int32_t accumulate;
  float *scratch;  ///< convolution_scratch_floats floats
} fs_convolution_weights;

/// Elementwise operations of one or two operands. Comparisons are selects, so that NaN behaves alike everywhere. The
/// functions are polynomials of their own (template/functions.h); their errors in ulp are below: exp 1, log 1, tanh
/// 1.5, sigmoid 2.5, softplus 2, sqrt 0.5, erf 1.5. Results that are denormal, infinite or zeros of either sign are
/// exactly that.
enum {
  FS_ADD, FS_SUB, FS_MUL, FS_DIV,
  FS_MAXIMUM,        ///< a > b or a is NaN ? a : b
  FS_MINIMUM,        ///< a < b or a is NaN ? a : b
  FS_BINARY_COUNT
};
enum {
  FS_EXP, FS_LOG, FS_TANH, FS_SIGMOID, FS_SOFTPLUS, FS_SQRT,
  FS_STEP,           ///< a > 0 ? 1 : 0
  FS_SIGN,           ///< a > 0 ? 1 : a < 0 ? -1 : 0
  FS_ABS, FS_COPY, FS_ERF,
  FS_UNARY_COUNT
};

/// A matrix operand that may be broadcast: row_stride 0 repeats one row, col_stride 0 repeats one column (else 1).
typedef struct fs_view {
  const float *data;
  int64_t row_stride, col_stride;
} fs_view;

typedef struct fs_kernels {
  const char *name;  ///< "portable", "sse2", "avx2", "avx512" or "neon"

  /// Floats that a packed k x n matrix takes. Tables pack differently: panels are for the table that packed them.
  size_t (*panel_floats)(int64_t k, int64_t n);
  void (*pack)(int64_t k, int64_t n, const float *b, int64_t ldb, float *panels);
  /// Packs the transpose of bt, which is n x k with row stride ldbt.
  void (*pack_transposed)(int64_t k, int64_t n, const float *bt, int64_t ldbt, float *panels);
  void (*gemm)(const fs_gemm *);
  void (*gemm_tn)(const fs_gemm_tn *);

  /// Floats that the packed weights of a convolution take.
  size_t (*convolution_panel_floats)(int64_t depth, int64_t width, const fs_route *routes, int64_t count);
  /// Packs weights b, (taps * channels) x filters, for images of channels where transposed is 0: w[t][k][n] = b[t *
  /// channels + k][n], depth = channels, width = filters; else for images of filters: w[t][k][n] = b[t * channels +
  /// n][k], depth = filters, width = channels.
  void (*pack_convolution)(int64_t channels, int64_t filters, const float *b, int64_t ldb, int32_t transposed,
                           const fs_route *routes, int64_t count, float *panels);
  /// Floats of scratch memory for convolutions of images with `depth` floats a cell, framed in `pairs` at once, by
  /// routes of at most so many taps.
  size_t (*convolution_scratch_floats)(const fs_frame *frame, int64_t depth, int64_t pairs, int64_t taps);
  void (*convolve)(const fs_convolution *);
  void (*convolve_weights)(const fs_convolution_weights *);

  /// out[i][j] = op(a[i][j], b[i][j]); out may be an operand where that operand is not broadcast.
  void (*binary)(int32_t op, int64_t rows, int64_t cols, fs_view a, fs_view b, float *out, int64_t ldout);
  void (*unary)(int32_t op, int64_t rows, int64_t cols, fs_view a, float *out, int64_t ldout);
  /// out = b > 0 ? a : slope * a
  void (*gate)(int64_t rows, int64_t cols, float slope, fs_view a, fs_view b, float *out, int64_t ldout);
  /// out = scale * a + offset, a multiplication and then an addition.
  void (*affine)(int64_t rows, int64_t cols, float scale, float offset, fs_view a, float *out, int64_t ldout);

  /// out[i] = sum over j of a[i][j] (* b[i][j] where b.data is given, a rounded product and then an addition): 16
  /// lanes, lane l adds the columns l, l+16, … ascending from +0, then lanes are combined pairwise 8, 4, 2, 1. ldout is
  /// the stride between out[i] and out[i+1].
  void (*row_sum)(int64_t rows, int64_t cols, fs_view a, fs_view b, float *out, int64_t ldout);

  /// out[c] = init + sum over rows i ascending, in each row over the pairs p ascending, of s(y_p[i], c), init out[c] where
  /// accumulate is set, else +0. s is the sum of channel c over the cells of an image of `channels` floats a cell: each 256
  /// cells are summed in four lanes from +0, lane l adding the cells l, l + 4, … ascending, combined as (0 + 2) + (1 + 3);
  /// these sums are added ascending from +0. No x is read.
  void (*cell_sums)(int64_t rows, int64_t cells, int64_t channels, const fs_factors *factors, int64_t pairs, float *out,
                    int32_t accumulate);

  /// out[i] = parts[0][i] + … over `count` parts of `n` floats `stride` apart, as a fixed binary tree: level by level,
  /// part p becomes part 2p + part 2p+1, an odd last one goes up unchanged. The parts are overwritten. No parts give
  /// +0.
  void (*tree_sum)(int64_t count, int64_t n, float *parts, int64_t stride, float *out);

  /// out[i] = sum over j of v[j] * |x[i] - y[j]| for all n rows of y, of `cols` columns; v[j] is v.data[j *
  /// row_stride]. A squared distance is sum = sum + d * d over the columns ascending from +0, d = x - y, each rounded;
  /// a distance its root. Each 64 rows of y, the last ones filled up with rows of +0 of weight +0, are summed as
  /// row_sum sums 64 columns of products; these sums are added ascending from +0.
  void (*pair_sums)(int64_t rows, int64_t n, int64_t cols, const float *x, int64_t ldx, const float *y, int64_t ldy,
                    fs_view v, float *out, int64_t ldout);
  /// out[i][k] = sum over j ascending from +0 of f[j] * (x[i][k] - y[j][k]), where f[j] = v[j] / |x[i] - y[j]| for rows
  /// that differ, else +0: the derivative of pair_sums' out[i] by x[i][k]. No matrix of n columns is kept by either.
  void (*pair_directions)(int64_t rows, int64_t n, int64_t cols, const float *x, int64_t ldx, const float *y,
                          int64_t ldy, fs_view v, float *out, int64_t ldout);
  /// squares[j] = sum over k ascending of (point[k] - tile[k * FS_SQUARE_TILE + j])^2, from +0, in double precision and
  /// without fused operations, for all FS_SQUARE_TILE columns j.
  void (*tile_squares)(int64_t cols, const double *point, const double *tile, double *squares);

  /// out[i] = fs_exp(in[i]); out may be in.
  void (*exp_doubles)(int64_t n, const double *in, double *out);
  /// In double precision: d[i][j] = root of the sum over k ascending from +0 of (y[k][j] - x[k][i])^2, each rounded;
  /// point i of x has x[k * ldx + i], and y likewise. n is a multiple of 16: the caller fills up with points of weight
  /// +0. row_sums[i] grows by the sum over j of v[j] * d[i][j], and, where column_sums is not NULL, column_sums[j] by
  /// w[i] * d[i][j] for i ascending. Each 512 columns are summed in 16 lanes from +0, lane l taking the columns l, l +
  /// 16, … ascending; the lanes are combined pairwise 8, 4, 2, 1 and added to row_sums[i], tile after tile.
  void (*distance_sums)(int64_t rows, int64_t n, int64_t dims, const double *x, int64_t ldx, const double *w,
                        const double *y, int64_t ldy, const double *v, double *row_sums, double *column_sums);

  /// Elements offset … offset+n-1 of the endless stream (seed, stream, step): Philox 4x32-10 with key = (seed low,
  /// seed high ^ stream) and counter = (c low, c high, step low, step high). Block b holds elements 64b … 64b+63 from
  /// counters c = 16b + lane, word w giving element 64b + 16w + lane.
  /// uniform: (word >> 8) * 2^-24, in [0, 1). normal: Box-Muller of words (0, 1) and (2, 3): u = ((word0 >> 8) + 1) *
  /// 2^-24, r = sqrt(-2 log u), v = (word1 >> 8) * 2^-24, giving r cos 2πv (at word 0's place) and r sin 2πv (at word
  /// 1's).
  void (*uniform)(uint64_t seed, uint32_t stream, uint64_t step, int64_t offset, int64_t n, float *out);
  void (*normal)(uint64_t seed, uint32_t stream, uint64_t step, int64_t offset, int64_t n, float *out);

  /// Products and quotients associate to the left, as written; 1 - decay is rounded first.
  /// s = decay * s + (1 - decay) * g * g, flushed to 0 below 1e-30; p = p - rate * g / (sqrt(s) + epsilon).
  void (*rmsprop)(int64_t n, float *p, const float *g, float *s, float rate, float decay, float epsilon);
  /// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g g; p = p - rate * (m * c1) / (sqrt(v * c2) + epsilon),
  /// where c1 = 1 / (1 - beta1^t) and c2 = 1 / (1 - beta2^t) come from the caller. m and v are flushed to 0 where their
  /// magnitude is below 1e-30.
  void (*adam)(int64_t n, float *p, const float *g, float *m, float *v, float rate, float beta1, float beta2,
               float epsilon, float c1, float c2);

  /// s as rmsprop has it; p = p - rate * g / sqrt(s + epsilon).
  void (*rmsprop_inside)(int64_t n, float *p, const float *g, float *s, float rate, float decay, float epsilon);
  /// v = momentum * v + g, flushed to 0 where its magnitude is below 1e-30; p = p - rate * v. Where v is NULL,
  /// p = p - rate * g.
  void (*momentum)(int64_t n, float *p, const float *g, float *v, float rate, float momentum);
  /// p = p > limit ? limit : p < -limit ? -limit : p; NaN stays.
  void (*clip)(int64_t n, float *p, float limit);

  /// `rounds` multiply-adds x[0] * x[1] + acc on every register of a matrix product's tile: for measuring what the CPU
  /// can do at most. Returns the floating-point operations done; *out, a sum of the registers, differs between tables.
  int64_t (*multiply_add_peak)(int64_t rounds, const float *x, float *out);
} fs_kernels;

/// The table of an instruction set by name; for NULL the one that the environment variable FASTSIM_ISA names, or the
/// best one of this CPU where that is unset or empty. NULL where the name is unknown or the CPU lacks it.
const fs_kernels *fs_kernels_named(const char *name);
/// 0, or the number of the first of the built-in known-answer checks that the table fails: 1 fused multiply-adds
/// against exact arithmetic, 2 gemm, 3 gemm_tn, 4 elementwise, 5 sums, 6 random numbers, 7 optimisers, 8 pairs, 9
/// momentum and clipping, 10 convolutions, 11 distances and exponentials in double precision. Takes under a millisecond
/// (the portable table: some).
int fs_selftest(const fs_kernels *);

/// out[r] = table[index[r]] for rows of `cols` floats.
void fs_gather_rows(int64_t rows, int64_t cols, const float *table, int64_t ld, const int64_t *index, float *out);
/// out[i][j] = sum over s = start[j] … start[j + 1] - 1 ascending of a[i][source[s]], for `cols` columns j: each 256
/// terms are added from the left, and these sums are added from the left, each rounded; a column of one source is a
/// copy, one of none is +0.
void fs_map_columns(int64_t rows, int64_t cols, const int32_t *start, const int32_t *source, const float *a, int64_t lda,
                    float *out, int64_t ldout);
/// For images of `channels` floats a cell and windows j of the cells source[start[j]] … source[start[j + 1] - 1], at
/// least one: out[i][j][c] = values[i][cell][c] of the window's first cell whose x[i][cell][c] is NaN, or else the largest.
void fs_select_largest(int64_t rows, int64_t windows, int64_t channels, const int32_t *start, const int32_t *source,
                       const float *x, int64_t ldx, const float *values, int64_t ldvalues, float *out, int64_t ldout);
/// The transpose: out[i][cell][c] = values[i][j][c] at the cells that the other reads, +0 elsewhere; windows are disjoint.
void fs_spread_to_largest(int64_t rows, int64_t windows, int64_t channels, const int32_t *start, const int32_t *source,
                          const float *x, int64_t ldx, const float *values, int64_t ldvalues, int64_t columns, float *out,
                          int64_t ldout);
/// index[i] = place of position+i in an endless sequence of permutations of 0 … n-1: pass q = (position+i) / n is a
/// keyed bijection (a Feistel network on Philox with cycle walking) of (seed, stream, q), applied to (position+i) % n.
/// The network has six rounds on the smallest 2^bits >= n, bits >= 2, split into ceil(bits/2) low and the remaining
/// high bits: even rounds xor word 0 of Philox into the high part, odd ones into the low, key = (seed low, seed high ^
/// stream), counter = (the other part, round, q low, q high). n = 0 gives zeros.
void fs_permuted_indices(uint64_t seed, uint32_t stream, uint64_t n, uint64_t position, int64_t count, int64_t *index);

/// A pool of threads-1 workers and the caller. run calls body(context, chunk, worker) once for every chunk 0 …
/// chunks-1, claimed one at a time from one atomic counter, worker in 0 … threads-1, and returns when all are done.
/// Denormals are kept and rounding is to nearest inside body, whatever the caller's state. A worker spins for at most
/// 50 µs, then sleeps. One run at a time: body may not run the same pool, nor may two threads at the same time. create
/// clamps threads to 1 … 1024, starts fewer where the system refuses more, and returns NULL where memory is lacking.
typedef struct fs_pool fs_pool;
fs_pool *fs_pool_create(int threads);
void fs_pool_destroy(fs_pool *);
void fs_pool_run(fs_pool *, int64_t chunks, void (*body)(void *context, int64_t chunk, int worker), void *context);
int fs_pool_threads(const fs_pool *);

#endif
