// The kernels for x86-64's baseline: four lanes, no fused multiply-add, so an exact one by double precision.
#include "tables.h"
#if defined(__x86_64__)
#define FS_NAME "sse2"
#define FS_TABLE fs_table_sse2
#define FS_LANES 4
#define FS_FUSED 0
#define FS_ROWS 2
#define FS_VECTORS 2
#include "template/table.h"
#endif
