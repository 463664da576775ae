/* The kind of file system that holds a file, which Swift's module of the C library does not provide. */
#ifndef CFILESYSTEM_H
#define CFILESYSTEM_H

#ifndef __linux__
#error "fastsim runs on Linux only: a store's locks are Linux's open file description locks (docs/store.md)"
#endif

#include <stdint.h>

/* The number by which statfs names the file system of a path, as in linux/magic.h; 0 where the path does not exist or
   may not be looked at. */
uint32_t file_system_magic(const char *path);

#endif
