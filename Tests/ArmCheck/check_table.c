// Every kernel of a table over odd sizes, strides, broadcasts and special values, hashed with the gaps between rows:
// a float written where none belongs changes the hash as well.
#include <stdio.h>
#include <stdlib.h>

#include "inputs.h"

typedef void (*filler)(uint32_t stream, int64_t count, float *out);

static float *filled(filler fill, uint32_t stream, int64_t count) {
  float *values = allocate(count, sizeof *values);
  fill(stream, count, values);
  return values;
}

/// One product with its operands' rows `gap` floats apart.
static uint64_t product(const fs_kernels *kernels, uint64_t hash, filler fill, int64_t m, int64_t n, int64_t k,
                        int epilogue, int with_bias, int accumulate, int transposed) {
  const int64_t gap = (m + n + k) % 3, lda = k + gap, ldb = (transposed ? k : n) + gap, ldc = n + gap;
  float *a = filled(fill, 1, m * lda), *b = filled(fill, 2, (transposed ? n : k) * ldb);
  float *c = filled(fill, 3, m * ldc), *bias = filled(fill, 4, n), *gate = filled(fill, 5, m * ldc);
  float *panels = allocate((int64_t)kernels->panel_floats(k, n), sizeof *panels);
  if (transposed) {
    kernels->pack_transposed(k, n, b, ldb, panels);
  } else {
    kernels->pack(k, n, b, ldb, panels);
  }
  kernels->gemm(&(fs_gemm){.m = m, .n = n, .k = k, .a = a, .lda = lda, .panels = panels, .c = c, .ldc = ldc,
                           .bias = with_bias ? bias : NULL, .gate = gate, .ldgate = ldc,
                           .slope = accumulate ? 0.0f : 0.01f,
                           .accumulate = accumulate, .epilogue = epilogue});
  hash = hash_floats(hash, c, m * ldc);
  free(a), free(b), free(c), free(bias), free(gate), free(panels);
  return hash;
}

static const int64_t sizes[][3] = {
    {1, 1, 1}, {1, 3, 0}, {0, 5, 4}, {2, 1, 7}, {3, 17, 5}, {5, 33, 67}, {7, 5, 128}, {13, 31, 9}, {14, 32, 16},
    {15, 63, 3}, {16, 16, 16}, {27, 65, 33}, {29, 37, 23}, {31, 128, 67}, {43, 96, 130}, {61, 47, 300},
};
static const int size_count = sizeof sizes / sizeof sizes[0];

static uint64_t gemm(const fs_kernels *kernels, filler fill, int epilogue) {
  uint64_t hash = HASH_START;
  for (int s = 0; s < size_count; s++) {
    for (int start = 0; start < 3; start++) {
      hash = product(kernels, hash, fill, sizes[s][0], sizes[s][1], sizes[s][2], epilogue, start == 1, start == 2,
                     (s + start) % 2);
    }
  }
  return hash;
}

static uint64_t gemm_tn(const fs_kernels *kernels, filler fill) {
  uint64_t hash = HASH_START;
  for (int s = 0; s < size_count; s++) {
    const int64_t m = sizes[s][0], n = sizes[s][1], rows = sizes[s][2], gap = s % 3;
    for (int mode = 0; mode < 6; mode++) {
      float *x = filled(fill, 6, 3 * rows * (m + gap)), *y = filled(fill, 7, 3 * rows * (n + gap));
      float *c = filled(fill, 8, m * (n + gap)), *sums = filled(fill, 9, n);
      fs_factors factors[3];
      for (int64_t p = 0; p < 3; p++) {
        factors[p] = (fs_factors){x + p * rows * (m + gap), m + gap, y + p * rows * (n + gap), n + gap};
      }
      kernels->gemm_tn(&(fs_gemm_tn){.rows = rows, .m = m, .n = n, .factors = factors, .pairs = 1 + s % 3, .c = mode / 2 == 2 ? NULL : c,
                                     .ldc = n + gap, .colsum = mode / 2 == 1 ? NULL : sums, .accumulate = mode % 2});
      hash = hash_floats(hash_floats(hash, c, m * (n + gap)), sums, n);
      free(x), free(y), free(c), free(sums);
    }
  }
  return hash;
}

/// Shapes of the elementwise kernels: rows, columns, gap between the output's rows.
static const int64_t shapes[][3] = {
    {1, 1, 0}, {1, 4099, 0}, {3, 15, 0}, {5, 16, 1}, {7, 33, 3}, {64, 67, 0}, {0, 3, 0},
};
static const int shape_count = sizeof shapes / sizeof shapes[0];

enum { FULL, ROW, COLUMN, SCALAR, WAYS };

