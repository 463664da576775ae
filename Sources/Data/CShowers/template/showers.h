// The kernels of showers, compiled once for each width of vectors: FS_TABLE names the result.
#include "CKernels.h"
#include "fs_showers.h"
#pragma STDC FP_CONTRACT OFF

static inline double uniform(uint32_t word) { return ((double)word + 0.5) * 0x1p-32; }

/// words[j][i] = word j of block first + i * stride, i < n <= FS_SPOT_BLOCK: fs_philox, a round at a time for all blocks.
static void random_words(const fs_event *event, uint64_t first, uint64_t stride, int64_t n,
                         uint32_t words[4][FS_SPOT_BLOCK]) {
  uint32_t k0 = (uint32_t)event->seed, k1 = (uint32_t)(event->seed >> 32) ^ event->stream;
  for (int64_t i = 0; i < n; i++) {
    uint64_t block = first + (uint64_t)i * stride;
    words[0][i] = (uint32_t)block;
    words[1][i] = (uint32_t)(block >> 32);
    words[2][i] = (uint32_t)event->event;
    words[3][i] = (uint32_t)(event->event >> 32);
  }
  for (int round = 0; round < 10; round++) {
    for (int64_t i = 0; i < n; i++) {
      uint64_t p0 = (uint64_t)FS_PHILOX_M0 * words[0][i], p1 = (uint64_t)FS_PHILOX_M1 * words[2][i];
      words[0][i] = (uint32_t)(p1 >> 32) ^ words[1][i] ^ k0;
      words[2][i] = (uint32_t)(p0 >> 32) ^ words[3][i] ^ k1;
      words[1][i] = (uint32_t)p1;
      words[3][i] = (uint32_t)p0;
    }
    k0 += FS_PHILOX_W0;
    k1 += FS_PHILOX_W1;
  }
}

/// fs_log without its special cases, for positive normal numbers.
static inline double log_normal(double x) {
  int k;
  double m = fs_split_exponent(x, &k);
  return fs_log_combine(m - 1.0, k, 0.0);
}

/// Whether g and u give a depth at once or by the exact rule; *cube is then that of 1 + c g.
static inline int accepted(double d, double c, double g, double u, double *cube) {
  double root = 1.0 + c * g;
  if (!(root > 0.0)) return 0;
  *cube = root * root * root;
  return log_normal(u) < 0.5 * g * g + d * (1.0 - *cube + fs_log(*cube));
}

/// The cube of a spot's first accepted attempt after attempt 0.
static double later_attempt(const fs_event *random, int64_t spot, double d, double c) {
  for (uint64_t attempt = 1;; attempt++) {
    fs_philox_words w = fs_philox(random->seed, random->stream, random->event, attempt << 32 | (uint64_t)spot);
    double sine, cosine, cube;
    fs_sincos2pi(uniform(w.w1), &sine, &cosine);
    double g = fs_sqrt(-2.0 * log_normal(uniform(w.w0))) * cosine;
    if (accepted(d, c, g, uniform(w.w2), &cube)) return cube;
  }
}

static double spots(const fs_event *random, const fs_shower *shower, int64_t first, int64_t n, double *weight,
                    double *depth, double *across, double *up) {
  uint32_t a[4][FS_SPOT_BLOCK], b[4][FS_SPOT_BLOCK];
  double normal[FS_SPOT_BLOCK];
  const fs_event event = *random;
  const fs_shower s = *shower;
  random_words(&event, 2 * (uint64_t)first, 2, n, a);
  random_words(&event, 2 * (uint64_t)first + 1, 2, n, b);
  for (int64_t i = 0; i < n; i++) weight[i] = uniform(a[0][i]) * uniform(a[1][i]);
  for (int64_t i = 0; i < n; i++) weight[i] = -log_normal(weight[i]);
  for (int64_t i = 0; i < n; i++) {
    double sine, cosine;
    fs_sincos2pi(uniform(b[1][i]), &sine, &cosine);
    normal[i] = fs_sqrt(-2.0 * log_normal(uniform(b[0][i]))) * cosine;
  }

  // Marsaglia and Tsang: a cheap bound decides for nearly all, the exact rule for the others.
  const double d = s.alpha - 1.0 / 3.0, c = 1.0 / fs_sqrt(9.0 * d);
  for (int64_t i = 0; i < n; i++) {
    double g = normal[i], root = 1.0 + c * g;
    depth[i] = uniform(b[2][i]) < 1.0 - 0.0331 * (g * g) * (g * g) && root > 0.0 ? root * root * root : -1.0;
  }
  for (int64_t i = 0; i < n; i++) {
    if (depth[i] >= 0.0) continue;
    double cube;
    depth[i] = accepted(d, c, normal[i], uniform(b[2][i]), &cube) ? cube : later_attempt(&event, first + i, d, c);
  }
  for (int64_t i = 0; i < n; i++) depth[i] = d * depth[i] * s.depth_scale;

  double *radius = normal;
  for (int64_t i = 0; i < n; i++) {
    double tau = depth[i] * s.tau_scale, beyond = tau - 0.645, growth = s.tail_slope * beyond;
    double core = s.core + s.core_slope * tau;
    double tail = s.tail * (fs_exp(-2.59 * beyond) + fs_exp(growth < 5.0 ? growth : 5.0));
    double w = (s.place - tau) / s.width;
    double mixing = s.mixing * fs_exp(w - fs_exp(w));
    double u = 0.99 * uniform(a[2][i]);
    radius[i] = s.moliere * (uniform(b[3][i]) < mixing ? core : tail) * fs_sqrt(u / (1.0 - u));
  }
  for (int64_t i = 0; i < n; i++) {
    double sine, cosine;
    fs_sincos2pi(uniform(a[3][i]), &sine, &cosine);
    across[i] = radius[i] * cosine;
    up[i] = radius[i] * sine;
  }
  double sum = 0.0;
  for (int64_t i = 0; i < n; i++) sum += weight[i];
  return sum;
}

