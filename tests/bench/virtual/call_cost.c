/* Makes one kind of call many times: what it costs natively, and on virtual time. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const long count = atol(argv[2]);
  static int word;
  char bytes[8];
  struct timespec time = {0, 1000000};
  for (long index = 0; index < count; ++index) {
    if (!strcmp(argv[1], "wake")) syscall(SYS_futex, &word, 129 /* FUTEX_WAKE, private */, 1);
    if (!strcmp(argv[1], "random")) if (getrandom(bytes, sizeof bytes, 0) < 0) return 1;
    if (!strcmp(argv[1], "sleep")) nanosleep(&time, NULL);
    if (!strcmp(argv[1], "clock")) clock_gettime(CLOCK_MONOTONIC, &time);
  }
  return 0;
}
