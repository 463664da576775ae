// Elementwise kernels over matrices with broadcast operands.

/// Whether a view reads rows x cols floats without gaps (1), one float over and over (0), or neither (-1).
FS_INLINE int contiguity(fs_view a, int64_t cols) {
  if (a.row_stride == cols && (a.col_stride == 1 || cols == 1)) return 1;
  return a.row_stride == 0 && (a.col_stride == 0 || cols == 1) ? 0 : -1;
}

/// Makes one long row of all rows where neither output nor operands have gaps between them. Both operands may be one.
FS_INLINE void join_rows(int64_t *rows, int64_t *cols, int64_t ldout, fs_view *a, fs_view *b) {
  int flat_a = contiguity(*a, *cols), flat_b = contiguity(*b, *cols);
  if (*rows > 1 && ldout == *cols && flat_a >= 0 && flat_b >= 0) {
    a->col_stride = flat_a;
    b->col_stride = flat_b;
    *cols *= *rows;
    *rows = 1;
  }
}

/// The row starting at p: its own columns, or its first float repeated.
FS_INLINE V operand(const float *p, int64_t col_stride, int64_t j, int64_t count) {
  return col_stride ? load_count(p + j, count) : splat(p[0]);
}

FS_INLINE V apply_binary(const int op, V a, V b) {
  switch (op) {
    case FS_ADD: return a + b;
    case FS_SUB: return a - b;
    case FS_MUL: return a * b;
    case FS_DIV: return a / b;
    case FS_MAXIMUM: return choose((a > b) | (a != a), a, b);
    default: return choose((a < b) | (a != a), a, b);
  }
}

FS_INLINE V apply_unary(const int op, V a) {
  switch (op) {
    case FS_EXP: return v_exp(a);
    case FS_LOG: return v_log(a);
    case FS_TANH: return v_tanh(a);
    case FS_SIGMOID: return v_sigmoid(a);
    case FS_SOFTPLUS: return v_softplus(a);
    case FS_SQRT: return root(a);
    case FS_STEP: return choose(a > splat(0.0f), splat(1.0f), splat(0.0f));
    case FS_SIGN: return choose(a > splat(0.0f), splat(1.0f), choose(a < splat(0.0f), splat(-1.0f), splat(0.0f)));
    case FS_ABS: return absolute(a);
    case FS_ERF: return v_erf(a);
    default: return a;
  }
}

/// Runs BODY(j, count) over each row, in whole vectors and one part.
#define FS_OVER_ROWS(BODY) \
  for (int64_t i = 0; i < rows; i++) { \
    int64_t j = 0; \
    for (; j + FS_LANES <= cols; j += FS_LANES) BODY(j, FS_LANES) \
    if (j < cols) BODY(j, cols - j) \
  }

FS_INLINE void binary_rows(const int op, int64_t rows, int64_t cols, fs_view a, fs_view b, float *out, int64_t ldout) {
  join_rows(&rows, &cols, ldout, &a, &b);
#define FS_BODY(j, count) \
  store_count(out + i * ldout + j, \
              apply_binary(op, operand(a.data + i * a.row_stride, a.col_stride, j, count), \
                           operand(b.data + i * b.row_stride, b.col_stride, j, count)), \
              count);
  FS_OVER_ROWS(FS_BODY)
#undef FS_BODY
}

FS_INLINE void unary_rows(const int op, int64_t rows, int64_t cols, fs_view a, float *out, int64_t ldout) {
  join_rows(&rows, &cols, ldout, &a, &a);
#define FS_BODY(j, count) \
  store_count(out + i * ldout + j, apply_unary(op, operand(a.data + i * a.row_stride, a.col_stride, j, count)), count);
  FS_OVER_ROWS(FS_BODY)
#undef FS_BODY
}

static void binary(int32_t op, int64_t rows, int64_t cols, fs_view a, fs_view b, float *out, int64_t ldout) {
#define FS_CASE(op) case op: binary_rows(op, rows, cols, a, b, out, ldout); break;
  switch (op) {
    FS_CASE(FS_ADD) FS_CASE(FS_SUB) FS_CASE(FS_MUL) FS_CASE(FS_DIV)
    FS_CASE(FS_MAXIMUM) FS_CASE(FS_MINIMUM)
  }
#undef FS_CASE
}

static void unary(int32_t op, int64_t rows, int64_t cols, fs_view a, float *out, int64_t ldout) {
#define FS_CASE(op) case op: unary_rows(op, rows, cols, a, out, ldout); break;
  switch (op) {
    FS_CASE(FS_EXP) FS_CASE(FS_LOG) FS_CASE(FS_TANH) FS_CASE(FS_SIGMOID) FS_CASE(FS_SOFTPLUS) FS_CASE(FS_SQRT)
    FS_CASE(FS_STEP) FS_CASE(FS_SIGN) FS_CASE(FS_ABS) FS_CASE(FS_COPY) FS_CASE(FS_ERF)
  }
#undef FS_CASE
}

static void gate(int64_t rows, int64_t cols, float slope, fs_view a, fs_view b, float *out, int64_t ldout) {
  V most = largest_factor(slope);
  join_rows(&rows, &cols, ldout, &a, &b);
#define FS_BODY(j, count) \
  { \
    V x = operand(a.data + i * a.row_stride, a.col_stride, j, count); \
    V y = operand(b.data + i * b.row_stride, b.col_stride, j, count); \
    store_count(out + i * ldout + j, choose(y > splat(0.0f), x, closed(x, splat(slope), most)), count); \
  }
  FS_OVER_ROWS(FS_BODY)
#undef FS_BODY
}

static void affine(int64_t rows, int64_t cols, float scale, float offset, fs_view a, float *out, int64_t ldout) {
  join_rows(&rows, &cols, ldout, &a, &a);
#define FS_BODY(j, count) \
  store_count(out + i * ldout + j, scale * operand(a.data + i * a.row_stride, a.col_stride, j, count) + offset, count);
  FS_OVER_ROWS(FS_BODY)
#undef FS_BODY
}
