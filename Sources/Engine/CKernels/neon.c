// The kernels for arm64: four lanes, a tile of 6 x 16 in 24 of 32 registers.
#include "tables.h"
#if defined(__aarch64__)
#define FS_NAME "neon"
#define FS_TABLE fs_table_neon
#define FS_LANES 4
#define FS_FUSED 1
#define FS_ROWS 6
#define FS_VECTORS 4
#include "template/table.h"
#endif
