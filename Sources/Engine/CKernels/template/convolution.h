// Convolutions as matrix products: the patches of a few targets are copied side by side, which is the left factor.

/// Targets, terms of a chain and columns that are in progress together; for the weights, terms and targets.
enum { FS_PATCH_ROWS = 56, FS_PATCH_DEPTH = 320, FS_PATCH_COLUMNS = 64, FS_PATCH_WEIGHTS = 64, FS_PATCH_TARGETS = 256 };

FS_INLINE void copy_run(float *to, const float *from, int64_t n) {
  int64_t j = 0;
  for (; j + FS_LANES <= n; j += FS_LANES) store(to + j, load(from + j));
  if (j < n) store_part(to + j, load_part(from + j, n - j), n - j);
}

/// Terms first … first+depth-1 of the chains of `rows` targets, where a cell is `run` floats: rows of `depth` floats.
static void fill_patches(const fs_route *route, int64_t top, int64_t rows, int64_t run, int64_t first, int64_t depth,
                         const float *image, float *patches) {
  const int64_t first_tap = first / run, first_channel = first % run;
  for (int64_t i = 0; i < rows; i++, patches += depth) {
    const int32_t *source = route->source + (top + i) * route->taps + first_tap;
    if (run == 1) {
      for (int64_t k = 0; k < depth; k++) patches[k] = source[k] < 0 ? 0.0f : image[source[k]];
      continue;
    }
    int64_t channel = first_channel;
    for (int64_t k = 0; k < depth; source++) {
      int32_t cell = *source;
      int64_t n = run - channel < depth - k ? run - channel : depth - k;
      if (cell < 0) {
        for (int64_t j = 0; j < n; j++) patches[k + j] = 0.0f;
      } else {
        // Neighbours in the image that are neighbours in the kernel are one run.
        for (; k + n < depth && source[1] == source[0] + 1; source++) n += run < depth - k - n ? run : depth - k - n;
        copy_run(patches + k, image + cell * run + channel, n);
      }
      k += n;
      channel = 0;
    }
  }
}

/// Terms first … first+depth-1 of the weights' columns j … j+n-1, packed as a product has its right factor.
static void pack_taps(const fs_convolution *g, const fs_route *route, int32_t transposed, int64_t first, int64_t depth,
                      int64_t j, int64_t n, float *panels) {
  int64_t run = transposed ? g->filters : g->channels;
  for (int64_t end = j + n; j < end; j += FS_COLUMNS) {
    int64_t width = end - j < FS_COLUMNS ? end - j : FS_COLUMNS, tap = first / run, k = first % run;
    for (int64_t s = 0; s < depth; s++, panels += FS_COLUMNS) {
      const float *block = g->b + route->tap[tap] * g->channels * g->ldb;
      if (transposed) {
        for (int64_t l = 0; l < width; l++) panels[l] = block[(j + l) * g->ldb + k];
      } else {
        for (int64_t l = 0; l < width; l++) panels[l] = block[k * g->ldb + j + l];
      }
      for (int64_t l = width; l < FS_COLUMNS; l++) panels[l] = 0.0f;
      if (++k == run) k = 0, tap++;
    }
  }
}

/// `call` computes the targets top …, columns j … of an image: in place where they are one run of memory, else by way
/// of
/// `part`.
FS_INLINE void store_targets(fs_gemm *call, const int32_t *target, float *image, int64_t width, int64_t j, float *part) {
  if (target[call->m - 1] - target[0] == call->m - 1) {
    call->c = image + target[0] * width + j;
    call->ldc = width;
    gemm(call);
    return;
  }
  call->c = part;
  call->ldc = FS_PATCH_COLUMNS;
  if (call->accumulate)
    for (int64_t i = 0; i < call->m; i++) copy_run(part + i * FS_PATCH_COLUMNS, image + target[i] * width + j, call->n);
  gemm(call);
  for (int64_t i = 0; i < call->m; i++) copy_run(image + target[i] * width + j, part + i * FS_PATCH_COLUMNS, call->n);
}

static void convolve_route(const fs_convolution *g, const fs_route *route, int32_t transposed) {
  float patches[FS_PATCH_ROWS * FS_PATCH_DEPTH] __attribute__((aligned(64)));
  float panels[FS_PATCH_DEPTH * FS_PATCH_COLUMNS] __attribute__((aligned(64)));
  float part[FS_PATCH_ROWS * FS_PATCH_COLUMNS] __attribute__((aligned(64)));
  int64_t run = transposed ? g->filters : g->channels, width = transposed ? g->channels : g->filters;
  // Stretches of near-equal depth; a chain continues through c from one to the next.
  int64_t terms = route->taps * run, first = 0, stretches = (terms + FS_PATCH_DEPTH - 1) / FS_PATCH_DEPTH;
  int64_t most = stretches > 0 ? (terms + stretches - 1) / stretches : 0;
  do {
    int64_t depth = terms - first < most ? terms - first : most;
    for (int64_t j = 0; j < width; j += FS_PATCH_COLUMNS) {
      int64_t n = width - j < FS_PATCH_COLUMNS ? width - j : FS_PATCH_COLUMNS;
      pack_taps(g, route, transposed, first, depth, j, n, panels);
      for (int64_t i = 0; i < g->rows; i++) {
        for (int64_t top = 0; top < route->targets; top += FS_PATCH_ROWS) {
          int64_t m = route->targets - top < FS_PATCH_ROWS ? route->targets - top : FS_PATCH_ROWS;
          fill_patches(route, top, m, run, first, depth, g->a + i * g->lda, patches);
          fs_gemm call = {.m = m, .n = n, .k = depth, .a = patches, .lda = depth, .panels = panels,
                          .accumulate = first > 0};
          store_targets(&call, route->target + top, g->c + i * g->ldc, width, j, part);
        }
      }
    }
    first += depth;
  } while (first < terms);
}

static void convolve(const fs_convolution *g, int32_t transposed) {
  if (g->channels <= 0 || g->filters <= 0) return;
  for (int64_t r = 0; r < g->route_count; r++) convolve_route(g, &g->routes[r], transposed);
}

static void convolve_weights(const fs_convolution *g) {
  if (g->channels <= 0 || g->filters <= 0 || g->route_count <= 0) return;
  float patches[FS_PATCH_TARGETS * FS_PATCH_WEIGHTS] __attribute__((aligned(64)));
  const fs_route *route = g->routes;
  int64_t terms = route->taps * g->channels;
  for (int64_t first = 0; first < terms; first += FS_PATCH_WEIGHTS) {
    int64_t depth = terms - first < FS_PATCH_WEIGHTS ? terms - first : FS_PATCH_WEIGHTS;
    fs_factors factors = {.x = patches, .ldx = depth, .ldy = g->filters};
    fs_gemm_tn call = {.m = depth, .n = g->filters, .factors = &factors, .pairs = 1, .c = g->c + first * g->ldc, .ldc = g->ldc, .accumulate = g->accumulate};
    if (g->rows <= 0 || route->targets <= 0) gemm_tn(&call);
    for (int64_t i = 0; i < g->rows; i++) {
      for (int64_t top = 0; top < route->targets; top += FS_PATCH_TARGETS) {
        call.rows = route->targets - top < FS_PATCH_TARGETS ? route->targets - top : FS_PATCH_TARGETS;
        fill_patches(route, top, call.rows, g->channels, first, depth, g->a + i * g->lda, patches);
        factors.y = g->b + i * g->ldb + top * g->filters;
        gemm_tn(&call);
        call.accumulate = 1;
      }
    }
  }
}