/// A view that reads complete rows, one row, one column or one float again and again.
static fs_view view_of(const float *data, int64_t columns, int way) {
  return (fs_view){.data = data, .row_stride = way == ROW || way == SCALAR ? 0 : columns,
                   .col_stride = way == COLUMN || way == SCALAR ? 0 : 1};
}

enum { UNARY, BINARY, GATE, AFFINE, ROW_SUM, ROW_DOT };

static void apply(const fs_kernels *kernels, int kind, int32_t op, int64_t rows, int64_t columns, fs_view a, fs_view b,
                  float *out, int64_t ldout) {
  switch (kind) {
    case UNARY: kernels->unary(op, rows, columns, a, out, ldout); break;
    case BINARY: kernels->binary(op, rows, columns, a, b, out, ldout); break;
    case GATE: kernels->gate(rows, columns, op ? 0.01f : 0.0f, a, b, out, ldout); break;
    case AFFINE: kernels->affine(rows, columns, 1.7f, -0.3f, a, out, ldout); break;
    case ROW_SUM: kernels->row_sum(rows, columns, a, (fs_view){.data = NULL}, out, 2); break;
    default: kernels->row_sum(rows, columns, a, b, out, 2);
  }
}

/// Both kinds of input, every shape, every way of broadcasting.
static uint64_t elementwise(const fs_kernels *kernels, int kind, int32_t op) {
  const filler fillers[] = {any_floats, moderate_floats};
  uint64_t hash = HASH_START;
  for (int f = 0; f < 2; f++) {
    for (int s = 0; s < shape_count; s++) {
      const int64_t rows = shapes[s][0], columns = shapes[s][1], ldout = columns + shapes[s][2];
      const int64_t room = rows * ldout + 128;
      float *x = filled(fillers[f], 10, rows * columns), *y = filled(fillers[f], 11, rows * columns);
      float *out = allocate(room, sizeof *out);
      for (int way = 0; way < WAYS * WAYS; way++) {
        apply(kernels, kind, op, rows, columns, view_of(x, columns, way % WAYS), view_of(y, columns, way / WAYS), out,
              ldout);
        hash = hash_floats(hash, out, room);
      }
      free(x), free(y), free(out);
    }
  }
  return hash;
}

static uint64_t tree_sum(const fs_kernels *kernels) {
  uint64_t hash = HASH_START;
  for (int64_t count = 0; count <= 17; count++) {
    const int64_t n = 1 + count * 67 % 1100, stride = n + count % 3;
    float *parts = filled(count % 2 ? small_floats : any_floats, 12, count * stride), *out = allocate(n, sizeof *out);
    kernels->tree_sum(count, n, parts, stride, out);
    hash = hash_floats(hash, out, n);
    free(parts), free(out);
  }
  return hash;
}

/// Sums over pairs (or their derivative) with rows that are equal, strides, and one weight for all.
static uint64_t pairs(const fs_kernels *kernels, filler fill, int directions) {
  uint64_t hash = HASH_START;
  for (int s = 0; s < size_count; s++) {
    const int64_t rows = sizes[s][0], n = sizes[s][1], columns = sizes[s][2], gap = s % 3, ld = columns + gap;
    float *x = filled(fill, 15, rows * ld), *y = filled(fill, 16, n * ld), *v = filled(fill, 17, n);
    float *out = allocate(rows * (ld + 2), sizeof *out);
    for (int64_t i = 0; i < rows && i < n; i += 2)
      for (int64_t k = 0; k < columns; k++) y[i * ld + k] = x[i * ld + k];
    for (int one = 0; one < 2; one++) {
      fs_view weights = {.data = v, .row_stride = 1 - one, .col_stride = 1};
      if (directions) {
        kernels->pair_directions(rows, n, columns, x, ld, y, ld, weights, out, ld + 1);
      } else {
        kernels->pair_sums(rows, n, columns, x, ld, y, ld, weights, out, 2);
      }
      hash = hash_floats(hash, out, rows * (ld + 2));
    }
    free(x), free(y), free(v), free(out);
  }
  return hash;
}

