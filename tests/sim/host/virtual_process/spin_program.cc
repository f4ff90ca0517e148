// Spins until another thread, which first sleeps for a while, has said so; prints how often it went
// round.
//
// spin_program clock|yield MILLISECONDS
#include <sched.h>
#include <time.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const bool is_by_clock = std::strcmp(argv[1], "clock") == 0;
  const long milliseconds = std::atol(argv[2]);
  std::atomic<bool> is_said = false;
  std::thread other([&] {
    const timespec span{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    if (milliseconds > 0) clock_nanosleep(CLOCK_MONOTONIC, 0, &span, nullptr);
    is_said = true;
  });
  long count = 0;
  for (; !is_said; ++count) {
    timespec now{};
    if (is_by_clock) {
      clock_gettime(CLOCK_MONOTONIC, &now);
    } else {
      sched_yield();
    }
  }
  other.join();
  std::printf("%ld\n", count);
  return 0;
}