static void fill_box(const fs_shower_box *box, int64_t n, const double *weight, const double *depth,
                        const double *across, const double *up, double *cells) {
  const fs_shower_box b = *box;
  const double nx = b.count[0], ny = b.count[1], nz = b.count[2];
  int32_t place[FS_SPOT_BLOCK];
  for (int64_t i = 0; i < n; i++) {
    double x = (b.entry[0] + depth[i] * b.step[0] + across[i] * b.e1[0] + up[i] * b.e2[0]) / b.side[0] + 0.5 * nx;
    double y = (b.entry[1] + depth[i] * b.step[1] + across[i] * b.e1[1] + up[i] * b.e2[1]) / b.side[1] + 0.5 * ny;
    double z = (b.entry[2] + depth[i] * b.step[2] + across[i] * b.e1[2] + up[i] * b.e2[2]) / b.side[2];
    int inside = (x >= 0.0) & (x < nx) & (y >= 0.0) & (y < ny) & (z >= 0.0) & (z < nz);
    double kx = inside ? x : 0.0, ky = inside ? y : 0.0, kz = inside ? z : 0.0;
    int32_t cell = (int32_t)kx * b.stride[0] + (int32_t)ky * b.stride[1] + (int32_t)kz * b.stride[2];
    place[i] = inside ? cell : -1;
  }
  for (int64_t i = 0; i < n; i++) {
    if (place[i] >= 0) cells[place[i]] += weight[i];
  }
}

static void fill_layers(int32_t layer_count, const fs_shower_layer *layers, double eta, double phi, int64_t n,
                           const double *weight, const double *depth, const double *across, const double *up,
                           double *cells) {
  for (int64_t i = 0; i < n; i++) {
    for (int32_t k = 0; k < layer_count; k++) {
      const fs_shower_layer *layer = &layers[k];
      if (!(depth[i] >= layer->first && depth[i] < layer->last)) continue;
      double x = (eta + across[i] * layer->eta_per_mm) / layer->eta_side + 0.5 * layer->eta_count;
      double y = (phi + up[i] * layer->phi_per_mm) / layer->phi_side + 0.5 * layer->phi_count;
      if (x >= 0.0 && x < layer->eta_count && y >= 0.0 && y < layer->phi_count) {
        cells[layer->offset + (int32_t)x * layer->phi_count + (int32_t)y] += weight[i];
      }
      break;
    }
  }
}

static void noise(const fs_event *random, uint64_t block, double sigma, int64_t n, double *cells) {
  const fs_event event = *random;
  for (int64_t start = 0; start < n; start += FS_SPOT_BLOCK) {
    double normals[FS_SPOT_BLOCK];
    int64_t count = n - start < FS_SPOT_BLOCK ? n - start : FS_SPOT_BLOCK;
    for (int64_t i = 0; i < (count + 3) / 4; i++) {
      fs_philox_words w = fs_philox(event.seed, event.stream, event.event, block + (uint64_t)(start / 4 + i));
      double s0, c0, s1, c1;
      fs_sincos2pi(uniform(w.w1), &s0, &c0);
      fs_sincos2pi(uniform(w.w3), &s1, &c1);
      double r0 = fs_sqrt(-2.0 * log_normal(uniform(w.w0))), r1 = fs_sqrt(-2.0 * log_normal(uniform(w.w2)));
      normals[4 * i] = r0 * c0;
      normals[4 * i + 1] = r0 * s0;
      normals[4 * i + 2] = r1 * c1;
      normals[4 * i + 3] = r1 * s1;
    }
    for (int64_t i = 0; i < count; i++) cells[start + i] += sigma * normals[i];
  }
}

static void scale_cells(int64_t n, double scale, double *cells) {
  for (int64_t i = 0; i < n; i++) cells[i] *= scale;
}

static void read_out(int64_t n, const double *cells, double threshold, float *out) {
  if (threshold > 0.0) {
    for (int64_t i = 0; i < n; i++) {
      float cell = (float)cells[i];
      out[i] = (double)cell > threshold ? cell : 0.0f;
    }
  } else {
    for (int64_t i = 0; i < n; i++) out[i] = (float)cells[i];
  }
}

const fs_shower_kernels FS_TABLE = {
    .spots = spots,
    .fill_box = fill_box,
    .fill_layers = fill_layers,
    .noise = noise,
    .scale = scale_cells,
    .read_out = read_out,
};
