// The optimisers' updates of a parameter vector.

FS_INLINE V flush(V x) { return choose(absolute(x) < splat(1e-30f), splat(0.0f), x); }

/// - Parameter inside: whether epsilon stands below the root.
FS_INLINE void rmsprop_of(const int inside, int64_t n, float *p, const float *g, float *s, float rate, float decay,
                          float epsilon) {
  float rest = 1.0f - decay;
  for (int64_t i = 0; i < n; i += FS_LANES) {
    int64_t count = n - i;
    V gradient = load_count(g + i, count);
    V square = flush(decay * load_count(s + i, count) + rest * gradient * gradient);
    store_count(s + i, square, count);
    V scale = inside ? root(square + epsilon) : root(square) + epsilon;
    store_count(p + i, load_count(p + i, count) - rate * gradient / scale, count);
  }
}

static void rmsprop(int64_t n, float *p, const float *g, float *s, float rate, float decay, float epsilon) {
  rmsprop_of(0, n, p, g, s, rate, decay, epsilon);
}

static void rmsprop_inside(int64_t n, float *p, const float *g, float *s, float rate, float decay, float epsilon) {
  rmsprop_of(1, n, p, g, s, rate, decay, epsilon);
}

static void momentum(int64_t n, float *p, const float *g, float *v, float rate, float momentum) {
  for (int64_t i = 0; i < n; i += FS_LANES) {
    int64_t count = n - i;
    V velocity = load_count(g + i, count);
    if (v) {
      velocity = flush(momentum * load_count(v + i, count) + velocity);
      store_count(v + i, velocity, count);
    }
    store_count(p + i, load_count(p + i, count) - rate * velocity, count);
  }
}

static void clip(int64_t n, float *p, float limit) {
  for (int64_t i = 0; i < n; i += FS_LANES) {
    int64_t count = n - i;
    V x = load_count(p + i, count);
    store_count(p + i, choose(x > splat(limit), splat(limit), choose(x < splat(-limit), splat(-limit), x)), count);
  }
}

static void adam(int64_t n, float *p, const float *g, float *m, float *v, float rate, float beta1, float beta2,
                 float epsilon, float c1, float c2) {
  float rest1 = 1.0f - beta1, rest2 = 1.0f - beta2;
  for (int64_t i = 0; i < n; i += FS_LANES) {
    int64_t count = n - i;
    V gradient = load_count(g + i, count);
    V mean = flush(beta1 * load_count(m + i, count) + rest1 * gradient);
    V square = flush(beta2 * load_count(v + i, count) + rest2 * gradient * gradient);
    store_count(m + i, mean, count);
    store_count(v + i, square, count);
    store_count(p + i, load_count(p + i, count) - rate * (mean * c1) / (root(square * c2) + epsilon), count);
  }
}