/// A convolution over routes that interleave, one of them without taps, or its weight gradient over a single route, or
/// sums of cells; framed and not.
static uint64_t convolution(const fs_kernels *kernels, filler fill, int mode) {
  enum { RUNS = 4, LENGTH = 15, CELLS = RUNS * LENGTH, GAP = 3, FRAMED = RUNS * (LENGTH + GAP) + GAP, TAPS = 9, PAIRS = 2 };
  const int64_t channels[] = {1, 3, 40, 70}, filters[] = {1, 70, 5, 8};
  uint64_t hash = HASH_START;
  for (int s = 0; s < 8; s++) {
    int32_t target[3][CELLS], origin[3][CELLS], tap[3][TAPS], offset[3][TAPS], place[RUNS];
    fs_route routes[3];
    const int64_t c = channels[s / 2], f = filters[s / 2], cells = s % 2 ? FRAMED : CELLS;
    fs_frame frame = {.cells = cells, .runs = s % 2 ? RUNS : 0, .length = LENGTH, .place = place};
    for (int32_t r = 0; r < RUNS; r++) place[r] = GAP + r * (LENGTH + GAP);
    const int count = mode >= 2 ? 1 : 3;
    for (int r = 0; r < count; r++) {
      int64_t targets = 0, taps = r == 2 ? 0 : TAPS - r * 4;
      for (int t = 0; t < taps; t++) {
        tap[r][t] = mode >= 2 ? t : t + r * 4;
        offset[r][t] = t / 3 * 9 + t % 3;
      }
      for (int32_t cell = r; cell < CELLS; cell += count) target[r][targets++] = cell;
      // Targets by themselves, or lines of five.
      const int64_t width = s < 4 ? 1 : 5;
      for (int64_t i = 0; i < targets; i++) origin[r][i] = (int32_t)(s < 4 ? i * 7 % 30 : i / 5 * 7 % 20 + i % 5 * 2);
      routes[r] = (fs_route){.targets = targets, .taps = taps, .target = target[r], .origin = origin[r], .tap = tap[r],
                             .offset = offset[r], .width = width};
    }
    const int64_t rows = 2, weights = TAPS * c, depth = mode == 1 ? f : c, width = mode == 1 ? c : f;
    const int64_t lda = CELLS * depth + s, ldy = CELLS * width + 1, ldw = f + s;
    float *a = filled(fill, 21, PAIRS * rows * lda), *w = filled(fill, 22, weights * ldw), *y = filled(fill, 23, PAIRS * rows * ldy);
    float *bias = filled(fill, 24, width), *gate = filled(fill, 25, rows * ldy), *sums = filled(fill, 26, width);
    float *panels = allocate((int64_t)kernels->convolution_panel_floats(depth, width, routes, count), sizeof *panels);
    float *scratch = allocate((int64_t)kernels->convolution_scratch_floats(&frame, depth, PAIRS, TAPS), sizeof *scratch);
    fs_factors factors[PAIRS] = {{a, lda, y, ldy}, {a + rows * lda, lda, y + rows * ldy, ldy}};
    if (mode == 2) {
      kernels->convolve_weights(&(fs_convolution_weights){
          .rows = rows, .channels = c, .filters = f, .factors = factors, .pairs = 1 + s % 2, .frame = &frame,
          .route = routes, .c = w, .ldc = ldw, .accumulate = s % 3 == 0, .scratch = scratch});
    } else if (mode == 3) {
      kernels->cell_sums(rows, CELLS, width, factors, 1 + s % 2, sums, s % 3 == 0);
    } else {
      kernels->pack_convolution(c, f, w, ldw, mode, routes, count, panels);
      kernels->convolve(&(fs_convolution){
          .rows = rows, .depth = depth, .width = width, .a = a, .lda = lda, .frame = &frame, .routes = routes,
          .route_count = count, .panels = panels, .c = y, .ldc = ldy, .bias = s % 2 ? bias : NULL, .gate = gate,
          .ldgate = ldy, .slope = s % 4 ? 0.1f : 0.0f, .epilogue = s % 3, .scratch = scratch});
    }
    hash = hash_floats(hash_floats(hash_floats(hash, w, weights * ldw), y, rows * ldy), sums, width);
    free(a), free(w), free(y), free(bias), free(gate), free(sums), free(panels), free(scratch);
  }
  return hash;
}

static uint64_t random_numbers(void (*make)(uint64_t, uint32_t, uint64_t, int64_t, int64_t, float *)) {
  const int64_t starts[] = {0, 1, 37, 64, 1000003, (INT64_C(1) << 38) - 5, (INT64_C(1) << 40) + 63};
  enum { COUNT = 20011 };
  float *out = allocate(COUNT, sizeof *out);
  uint64_t hash = HASH_START;
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    make(UINT64_C(0x0123456789abcdef) * (i + 1), (uint32_t)i * 0x9e3779b9u, UINT64_C(0xfffffffe) + i, starts[i], COUNT,
         out);
    hash = hash_floats(hash, out, COUNT);
  }
  free(out);
  return hash;
}

enum { RMSPROP, ADAM, RMSPROP_INSIDE, MOMENTUM, CLIP };

