// Convolutions as matrix products whose left factor is read where it stands: the taps of a cell are runs of memory at
// the same distances from the cell's origin everywhere, once an image has a frame of +0. Nothing but the frame is copied.

/// Rows of a convolution that pass through the panels together, terms of a chain in progress, floats of framed images
/// that are held together, and terms of a weight gradient in progress.
enum { FS_STRIP_TILES = 16, FS_STRIP_DEPTH = 448, FS_FRAMED_FLOATS = 1 << 16, FS_GRADIENT_TERMS = 256 };

/// Taps that lie side by side in the framed image: floats from the origin, and how many.
typedef struct fs_run {
  int32_t offset, length;
} fs_run;

/// The cells of a tile: where their chains read, where they are stored, and their gates.
typedef struct fs_cells {
  const float *a[FS_ROWS], *gate[FS_ROWS];
  float *c[FS_ROWS];
  int64_t stride;  // floats from a[r] to a[r + 1], 0 where they are not equally far apart
  int rows;
} fs_cells;

/// The terms of the chains that are in progress.
typedef struct fs_depth {
  const fs_run *run;
  int64_t skip, terms;
  const float *panel, *bias;
  int accumulate, epilogue;
  float slope;
} fs_depth;

typedef struct fs_gradient_tile {
  const float *const *xs;
  int64_t terms;
  const int32_t *offset;
  const float *panel;
  int64_t ldpanel;
  float *c;
  int64_t ldc, width;
  int accumulate;
} fs_gradient_tile;

