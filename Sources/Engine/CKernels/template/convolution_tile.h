// The register tiles of convolutions and of their weight gradients, for vectors of one length: included once for whole
// vectors and, where they have 16 lanes, once for half ones, so that eight channels are no waste.
//
// TV is the vector, TV_LANES its lanes, TILE(name) a name of its own, and tv_… the words of vector.h for it.

/// acc[r][v] = fma(x[r], y[v TV_LANES …], acc[r][v]), where x[r] is given.
#define FS_TERM(x) \
  { \
    TV b[FS_VECTORS]; \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) b[v] = TILE(load)(panel + v * TV_LANES); \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) { \
      TV s = (TV)(x); \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) acc[r][v] = TILE(fused)(s, b[v], acc[r][v]); \
    } \
  }

/// One tile of a convolution's result: columns j … of some cells.
FS_INLINE void TILE(convolution)(const int rows, const int vectors, const int even, const fs_cells *t,
                                 const fs_depth *d, int64_t j, int64_t width) {
  TV acc[FS_ROWS][FS_VECTORS];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    TV start = (TV)0.0f;
    if (d->bias) start = TILE(load_count)(d->bias + j + v * TV_LANES, width - v * TV_LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) acc[r][v] = start;
  }
  if (d->accumulate) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        acc[r][v] = TILE(load_count)(t->c[r] + j + v * TV_LANES, width - v * TV_LANES);
  }
  const float *panel = d->panel;
  const fs_run *run = d->run;
  for (int64_t left = d->terms, skip = d->skip; left > 0; run++, skip = 0) {
    int64_t n = run->length - skip < left ? run->length - skip : left;
    int64_t first = run->offset + skip;
    left -= n;
    if (even) {
      const float *a = t->a[0] + first;
      const int64_t stride = t->stride;
      for (int64_t k = 0; k < n; k++, panel += vectors * TV_LANES) FS_TERM(a[k + r * stride])
    } else {
      for (int64_t k = first; k < first + n; k++, panel += vectors * TV_LANES) FS_TERM(t->a[r][k])
    }
  }
  if (d->epilogue != FS_EPILOGUE_NONE) {
    TV slope = (TV)d->slope, most = (TV)(d->slope == 0.0f ? 0x1.fffffep127f : __builtin_inff());
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        TV value = acc[r][v], open = value, shut = value;
        if (d->epilogue == FS_EPILOGUE_GATE)
          open = TILE(load_count)(t->gate[r] + j + v * TV_LANES, width - v * TV_LANES);
        shut = shut > most ? most : shut;
        shut = slope * (shut < -most ? -most : shut);
        acc[r][v] = open > (TV)0.0f ? value : shut;
      }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      TILE(store_count)(t->c[r] + j + v * TV_LANES, acc[r][v], width - v * TV_LANES);
}

/// One tile of a weight gradient: some rows of it, columns of the panel.
FS_INLINE void TILE(gradient)(const int rows, const int vectors, const int even, const fs_gradient_tile *t) {
  TV acc[FS_ROWS][FS_VECTORS];
  const float *panel = t->panel;
  const float *const *xs = t->xs;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      acc[r][v] = t->accumulate ? TILE(load_count)(t->c + r * t->ldc + v * TV_LANES, t->width - v * TV_LANES) : (TV)0.0f;
  if (even) {
    const int64_t first = t->offset[0];
    for (int64_t k = 0; k < t->terms; k++, panel += t->ldpanel) {
      const float *x = xs[k] + first;
      __builtin_prefetch(xs[k + FS_TERMS_AHEAD] + first);
      FS_TERM(x[r])
    }
  } else {
    int64_t offset[FS_ROWS];
    for (int r = 0; r < rows; r++) offset[r] = t->offset[r];
    for (int64_t k = 0; k < t->terms; k++, panel += t->ldpanel) {
      const float *x = xs[k];
      FS_TERM(x[offset[r]])
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      TILE(store_count)(t->c + r * t->ldc + v * TV_LANES, acc[r][v], t->width - v * TV_LANES);
}
#undef FS_TERM

// Half vectors have one to a row; whole ones as many as fit the registers.
#if TV_LANES != FS_LANES
#define FS_TILES_OF_EACH_WIDTH FS_TILES_OF(1, 1, even) FS_TILES_OF(1, 0, apart)
#elif FS_VECTORS > 2
#define FS_TILES_OF_EACH_WIDTH \
  FS_TILES_OF(1, 1, even) FS_TILES_OF(1, 0, apart) FS_TILES_OF(2, 1, even) FS_TILES_OF(2, 0, apart) \
  FS_TILES_OF(3, 1, even) FS_TILES_OF(3, 0, apart) FS_TILES_OF(4, 1, even) FS_TILES_OF(4, 0, apart)
#else
#define FS_TILES_OF_EACH_WIDTH \
  FS_TILES_OF(1, 1, even) FS_TILES_OF(1, 0, apart) FS_TILES_OF(2, 1, even) FS_TILES_OF(2, 0, apart)
#endif

#define FS_TILES_OF(v, even, kind) \
  static __attribute__((noinline)) void TILE(convolution_##v##_##kind)( \
      int rows, const fs_cells *t, const fs_depth *d, int64_t j, int64_t width) { \
    switch (rows) { FS_EACH_ROW_COUNT((v, even)) } \
  }
#define FS_CASE(r, of) FS_CASE_OF(r, FS_FIRST of, FS_SECOND of)
#define FS_FIRST(a, b) a
#define FS_SECOND(a, b) b
#define FS_CASE_OF(r, v, even) case r: TILE(convolution)(r, v, even, t, d, j, width); break;
FS_TILES_OF_EACH_WIDTH
#undef FS_CASE_OF
#undef FS_TILES_OF
#define FS_TILES_OF(v, even, kind) \
  static __attribute__((noinline)) void TILE(gradient_##v##_##kind)(int rows, const fs_gradient_tile *t) { \
    switch (rows) { FS_EACH_ROW_COUNT((v, even)) } \
  }
#define FS_CASE_OF(r, v, even) case r: TILE(gradient)(r, v, even, t); break;
FS_TILES_OF_EACH_WIDTH
#undef FS_CASE_OF
#undef FS_CASE
#undef FS_FIRST
#undef FS_SECOND
#undef FS_TILES_OF
#undef FS_TILES_OF_EACH_WIDTH
