// Exact nearest neighbours: a balanced k-d tree of tiles, visited nearest box first, or all tiles in blocks of queries.
#pragma STDC FP_CONTRACT OFF
#include "fs_neighbours.h"

#include <stdlib.h>
#include <string.h>

enum { TILE = FS_SQUARE_TILE, DEPTH = 64, BLOCK = 64 };

/// Node of tiles [a, b): its boxes; its children are nodes i + 1 of [a, m) and i + 2 (m - a) of [m, b), m = (a + b) / 2.
struct fs_neighbours {
  int64_t rows, cols, tiles;
  int32_t tree;
  double *packed;   // tiles x cols x TILE
  int64_t *order;   // place -> row
  double *boxes;    // nodes x 2 x cols: low, high
};

static void swap(int64_t *order, int64_t i, int64_t j) {
  int64_t row = order[i];
  order[i] = order[j];
  order[j] = row;
}

/// Puts the `place` smallest rows of [first, last) by (coordinate, row) before the others. Pivots are drawn from a
/// counter, so that no order of rows is slow.
static void split(int64_t *order, int64_t first, int64_t last, int64_t place, const double *column, int64_t stride) {
  uint64_t state = (uint64_t)(last - first) * 0x9E3779B97F4A7C15u + 1;
  while (last - first > 1) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    int64_t pivot = order[first + (int64_t)((state >> 33) % (uint64_t)(last - first))];
    double value = column[pivot * stride];
    int64_t i = first, j = last - 1;
    while (i <= j) {
      while (column[order[i] * stride] < value || (column[order[i] * stride] == value && order[i] < pivot)) i++;
      while (column[order[j] * stride] > value || (column[order[j] * stride] == value && order[j] > pivot)) j--;
      if (i <= j) swap(order, i++, j--);
    }
    if (place <= j) {
      last = j + 1;
    } else if (place >= i) {
      first = i;
    } else {
      return;
    }
  }
}

static void build(fs_neighbours *index, const double *points, int64_t node, int64_t a, int64_t b) {
  int64_t cols = index->cols, first = a * TILE, last = b * TILE < index->rows ? b * TILE : index->rows, widest = 0;
  double *low = index->boxes + node * 2 * cols, *high = low + cols, width = -1.0;
  memcpy(low, points + index->order[first] * cols, (size_t)cols * sizeof(double));
  memcpy(high, low, (size_t)cols * sizeof(double));
  for (int64_t i = first + 1; i < last; i++) {
    const double *point = points + index->order[i] * cols;
    for (int64_t k = 0; k < cols; k++) {
      if (point[k] < low[k]) low[k] = point[k];
      if (point[k] > high[k]) high[k] = point[k];
    }
  }
  if (b - a < 2) return;
  for (int64_t k = 0; k < cols; k++)
    if (high[k] - low[k] > width) width = high[k] - low[k], widest = k;
  int64_t middle = (a + b) / 2;
  split(index->order, first, last, middle * TILE, points + widest, cols);
  build(index, points, node + 1, a, middle);
  build(index, points, node + 2 * (middle - a), middle, b);
}

void fs_pack_tiles(int64_t rows, int64_t cols, const double *points, double *packed) {
  int64_t tiles = (rows + TILE - 1) / TILE;
  memset(packed, 0, (size_t)(tiles * cols * TILE) * sizeof(double));
  for (int64_t i = 0; i < rows; i++)
    for (int64_t k = 0; k < cols; k++) packed[(i / TILE * cols + k) * TILE + i % TILE] = points[i * cols + k];
}

fs_neighbours *fs_neighbours_new(int64_t rows, int64_t cols, const double *points, int32_t tree) {
  fs_neighbours *index = calloc(1, sizeof *index);
  if (!index) return NULL;
  *index = (fs_neighbours){.rows = rows, .cols = cols, .tiles = (rows + TILE - 1) / TILE, .tree = tree};
  index->packed = calloc((size_t)(index->tiles * cols * TILE), sizeof(double));
  index->order = malloc((size_t)rows * sizeof(int64_t));
  index->boxes = tree ? malloc((size_t)((2 * index->tiles - 1) * 2 * cols) * sizeof(double)) : NULL;
  if (!index->packed || !index->order || (tree && !index->boxes)) {
    fs_neighbours_free(index);
    return NULL;
  }
  for (int64_t i = 0; i < rows; i++) index->order[i] = i;
  if (tree) build(index, points, 0, 0, index->tiles);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t k = 0; k < cols; k++)
      index->packed[(i / TILE * cols + k) * TILE + i % TILE] = points[index->order[i] * cols + k];
  return index;
}

