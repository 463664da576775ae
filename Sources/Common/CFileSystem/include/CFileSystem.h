/* What kind of file system holds a file: the one question that Swift's module of the C library leaves out. */
#ifndef CFILESYSTEM_H
#define CFILESYSTEM_H

#include <stdint.h>

/* The number by which statfs of Linux names the file system of a path, as in linux/magic.h; 0 where the path does not
   exist, may not be looked at, or the system has no such numbers. */
uint32_t file_system_magic(const char *path);

#endif
