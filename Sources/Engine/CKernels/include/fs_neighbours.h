// Exact nearest neighbours and points within a radius, in double precision: a k-d tree, or all tiles one after another.
//
// Distances are Euclidean, squared: sum over k ascending of (query[k] - point[k])^2, single operations. Neighbours are
// ordered by (square, row); both searches give the same numbers. All numbers must be finite; a square that overflows is
// an infinity and is reported as such. An index is read-only after it is made: any number of threads may search it.
#ifndef FS_NEIGHBOURS_H
#define FS_NEIGHBOURS_H
#include <stdint.h>

#include "fs_kernels.h"

typedef struct fs_neighbours fs_neighbours;

/// An index over rows x cols points, row-major, which are copied. `tree` asks for a k-d tree, which pays up to about
/// eight dimensions. rows >= 1, cols >= 1. O(rows (cols + log rows)). NULL where there is no memory.
fs_neighbours *fs_neighbours_new(int64_t rows, int64_t cols, const double *points, int32_t tree);
void fs_neighbours_free(fs_neighbours *index);

/// The k nearest points of each of `count` queries (count x cols, row-major): squares and rows, count x k, ascending.
/// Query i leaves out the row self + i where self >= 0. Places beyond the last point hold an infinity and row -1.
void fs_neighbours_nearest(const fs_neighbours *index, const fs_kernels *kernels, int64_t count, const double *queries,
                           int64_t self, int64_t k, double *squares, int64_t *rows);

/// counts[i] is the number of points with a square below limits[i] about query i, and inside[row] becomes 1 for each of
/// them. Query i leaves out the row self + i where self >= 0.
void fs_neighbours_within(const fs_neighbours *index, const fs_kernels *kernels, int64_t count, const double *queries,
                          int64_t self, const double *limits, int64_t *counts, uint8_t *inside);

/// The rows with a square below `limit` about one query, in no promised order: their number; the first `capacity` of
/// them are written.
int64_t fs_neighbours_list(const fs_neighbours *index, const fs_kernels *kernels, const double *query, double limit,
                           int64_t capacity, int64_t *rows);

/// k-means: the nearest of `centres` centres, packed by fs_pack_tiles, for each row.
/// owners[i] is the first centre with the least square, squares[i] that square; sums[c * cols + k] and sizes[c] are
/// increased by the rows of centre c in the order of the rows.
void fs_nearest_centres(const fs_kernels *kernels, int64_t count, int64_t cols, const double *points, int64_t centres,
                        const double *packed, int32_t *owners, double *squares, double *sums, double *sizes);
/// Row-major points in tiles of FS_SQUARE_TILE: packed[(t * cols + k) * FS_SQUARE_TILE + j] is coordinate k of row
/// t * FS_SQUARE_TILE + j, 0 beyond the last row.
void fs_pack_tiles(int64_t rows, int64_t cols, const double *points, double *packed);

#endif