void fs_neighbours_free(fs_neighbours *index) {
  if (!index) return;
  free(index->packed);
  free(index->order);
  free(index->boxes);
  free(index);
}

/// A lower bound, also in rounded arithmetic, of the squares of all points of a box: each rounded operation is monotone.
static double box_square(const fs_neighbours *index, int64_t node, const double *query) {
  const double *low = index->boxes + node * 2 * index->cols, *high = low + index->cols;
  double sum = 0.0;
  for (int64_t k = 0; k < index->cols; k++) {
    double below = low[k] - query[k], above = query[k] - high[k], outside = below > above ? below : above;
    outside = outside > 0.0 ? outside : 0.0;
    sum += outside * outside;
  }
  return sum;
}

/// One query under way: what it looks for and what it has found.
typedef struct search {
  const fs_neighbours *index;
  const fs_kernels *kernels;
  const double *query;
  int64_t excluded;
  // The k nearest, ascending by (square, row).
  int64_t k;
  double *squares;
  int64_t *rows;
  // Points below a limit.
  double limit;
  int64_t count, capacity;
  uint8_t *inside;
  int64_t *list;
} search;

static void insert(search *s, double square, int64_t row) {
  int64_t place = s->k - 1;
  for (; place > 0; place--) {
    if (s->squares[place - 1] < square || (s->squares[place - 1] == square && s->rows[place - 1] < row)) break;
    s->squares[place] = s->squares[place - 1];
    s->rows[place] = s->rows[place - 1];
  }
  s->squares[place] = square;
  s->rows[place] = row;
}

static void scan_nearest(search *s, int64_t tile) {
  double squares[TILE];
  s->kernels->tile_squares(s->index->cols, s->query, s->index->packed + tile * s->index->cols * TILE, squares);
  int64_t first = tile * TILE, count = s->index->rows - first < TILE ? s->index->rows - first : TILE;
  for (int64_t j = 0; j < count; j++) {
    if (squares[j] > s->squares[s->k - 1]) continue;
    int64_t row = s->index->order[first + j];
    if (row == s->excluded || (squares[j] == s->squares[s->k - 1] && row > s->rows[s->k - 1])) continue;
    insert(s, squares[j], row);
  }
}

static void scan_within(search *s, int64_t tile) {
  double squares[TILE];
  s->kernels->tile_squares(s->index->cols, s->query, s->index->packed + tile * s->index->cols * TILE, squares);
  int64_t first = tile * TILE, count = s->index->rows - first < TILE ? s->index->rows - first : TILE;
  for (int64_t j = 0; j < count; j++) {
    if (!(squares[j] < s->limit)) continue;
    int64_t row = s->index->order[first + j];
    if (row == s->excluded) continue;
    if (s->inside) s->inside[row] = 1;
    if (s->list && s->count < s->capacity) s->list[s->count] = row;
    s->count++;
  }
}

/// Visits the tiles that may hold what is looked for, nearer boxes first.
static void walk(search *s) {
  struct {
    int64_t node, a, b;
    double bound;
  } stack[DEPTH];
  int top = 0;
  stack[top].node = 0, stack[top].a = 0, stack[top].b = s->index->tiles;
  stack[top++].bound = box_square(s->index, 0, s->query);
  while (top > 0) {
    top--;
    int64_t node = stack[top].node, a = stack[top].a, b = stack[top].b;
    // Points at the distance of the k-th neighbour may have a lower row.
    if (s->k ? stack[top].bound > s->squares[s->k - 1] : !(stack[top].bound < s->limit)) continue;
    if (b - a == 1) {
      if (s->k) {
        scan_nearest(s, a);
      } else {
        scan_within(s, a);
      }
      continue;
    }
    int64_t middle = (a + b) / 2, left = node + 1, right = node + 2 * (middle - a);
    double to_left = box_square(s->index, left, s->query), to_right = box_square(s->index, right, s->query);
    int left_first = to_left <= to_right;
    for (int turn = 0; turn < 2; turn++) {
      int is_left = turn == 0 ? !left_first : left_first;
      stack[top].node = is_left ? left : right;
      stack[top].a = is_left ? a : middle;
      stack[top].b = is_left ? middle : b;
      stack[top++].bound = is_left ? to_left : to_right;
    }
  }
}

