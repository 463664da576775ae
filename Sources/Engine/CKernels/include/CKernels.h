// The one door to the C target: double-precision functions, counter-based random words, float32 kernels, nearest
// neighbours.
#ifndef FS_CKERNELS_H
#define FS_CKERNELS_H
#include "fs_kernels.h"
#include "fs_math64.h"
#include "fs_neighbours.h"
#include "fs_philox.h"
#include "fs_trees.h"
#endif
