/*
 * LD_PRELOAD: writes down, for each file, how many bytes a returned fdatasync has made durable. What lies behind that is what a
 * power failure takes. Log: the file that NOVA_TORCH_CHAOS_SYNCS names; lines of path, space, bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int fdatasync(int file) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  struct stat before;
  int known = fstat(file, &before) == 0;
  int result = real(file);
  const char *log = getenv("NOVA_TORCH_CHAOS_SYNCS");
  if (result != 0 || !known || !log) return result;
  char link[64], path[4096], line[4200];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return result;
  path[length] = 0;
  int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  int size = snprintf(line, sizeof line, "%s %lld\n", path, (long long)before.st_size);
  if (out >= 0) {
    if (write(out, line, size) != size) abort();
    close(out);
  }
  return result;
}
