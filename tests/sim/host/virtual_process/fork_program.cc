// Makes children while it has much memory and another thread that sleeps: each birth takes so long
// that the supervisor looks whether it spins, and that look may meet the stop of the birth.
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <thread>

int main() {
  constexpr std::size_t kSize = 256 << 20;
  constexpr int kChildren = 20;
  void* made = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) return 1;
  auto* bytes = static_cast<char*>(made);
  madvise(bytes, kSize, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < kSize; at += 4096) bytes[at] = 1;
  std::thread([] {
    const timespec span{1000, 0};
    for (;;) clock_nanosleep(CLOCK_MONOTONIC, 0, &span, nullptr);
  }).detach();
  int ended = 0;
  for (int child = 0; child < kChildren; ++child) {
    const pid_t id = fork();
    if (id == 0) _exit(0);
    ended += waitpid(id, nullptr, 0) == id ? 1 : 0;
  }
  std::printf("%d\n", ended);
  std::fflush(stdout);
  _exit(0);
}
