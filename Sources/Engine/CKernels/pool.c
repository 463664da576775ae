// A pool of threads that claim chunks from one counter; the shape of the work never depends on how many they are.
//
// Invariants: a worker reads the job only between entering (inside + 1) and leaving (inside - 1), and enters only where
// `open` is the generation that it saw; run closes the job and waits until no thread is inside before it returns, so
// that a job's fields never change under a reader. Both sides use sequentially consistent operations: of "worker
// enters, then looks at open" and "run closes, then looks at inside", at least one sees the other.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "fs_kernels.h"

#define SPIN_NANOSECONDS 50000
#define MOST_THREADS 1024

typedef struct worker {
  fs_pool *pool;
  int number;
  pthread_t thread;
} worker;

struct fs_pool {
  int threads;
  worker *workers;
  pthread_mutex_t lock;
  pthread_cond_t work, done;
  int sleepers, stop;  // under lock
  _Atomic int any_sleeper, any_caller;
  _Alignas(64) _Atomic uint64_t generation;
  _Atomic uint64_t open;
  _Alignas(64) _Atomic int64_t next;
  _Alignas(64) _Atomic int inside;
  int64_t chunks;
  void (*body)(void *, int64_t, int);
  void *context;
};

#if defined(__x86_64__)
static uint64_t enter_default_arithmetic(void) {
  uint32_t before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(0x1f80);
  return before;
}
static void leave_default_arithmetic(uint64_t before) { __builtin_ia32_ldmxcsr((uint32_t)before); }
static void pause_briefly(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static uint64_t enter_default_arithmetic(void) {
  uint64_t before, none = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(none));
  return before;
}
static void leave_default_arithmetic(uint64_t before) { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
static void pause_briefly(void) { __asm__ volatile("yield"); }
#else
static uint64_t enter_default_arithmetic(void) { return 0; }
static void leave_default_arithmetic(uint64_t before) { (void)before; }
static void pause_briefly(void) {}
#endif

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void claim_chunks(fs_pool *pool, int number) {
  int64_t chunk;
  while ((chunk = atomic_fetch_add(&pool->next, 1)) < pool->chunks) pool->body(pool->context, chunk, number);
}

/// Waits for a generation after `seen`: spinning for 50 µs, then asleep. 0 where the pool stops.
static uint64_t next_generation(fs_pool *pool, uint64_t seen) {
  uint64_t now;
  int64_t start = nanoseconds();
  do {
    for (int i = 0; i < 64; i++) {
      if ((now = atomic_load(&pool->generation)) != seen) return now;
      pause_briefly();
    }
  } while (nanoseconds() - start < SPIN_NANOSECONDS);
  pthread_mutex_lock(&pool->lock);
  atomic_store(&pool->any_sleeper, ++pool->sleepers);
  while ((now = atomic_load(&pool->generation)) == seen && !pool->stop) pthread_cond_wait(&pool->work, &pool->lock);
  atomic_store(&pool->any_sleeper, --pool->sleepers);
  if (pool->stop) now = 0;
  pthread_mutex_unlock(&pool->lock);
  return now;
}

static void *work(void *argument) {
  worker *self = argument;
  fs_pool *pool = self->pool;
  enter_default_arithmetic();
  uint64_t seen = 1;
  while ((seen = next_generation(pool, seen)) != 0) {
    atomic_fetch_add(&pool->inside, 1);
    if (atomic_load(&pool->open) == seen) claim_chunks(pool, self->number);
    if (atomic_fetch_sub(&pool->inside, 1) == 1 && atomic_load(&pool->any_caller)) {
      pthread_mutex_lock(&pool->lock);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->lock);
    }
  }
  return NULL;
}

fs_pool *fs_pool_create(int threads) {
  threads = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
  void *memory = NULL;
  if (posix_memalign(&memory, 64, sizeof(fs_pool)) != 0) return NULL;
  fs_pool *pool = memory;
  *pool = (fs_pool){.threads = 1, .generation = 1};
  pool->workers = calloc((size_t)threads, sizeof(worker));
  if (!pool->workers) {
    free(pool);
    return NULL;
  }
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->done, NULL);
  // Workers take no signals: they go to the threads that install handlers.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int i = 1; i < threads; i++) {
    worker *w = &pool->workers[i];
    *w = (worker){.pool = pool, .number = i};
    if (pthread_create(&w->thread, NULL, work, w) != 0) break;
    pool->threads = i + 1;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pool;
}

void fs_pool_destroy(fs_pool *pool) {
  if (!pool) return;
  pthread_mutex_lock(&pool->lock);
  pool->stop = 1;
  atomic_store(&pool->open, 0);
  atomic_fetch_add(&pool->generation, 1);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->lock);
  for (int i = 1; i < pool->threads; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->lock);
  free(pool->workers);
  free(pool);
}

int fs_pool_threads(const fs_pool *pool) { return pool->threads; }

static void wait_until_empty(fs_pool *pool) {
  int64_t start = nanoseconds();
  do {
    for (int i = 0; i < 64; i++) {
      if (atomic_load(&pool->inside) == 0) return;
      pause_briefly();
    }
  } while (nanoseconds() - start < SPIN_NANOSECONDS);
  pthread_mutex_lock(&pool->lock);
  atomic_store(&pool->any_caller, 1);
  while (atomic_load(&pool->inside) != 0) pthread_cond_wait(&pool->done, &pool->lock);
  atomic_store(&pool->any_caller, 0);
  pthread_mutex_unlock(&pool->lock);
}

void fs_pool_run(fs_pool *pool, int64_t chunks, void (*body)(void *, int64_t, int), void *context) {
  if (chunks <= 0) return;
  uint64_t before = enter_default_arithmetic();
  if (pool->threads == 1 || chunks == 1) {
    for (int64_t chunk = 0; chunk < chunks; chunk++) body(context, chunk, 0);
    leave_default_arithmetic(before);
    return;
  }
  pool->chunks = chunks;
  pool->body = body;
  pool->context = context;
  atomic_store(&pool->next, 0);
  uint64_t generation = atomic_load(&pool->generation) + 1;
  atomic_store(&pool->open, generation);
  atomic_store(&pool->generation, generation);
  if (atomic_load(&pool->any_sleeper)) {
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
  }
  claim_chunks(pool, 0);
  atomic_store(&pool->open, 0);
  wait_until_empty(pool);
  leave_default_arithmetic(before);
}
