// Every kernel of one instruction set, and the table that names them.
#include "vector.h"
#include "functions.h"
#include "gemm.h"
#include "gemm_tn.h"
#include "convolution.h"
#include "elementwise.h"
#include "random.h"
#include "reductions.h"
#include "pairs.h"
#include "squares.h"
#include "doubles.h"
#include "distances.h"
#include "optimisers.h"
#include "peak.h"

const fs_kernels FS_TABLE = {
    .name = FS_NAME,
    .panel_floats = panel_floats,
    .pack = pack,
    .pack_transposed = pack_transposed,
    .gemm = gemm,
    .gemm_tn = gemm_tn,
    .convolution_panel_floats = convolution_panel_floats,
    .pack_convolution = pack_convolution,
    .convolution_scratch_floats = convolution_scratch_floats,
    .convolve = convolve,
    .convolve_weights = convolve_weights,
    .binary = binary,
    .unary = unary,
    .gate = gate,
    .affine = affine,
    .row_sum = row_sum,
    .cell_sums = cell_sums,
    .tree_sum = tree_sum,
    .pair_sums = pair_sums,
    .pair_directions = pair_directions,
    .tile_squares = tile_squares,
    .exp_doubles = exp_doubles,
    .distance_sums = distance_sums,
    .uniform = uniform,
    .normal = normal,
    .rmsprop = rmsprop,
    .adam = adam,
    .rmsprop_inside = rmsprop_inside,
    .momentum = momentum,
    .clip = clip,
    .multiply_add_peak = multiply_add_peak,
};