void fs_neighbours_nearest(const fs_neighbours *index, const fs_kernels *kernels, int64_t count, const double *queries,
                           int64_t self, int64_t k, double *squares, int64_t *rows) {
  for (int64_t i = 0; i < count * k; i++) squares[i] = __builtin_inf(), rows[i] = INT64_MAX;
  for (int64_t start = 0; start < count; start += BLOCK) {
    int64_t end = start + BLOCK < count ? start + BLOCK : count;
    search s = {.index = index, .kernels = kernels, .k = k};
    for (int64_t tile = 0; tile < (index->tree ? 1 : index->tiles); tile++)
      for (int64_t i = start; i < end; i++) {
        s.query = queries + i * index->cols;
        s.excluded = self >= 0 ? self + i : -1;
        s.squares = squares + i * k;
        s.rows = rows + i * k;
        if (index->tree) {
          walk(&s);
        } else {
          scan_nearest(&s, tile);
        }
      }
  }
  for (int64_t i = 0; i < count * k; i++)
    if (rows[i] == INT64_MAX) rows[i] = -1;
}

void fs_neighbours_within(const fs_neighbours *index, const fs_kernels *kernels, int64_t count, const double *queries,
                          int64_t self, const double *limits, int64_t *counts, uint8_t *inside) {
  for (int64_t i = 0; i < count; i++) counts[i] = 0;
  for (int64_t start = 0; start < count; start += BLOCK) {
    int64_t end = start + BLOCK < count ? start + BLOCK : count;
    for (int64_t tile = 0; tile < (index->tree ? 1 : index->tiles); tile++)
      for (int64_t i = start; i < end; i++) {
        search s = {.index = index,
                    .kernels = kernels,
                    .query = queries + i * index->cols,
                    .excluded = self >= 0 ? self + i : -1,
                    .limit = limits[i],
                    .inside = inside};
        if (index->tree) {
          walk(&s);
        } else {
          scan_within(&s, tile);
        }
        counts[i] += s.count;
      }
  }
}

int64_t fs_neighbours_list(const fs_neighbours *index, const fs_kernels *kernels, const double *query, double limit,
                           int64_t capacity, int64_t *rows) {
  search s = {.index = index,
              .kernels = kernels,
              .query = query,
              .excluded = -1,
              .limit = limit,
              .capacity = capacity,
              .list = rows};
  if (index->tree) {
    walk(&s);
  } else {
    for (int64_t tile = 0; tile < index->tiles; tile++) scan_within(&s, tile);
  }
  return s.count;
}

void fs_nearest_centres(const fs_kernels *kernels, int64_t count, int64_t cols, const double *points, int64_t centres,
                        const double *packed, int32_t *owners, double *squares, double *sums, double *sizes) {
  double tile[TILE];
  for (int64_t i = 0; i < count; i++) {
    const double *point = points + i * cols;
    double least = __builtin_inf();
    int64_t owner = 0;
    for (int64_t first = 0; first < centres; first += TILE) {
      kernels->tile_squares(cols, point, packed + first * cols, tile);
      int64_t width = centres - first < TILE ? centres - first : TILE;
      for (int64_t j = 0; j < width; j++)
        if (tile[j] < least) least = tile[j], owner = first + j;
    }
    owners[i] = (int32_t)owner;
    squares[i] = least;
    for (int64_t k = 0; k < cols; k++) sums[owner * cols + k] += point[k];
    sizes[owner] += 1.0;
  }
}
