// FS_EACH_ROW_COUNT(v): FS_CASE(r, v) for r = 1 … FS_ROWS.
#define FS_TO_1(v) FS_CASE(1, v)
#define FS_TO_2(v) FS_TO_1(v) FS_CASE(2, v)
#define FS_TO_6(v) FS_TO_2(v) FS_CASE(3, v) FS_CASE(4, v) FS_CASE(5, v) FS_CASE(6, v)
#define FS_TO_8(v) FS_TO_6(v) FS_CASE(7, v) FS_CASE(8, v)
#define FS_TO_12(v) FS_TO_8(v) FS_CASE(9, v) FS_CASE(10, v) FS_CASE(11, v) FS_CASE(12, v)
#define FS_TO_14(v) FS_TO_12(v) FS_CASE(13, v) FS_CASE(14, v)
#define FS_JOIN_(a, b) a##b
#define FS_JOIN(a, b) FS_JOIN_(a, b)
#define FS_EACH_ROW_COUNT(v) FS_JOIN(FS_TO_, FS_ROWS)(v)