#define TV V
#define TV_LANES FS_LANES
#define TILE(name) whole_##name
FS_INLINE V whole_load(const float *p) { return load(p); }
FS_INLINE V whole_load_count(const float *p, int64_t n) { return load_count(p, n); }
FS_INLINE void whole_store_count(float *p, V v, int64_t n) { store_count(p, v, n); }
FS_INLINE V whole_fused(V a, V b, V c) { return fused(a, b, c); }
#include "convolution_tile.h"
#undef TV
#undef TV_LANES
#undef TILE
#if FS_LANES == 16
typedef float H __attribute__((ext_vector_type(8)));
#define TV H
#define TV_LANES 8
#define TILE(name) half_##name
FS_INLINE H half_load(const float *p) {
  H v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
FS_INLINE H half_load_count(const float *p, int64_t n) {
  return n >= 8 ? half_load(p) : (H)_mm256_maskz_loadu_ps((__mmask8)((1u << n) - 1), p);
}
FS_INLINE void half_store_count(float *p, H v, int64_t n) {
  _mm256_mask_storeu_ps(p, (__mmask8)(n >= 8 ? 0xff : (1u << n) - 1), (__m256)v);
}
FS_INLINE H half_fused(H a, H b, H c) { return __builtin_elementwise_fma(a, b, c); }
#include "convolution_tile.h"
#undef TV
#undef TV_LANES
#undef TILE
#endif

/// Floats that a panel has for each term: whole vectors, or a half one.
FS_INLINE int64_t panel_width(int64_t width) {
#if FS_LANES == 16
  if (width <= 8) return 8;
#endif
  return width >= FS_COLUMNS ? FS_COLUMNS : (width + FS_LANES - 1) / FS_LANES * FS_LANES;
}

static size_t convolution_panel_floats(int64_t depth, int64_t width, const fs_route *routes, int64_t count) {
  size_t columns = 0, terms = 0;
  for (int64_t j = 0; j < width; j += FS_COLUMNS) columns += (size_t)panel_width(width - j);
  for (int64_t r = 0; r < count; r++) terms += (size_t)(routes[r].taps * depth);
  return columns * terms;
}

static void pack_convolution(int64_t channels, int64_t filters, const float *b, int64_t ldb, int32_t transposed,
                             const fs_route *routes, int64_t count, float *panels) {
  int64_t depth = transposed ? filters : channels, width = transposed ? channels : filters;
  for (int64_t r = 0; r < count; r++) {
    for (int64_t j = 0; j < width; j += FS_COLUMNS) {
      int64_t columns = panel_width(width - j), n = width - j < columns ? width - j : columns;
      for (int64_t t = 0; t < routes[r].taps; t++) {
        const float *block = b + routes[r].tap[t] * channels * ldb;
        for (int64_t k = 0; k < depth; k++, panels += columns) {
          if (transposed) {
            for (int64_t l = 0; l < n; l++) panels[l] = block[(j + l) * ldb + k];
          } else {
            for (int64_t l = 0; l < n; l++) panels[l] = block[k * ldb + j + l];
          }
          for (int64_t l = n; l < columns; l++) panels[l] = 0.0f;
        }
      }
    }
  }
}

FS_INLINE void copy_run(float *to, const float *from, int64_t n) {
  int64_t j = 0;
  for (; j + FS_LANES <= n; j += FS_LANES) store(to + j, load(from + j));
  if (j < n) store_part(to + j, load_part(from + j, n - j), n - j);
}

FS_INLINE void clear_run(float *to, int64_t n) {
  int64_t j = 0;
  for (; j + FS_LANES <= n; j += FS_LANES) store(to + j, splat(0.0f));
  if (j < n) store_part(to + j, splat(0.0f), n - j);
}

/// An image with +0 around each of its runs.
static void frame_image(const fs_frame *f, int64_t depth, const float *image, float *framed) {
  int64_t done = 0, length = f->length * depth;
  for (int64_t r = 0; r < f->runs; r++, image += length) {
    int64_t place = f->place[r] * depth;
    clear_run(framed + done, place - done);
    copy_run(framed + place, image, length);
    done = place + length;
  }
  clear_run(framed + done, f->cells * depth - done);
}

/// Images that are framed together; without a frame they are read in place, all together.
FS_INLINE int64_t framed_together(const fs_frame *f, int64_t depth, int64_t pairs, int64_t rows) {
  if (f->runs == 0) return rows;
  int64_t most = FS_FRAMED_FLOATS / (f->cells * depth * pairs);
  return most < 1 ? 1 : most;
}

static size_t convolution_scratch_floats(const fs_frame *f, int64_t depth, int64_t pairs, int64_t taps) {
  int64_t images = f->runs == 0 ? 0 : framed_together(f, depth, pairs, 0);
  // The runs of the taps, and what a vector may read beyond the last plane.
  return (size_t)(images * pairs * f->cells * depth) + 2 * (size_t)taps + FS_LANES;
}

/// The runs of a route's taps.
static int64_t list_runs(const fs_route *route, int64_t depth, fs_run *runs) {
  int64_t count = 0;
  for (int64_t t = 0; t < route->taps; t++) {
    if (t > 0 && route->offset[t] == route->offset[t - 1] + 1) {
      runs[count - 1].length += (int32_t)depth;
    } else {
      runs[count++] = (fs_run){.offset = route->offset[t] * (int32_t)depth, .length = (int32_t)depth};
    }
  }
  return count;
}

/// A convolution's images, framed where it has a frame.
typedef struct fs_images {
  const float *a;
  int64_t pitch, first, count;
} fs_images;

FS_INLINE void convolution_tile(const fs_cells *t, const fs_depth *d, int64_t j, int64_t width) {
#if FS_LANES == 16
  if (width <= 8) return t->stride ? half_convolution_1_even(t->rows, t, d, j, width) : half_convolution_1_apart(t->rows, t, d, j, width);
#endif
#if FS_VECTORS > 2
  if (width > 3 * FS_LANES) return t->stride ? whole_convolution_4_even(t->rows, t, d, j, width) : whole_convolution_4_apart(t->rows, t, d, j, width);
  if (width > 2 * FS_LANES) return t->stride ? whole_convolution_3_even(t->rows, t, d, j, width) : whole_convolution_3_apart(t->rows, t, d, j, width);
#endif
  if (width > FS_LANES) return t->stride ? whole_convolution_2_even(t->rows, t, d, j, width) : whole_convolution_2_apart(t->rows, t, d, j, width);
  t->stride ? whole_convolution_1_even(t->rows, t, d, j, width) : whole_convolution_1_apart(t->rows, t, d, j, width);
}

/// The tiles of a strip through all terms and columns.
static void convolve_strip(const fs_convolution *g, const fs_cells *tiles, int64_t count, const fs_run *runs,
                           int64_t terms, const float *panels) {
  int64_t stretches = (terms + FS_STRIP_DEPTH - 1) / FS_STRIP_DEPTH;
  int64_t most = stretches > 0 ? (terms + stretches - 1) / stretches : 0;
  fs_depth d = {.run = runs, .slope = g->slope};
  for (int64_t first = 0; first == 0 || first < terms; first += d.terms) {
    d.terms = terms - first < most ? terms - first : most;
    d.accumulate = first > 0;
    d.bias = first > 0 ? NULL : g->bias;
    d.epilogue = first + d.terms >= terms ? g->epilogue : FS_EPILOGUE_NONE;
    const float *panel = panels;
    for (int64_t j = 0; j < g->width; j += FS_COLUMNS) {
      int64_t columns = panel_width(g->width - j), width = g->width - j < columns ? g->width - j : columns;
      d.panel = panel + first * columns;
      for (int64_t t = 0; t < count; t++) convolution_tile(&tiles[t], &d, j, width);
      panel += terms * columns;
    }
    if (d.terms == 0) return;
    for (d.skip += d.terms; first + d.terms < terms && d.skip >= d.run->length; d.run++) d.skip -= d.run->length;
  }
}

/// The place of a tile's row: target `at` of image `i`.
FS_INLINE void add_cell(const fs_convolution *g, const fs_route *route, const fs_images *images, int64_t i, int64_t at,
                        fs_cells *tile) {
  int64_t cell = (int64_t)route->target[at] * g->width, row = images->first + i;
  tile->a[tile->rows] = images->a + i * images->pitch + (int64_t)route->origin[at] * g->depth;
  tile->c[tile->rows] = g->c + row * g->ldc + cell;
  tile->gate[tile->rows] = g->gate ? g->gate + row * g->ldgate + cell : NULL;
  tile->rows++;
}

static void convolve_route(const fs_convolution *g, const fs_route *route, const fs_images *images, fs_run *runs,
                           const float *panels) {
  fs_cells tiles[FS_STRIP_TILES];
  list_runs(route, g->depth, runs);
  // Cells in a line are read at equal distances; where lines are short, cells of any lines and images share a tile.
  int64_t total = images->count * route->targets, line = 2 * route->width >= FS_ROWS ? route->width : total;
  int64_t count = 0, i = 0, at = 0, in_line = (line + FS_ROWS - 1) / FS_ROWS;
  for (int64_t start = 0; start < total; start += line) {
    int64_t height = line / in_line, taller = line % in_line;
    for (int64_t t = 0; t < in_line; t++) {
      fs_cells *tile = &tiles[count++];
      tile->rows = 0;
      for (int64_t rows = height + (t < taller); rows > 0; rows--) {
        add_cell(g, route, images, i, at, tile);
        if (++at == route->targets) at = 0, i++;
      }
      tile->stride = line != total && tile->rows > 1 ? tile->a[1] - tile->a[0] : line != total;
      if (count == FS_STRIP_TILES) {
        convolve_strip(g, tiles, count, runs, route->taps * g->depth, panels);
        count = 0;
      }
    }
  }
  if (count > 0) convolve_strip(g, tiles, count, runs, route->taps * g->depth, panels);
}

/// Lines of cells that are computed together where the result has one channel.
enum { FS_LINES = 8 };

/// A line of at most FS_LANES cells, a lane each: the framed cell where it begins, its first target, and its cells.
typedef struct fs_line {
  int64_t origin, at, count;
} fs_line;

/// The image of a frame channel after channel.
static void frame_planes(const fs_frame *f, int64_t depth, const float *image, float *planes) {
  memset(planes, 0, (size_t)(f->cells * depth) * sizeof *planes);
  for (int64_t r = 0; r < f->runs; r++)
    for (int64_t c = 0; c < f->length; c++, image += depth)
      for (int64_t k = 0; k < depth; k++) planes[k * f->cells + f->place[r] + c] = image[k];
}

FS_INLINE void lines_of(const int count, const fs_convolution *g, const fs_route *route, const float *panel,
                        const fs_line *lines, int64_t row) {
  V acc[FS_LINES];
  const int64_t columns = panel_width(1);
  for (int l = 0; l < count; l++) acc[l] = splat(g->bias ? g->bias[0] : 0.0f);
  for (int64_t t = 0; t < route->taps; t++) {
    const float *plane = g->scratch + route->offset[t];
    for (int64_t k = 0; k < g->depth; k++, plane += g->frame->cells, panel += columns) {
      V w = splat(panel[0]);
#pragma clang loop unroll(full)
      for (int l = 0; l < count; l++) acc[l] = fused(load(plane + lines[l].origin), w, acc[l]);
    }
  }
  V slope = splat(g->slope), most = largest_factor(g->slope);
  for (int l = 0; l < count; l++) {
    float part[FS_LANES];
    const int32_t *target = route->target + lines[l].at;
    V open = acc[l];
    if (g->epilogue == FS_EPILOGUE_GATE) {
      for (int64_t c = 0; c < FS_LANES; c++) part[c] = c < lines[l].count ? g->gate[row * g->ldgate + target[c]] : 0.0f;
      open = load(part);
    }
    if (g->epilogue != FS_EPILOGUE_NONE) acc[l] = choose(open > splat(0.0f), acc[l], closed(acc[l], slope, most));
    store(part, acc[l]);
    for (int64_t c = 0; c < lines[l].count; c++) g->c[row * g->ldc + target[c]] = part[c];
  }
}

/// Whether a result of one channel can be computed line by line: neighbours in a line read neighbours.
static int has_lines(const fs_convolution *g) {
  if (FS_LANES == 1 || g->width != 1 || g->frame->runs == 0) return 0;
  for (int64_t r = 0; r < g->route_count; r++) {
    const fs_route *route = &g->routes[r];
    if (route->width > 1 && route->targets > 0 && route->origin[1] - route->origin[0] != 1) return 0;
  }
  return 1;
}

/// A result of one channel: cells are the lanes, so that no lane is idle.
static void convolve_lines(const fs_convolution *g) {
  for (int64_t i = 0; i < g->rows; i++) {
    frame_planes(g->frame, g->depth, g->a + i * g->lda, g->scratch);
    const float *panels = g->panels;
    for (int64_t r = 0; r < g->route_count; r++) {
      const fs_route *route = &g->routes[r];
      fs_line lines[FS_LINES];
      int count = 0;
      for (int64_t start = 0; start < route->targets; start += route->width) {
        for (int64_t at = 0; at < route->width; at += FS_LANES) {
          int64_t left = route->width - at;
          lines[count++] = (fs_line){.origin = route->origin[start + at], .at = start + at,
                                     .count = left < FS_LANES ? left : FS_LANES};
          if (count == FS_LINES) lines_of(FS_LINES, g, route, panels, lines, i), count = 0;
        }
      }
      for (int l = 0; l < count; l++) lines_of(1, g, route, panels, &lines[l], i);
      panels += convolution_panel_floats(g->depth, 1, route, 1);
    }
  }
}

static void convolve(const fs_convolution *g) {
  if (g->depth <= 0 || g->width <= 0) return;
  if (has_lines(g)) return convolve_lines(g);
  int64_t together = framed_together(g->frame, g->depth, 1, g->rows), pitch = g->frame->cells * g->depth;
  for (int64_t first = 0; first < g->rows; first += together) {
    fs_images images = {.a = g->a + first * g->lda, .pitch = g->lda, .first = first,
                        .count = g->rows - first < together ? g->rows - first : together};
    float *free = g->scratch;
    if (g->frame->runs > 0) {
      for (int64_t i = 0; i < images.count; i++, free += pitch)
        frame_image(g->frame, g->depth, images.a + i * g->lda, free);
      images.a = g->scratch;
      images.pitch = pitch;
    }
    const float *panels = g->panels;
    for (int64_t r = 0; r < g->route_count; r++) {
      convolve_route(g, &g->routes[r], &images, (fs_run *)(void *)free, panels);
      panels += convolution_panel_floats(g->depth, g->width, &g->routes[r], 1);
    }
  }
}

FS_INLINE void gradient_tile(int rows, int even, const fs_gradient_tile *t) {
#if FS_LANES == 16
  if (t->width <= 8) return even ? half_gradient_1_even(rows, t) : half_gradient_1_apart(rows, t);
#endif
#if FS_VECTORS > 2
  if (t->width > 3 * FS_LANES) return even ? whole_gradient_4_even(rows, t) : whole_gradient_4_apart(rows, t);
  if (t->width > 2 * FS_LANES) return even ? whole_gradient_3_even(rows, t) : whole_gradient_3_apart(rows, t);
#endif
  if (t->width > FS_LANES) return even ? whole_gradient_2_even(rows, t) : whole_gradient_2_apart(rows, t);
  even ? whole_gradient_1_even(rows, t) : whole_gradient_1_apart(rows, t);
}

/// The rows of a weight gradient from `runs`, columns of one panel, some terms.
static void gradient_rows(const fs_convolution_weights *g, const fs_run *runs, int64_t count, fs_gradient_tile *part) {
  int64_t shortest = count > 0 ? runs[0].length : 0;
  for (int64_t s = 1; s < count; s++) shortest = runs[s].length < shortest ? runs[s].length : shortest;
  int32_t offset[FS_ROWS];
  part->offset = offset;
  if (2 * shortest >= FS_ROWS) {
    for (int64_t s = 0; s < count; s++) {
      int64_t tiles = (runs[s].length + FS_ROWS - 1) / FS_ROWS, height = runs[s].length / tiles, taller = runs[s].length % tiles;
      offset[0] = runs[s].offset;
      for (int64_t t = 0; t < tiles; t++) {
        int rows = (int)(height + (t < taller));
        gradient_tile(rows, 1, part);
        offset[0] += rows;
        part->c += rows * g->ldc;
      }
    }
    return;
  }
  int64_t total = g->route->taps * g->channels, tiles = (total + FS_ROWS - 1) / FS_ROWS;
  int64_t height = total / tiles, taller = total % tiles, s = 0, k = 0;
  for (int64_t t = 0; t < tiles; t++) {
    int rows = (int)(height + (t < taller));
    for (int r = 0; r < rows; r++) {
      offset[r] = runs[s].offset + (int32_t)k;
      if (++k == runs[s].length) k = 0, s++;
    }
    gradient_tile(rows, 0, part);
    part->c += rows * g->ldc;
  }
}

/// The terms in progress: xs[k] is the origin of the k-th, ys[k] its cell of the second factor.
static void gradient_terms(const fs_convolution_weights *g, const fs_run *runs, int64_t count, const float **xs,
                           const float *const *ys, int64_t terms, int accumulate) {
  float panel[FS_GRADIENT_TERMS * FS_COLUMNS] __attribute__((aligned(64)));
  if (terms > 0)
    for (int ahead = 0; ahead < FS_TERMS_AHEAD; ahead++) xs[terms + ahead] = xs[terms - 1];
  for (int64_t j = 0; j < g->filters; j += FS_COLUMNS) {
    int64_t columns = panel_width(g->filters - j), width = g->filters - j < columns ? g->filters - j : columns;
    for (int64_t k = 0; k < terms; k++) {
      float *to = panel + k * columns;
      copy_run(to, ys[k] + j, width);
      for (int64_t l = width; l < columns; l++) to[l] = 0.0f;
    }
    fs_gradient_tile part = {.xs = xs, .terms = terms, .panel = panel, .ldpanel = columns, .c = g->c + j,
                             .ldc = g->ldc, .width = width, .accumulate = accumulate};
    gradient_rows(g, runs, count, &part);
  }
}

static void convolve_weights(const fs_convolution_weights *g) {
  const fs_route *route = g->route;
  if (g->channels <= 0 || g->filters <= 0 || route->taps <= 0) return;
  const float *xs[FS_GRADIENT_TERMS + FS_TERMS_AHEAD], *ys[FS_GRADIENT_TERMS];
  int64_t together = framed_together(g->frame, g->channels, g->pairs, g->rows), pitch = g->frame->cells * g->channels;
  fs_run *runs = (fs_run *)(void *)(g->scratch + convolution_scratch_floats(g->frame, g->channels, g->pairs, 0));
  int64_t count = list_runs(route, g->channels, runs), terms = 0;
  int accumulate = g->accumulate, is_empty = 1;
  for (int64_t first = 0; first < g->rows; first += together) {
    int64_t images = g->rows - first < together ? g->rows - first : together;
    float *framed = g->scratch;
    for (int64_t i = first; i < first + images; i++) {
      for (int64_t p = 0; p < g->pairs; p++) {
        const float *x = g->factors[p].x + i * g->factors[p].ldx, *y = g->factors[p].y + i * g->factors[p].ldy;
        if (g->frame->runs > 0) {
          frame_image(g->frame, g->channels, x, framed);
          x = framed;
          framed += pitch;
        }
        for (int64_t t = 0; t < route->targets; t++) {
          xs[terms] = x + (int64_t)route->origin[t] * g->channels;
          ys[terms++] = y + t * g->filters;
          if (terms == FS_GRADIENT_TERMS) {
            gradient_terms(g, runs, count, xs, ys, terms, accumulate);
            terms = 0;
            accumulate = 1;
            is_empty = 0;
          }
        }
      }
    }
    // What is in progress ends with the images' frames.
    if (terms > 0) {
      gradient_terms(g, runs, count, xs, ys, terms, accumulate);
      terms = 0;
      accumulate = 1;
      is_empty = 0;
    }
  }
  if (is_empty) gradient_terms(g, runs, count, xs, ys, 0, accumulate);
}
