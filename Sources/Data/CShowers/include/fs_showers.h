// Inner loops of the calorimeter simulations: the energy spots of a shower, the cells that they fall into, noise.
//
// All numbers are doubles; each result is a function of (seed, stream, event) and of the spot's or cell's own number, by
// single operations in the order of the source and the functions of fs_math64.h: no instruction set changes a bit.
// Random words are those of fs_philox; a word w stands for the uniform (w + 1/2) 2^-32, which is never 0 or 1.
#ifndef FS_SHOWERS_H
#define FS_SHOWERS_H
#include <stdint.h>

#include "CKernels.h"

/// The longest block of spots.
#define FS_SPOT_BLOCK 256

/// The random numbers of one event.
typedef struct fs_event {
  uint64_t seed, event;
  uint32_t stream;
} fs_event;

/// The profiles of one shower, constant over its spots: Grindhammer and Peters, hep-ex/0001020, with lengths along the
/// shower in radiation lengths X0 and radii in mm. tau = depth * tau_scale.
typedef struct fs_shower {
  double alpha;                     ///< shape of the depth's gamma distribution, at least 1
  double depth_scale;               ///< scale of it, X0
  double tau_scale;                 ///< tau of a depth of one X0
  double core, core_slope;          ///< R_C = core + core_slope tau
  double tail, tail_slope;          ///< R_T = tail (exp(-2.59 (tau - 0.645)) + exp(min(5, tail_slope (tau - 0.645))))
  double mixing, place, width;      ///< pc = mixing exp(w - exp(w)) cut to [0, 1], w = (place - tau) / width
  double moliere;                   ///< R_M, mm
} fs_shower;

/// A block of nx x ny x nz cells in mm, its face centred on (0, 0) at z = 0, and a shower's axes in it: a spot lies at
/// entry + depth * step + across * e1 + up * e2.
typedef struct fs_shower_box {
  double entry[3], step[3], e1[3], e2[3];
  double side[3];                   ///< of a cell, mm
  int32_t count[3];
  int32_t stride[3];                ///< cells between neighbours
} fs_shower_box;

/// A layer of a sampling calorimeter in eta and phi, centred on (0, 0).
typedef struct fs_shower_layer {
  double first, last;               ///< depths within [first, last), X0
  double eta_per_mm, phi_per_mm;
  double eta_side, phi_side;        ///< of a cell
  int32_t eta_count, phi_count;
  int32_t offset;                   ///< of the layer's cells
} fs_shower_layer;

/// Functions of one instruction set; all sets give the same bits.
typedef struct fs_shower_kernels {
  /// Spots first ... first + n - 1 of a shower, n <= FS_SPOT_BLOCK, first + n < 2^31:
  ///   weight[i]        Gamma(2); their sum, from the left, is returned
  ///   depth[i]         Gamma(alpha) * depth_scale, X0 (Marsaglia and Tsang 2000)
  ///   across[i], up[i] r cos(2 pi v), r sin(2 pi v), mm, with r = R_M (R_C with probability pc, else R_T) sqrt(u/(1-u))
  ///                    and u uniform in (0, 0.99)
  /// Spot k takes blocks 2k and 2k + 1 of the event; a depth that is rejected for the a-th time block a 2^32 + k.
  double (*spots)(const fs_event *random, const fs_shower *shower, int64_t first, int64_t n, double *weight,
                double *depth, double *across, double *up);
  /// cells[ix stride0 + iy stride1 + iz stride2] += weight for each of n <= FS_SPOT_BLOCK spots inside, in their order:
  /// ix = x / side0 + count0 / 2 cut to a whole number, iy likewise, iz = z / side2.
  void (*fill_box)(const fs_shower_box *box, int64_t n, const double *weight, const double *depth,
                   const double *across, const double *up, double *cells);
  /// cells[offset + ieta phi_count + iphi] += weight for each spot inside a layer; layers do not overlap.
  void (*fill_layers)(int32_t layer_count, const fs_shower_layer *layers, double eta, double phi, int64_t n,
                      const double *weight, const double *depth, const double *across, const double *up, double *cells);
  /// cells[i] += sigma * a standard normal (Box and Muller); cells 4b ... 4b + 3 take block `block` + b of the event.
  void (*noise)(const fs_event *random, uint64_t block, double sigma, int64_t n, double *cells);
  /// cells[i] *= factor
  void (*scale)(int64_t n, double factor, double *cells);
  /// out[i] = cells[i] rounded to a float; 0 where that is at most `threshold` and the threshold is above 0.
  void (*read_out)(int64_t n, const double *cells, double threshold, float *out);
} fs_shower_kernels;

/// Those of the instruction set of some kernels.
const fs_shower_kernels *fs_shower_kernels_of(const fs_kernels *kernels);

#endif
