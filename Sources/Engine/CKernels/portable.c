// The kernels one float at a time, for any target; the fused multiply-add is exact, by double precision.
#include "tables.h"
#define FS_NAME "portable"
#define FS_TABLE fs_table_portable
#define FS_LANES 1
#define FS_FUSED 0
#define FS_ROWS 2
#define FS_VECTORS 4
#include "template/table.h"