static uint64_t optimiser(const fs_kernels *kernels, int kind) {
  const filler fillers[] = {small_floats, any_floats};
  const int64_t counts[] = {0, 1, 15, 16, 17, 1021, 4096};
  uint64_t hash = HASH_START;
  for (int f = 0; f < 2; f++) {
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
      const int64_t n = counts[i];
      float *p = filled(fillers[f], 13, n), *g = filled(fillers[f], 14, n);
      float *m = allocate(n, sizeof *m), *v = allocate(n, sizeof *v);
      for (int step = 0; step < 3; step++) {
        switch (kind) {
          case ADAM: kernels->adam(n, p, g, m, v, 1e-3f, 0.9f, 0.999f, 1e-8f, 5.26315784f, 500.250122f); break;
          case RMSPROP: kernels->rmsprop(n, p, g, v, 5e-4f, 0.9f, 1e-8f); break;
          case RMSPROP_INSIDE: kernels->rmsprop_inside(n, p, g, v, 5e-4f, 0.9f, 1e-8f); break;
          case MOMENTUM: kernels->momentum(n, p, g, step == 2 ? NULL : m, 1e-2f, 0.9f); break;
          default: kernels->clip(n, p, 0.25f);
        }
      }
      hash = hash_floats(hash_floats(hash_floats(hash, p, n), m, n), v, n);
      free(p), free(g), free(m), free(v);
    }
  }
  return hash;
}

void check_table(const fs_kernels *kernels) {
  static const char *epilogues[] = {"", "+leaky", "+gate"};
  static const char *binaries[FS_BINARY_COUNT] = {"add", "sub", "mul", "div", "maximum", "minimum"};
  static const char *unaries[FS_UNARY_COUNT] = {"exp",  "log",  "tanh", "sigmoid", "softplus", "sqrt",
                                                "step", "sign", "abs",  "copy",    "erf"};
  char line[64];
  report(kernels->name, "selftest", (uint64_t)fs_selftest(kernels));
  for (int e = FS_EPILOGUE_NONE; e <= FS_EPILOGUE_GATE; e++) {
    snprintf(line, sizeof line, "gemm%s", epilogues[e]);
    report(kernels->name, line, gemm(kernels, small_floats, e));
    snprintf(line, sizeof line, "gemm%s, any bits", epilogues[e]);
    report(kernels->name, line, gemm(kernels, any_floats, e));
  }
  report(kernels->name, "gemm_tn", gemm_tn(kernels, small_floats));
  report(kernels->name, "gemm_tn, any bits", gemm_tn(kernels, any_floats));
  for (int32_t op = 0; op < FS_UNARY_COUNT; op++) {
    snprintf(line, sizeof line, "unary %s", unaries[op] ? unaries[op] : "of no name");
    report(kernels->name, line, elementwise(kernels, UNARY, op));
  }
  for (int32_t op = 0; op < FS_BINARY_COUNT; op++) {
    snprintf(line, sizeof line, "binary %s", binaries[op] ? binaries[op] : "of no name");
    report(kernels->name, line, elementwise(kernels, BINARY, op));
  }
  report(kernels->name, "gate", elementwise(kernels, GATE, 1));
  report(kernels->name, "gate of slope 0", elementwise(kernels, GATE, 0));
  report(kernels->name, "affine", elementwise(kernels, AFFINE, 0));
  report(kernels->name, "row_sum", elementwise(kernels, ROW_SUM, 0));
  report(kernels->name, "row_sum of products", elementwise(kernels, ROW_DOT, 0));
  report(kernels->name, "tree_sum", tree_sum(kernels));
  static const char *convolutions[] = {"convolve", "convolve, transposed", "convolve_weights", "cell_sums"};
  for (int mode = 0; mode < 4; mode++) {
    snprintf(line, sizeof line, "%s", convolutions[mode]);
    report(kernels->name, line, convolution(kernels, small_floats, mode));
    snprintf(line, sizeof line, "%s, any bits", convolutions[mode]);
    report(kernels->name, line, convolution(kernels, any_floats, mode));
  }
  report(kernels->name, "uniform", random_numbers(kernels->uniform));
  report(kernels->name, "normal", random_numbers(kernels->normal));
  report(kernels->name, "pair_sums", pairs(kernels, small_floats, 0));
  report(kernels->name, "pair_sums, any bits", pairs(kernels, any_floats, 0));
  report(kernels->name, "pair_directions", pairs(kernels, small_floats, 1));
  report(kernels->name, "pair_directions, any bits", pairs(kernels, any_floats, 1));
  report(kernels->name, "rmsprop", optimiser(kernels, RMSPROP));
  report(kernels->name, "adam", optimiser(kernels, ADAM));
  report(kernels->name, "rmsprop_inside", optimiser(kernels, RMSPROP_INSIDE));
  report(kernels->name, "momentum", optimiser(kernels, MOMENTUM));
  report(kernels->name, "clip", optimiser(kernels, CLIP));
}
