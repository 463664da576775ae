// The one door to the C target: the inner loops of the calorimeter simulations.
#ifndef FS_CSHOWERS_H
#define FS_CSHOWERS_H
#include "fs_showers.h"
#endif
