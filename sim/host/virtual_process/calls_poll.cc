// Waits for descriptors: held here while nothing is ready, and run natively once something is.
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

constexpr std::size_t kFilesMax = 1 << 20;
constexpr std::int64_t kMillisecond = 1'000'000;

// A span to wait; kNever without end. Nothing when the program gave no such.
using Span = std::optional<std::int64_t>;

Span MillisecondSpan(int timeout) { return timeout < 0 ? kNever : timeout * kMillisecond; }

Span TimespecSpan(const Thread& thread, std::uint64_t address) {
  if (address == 0) return kNever;
  const auto span = ReadValue<timespec>(thread.id, address);
  return span ? NanosecondsOf(*span) : std::nullopt;
}

std::int64_t DeadlineAfter(const Tree& tree, const Thread& thread, std::int64_t span) {
  if (thread.kept_deadline) return *thread.kept_deadline;
  return span == kNever
             ? kNever
             : DeadlineOf(*tree.page, ClockKind::kMonotonic, /*is_absolute=*/false, span);
}

bool IsReady(int file, short events) {
  pollfd one{file, events, 0};
  return poll(&one, 1, 0) > 0;
}

struct Watched {
  int file;
  std::uint32_t events;
};

// Holds the thread until one of these is ready. `cleared`: what a time-out leaves zero.
Outcome HoldFor(Tree& tree, Thread& thread, const std::vector<Watched>& files, std::int64_t span,
                std::vector<std::pair<std::uint64_t, std::size_t>> cleared) {
  // Without waiting there is nothing to hold. A descriptor that can't be watched is always ready.
  if (span == 0) return Outcome::Continue();
  Wait wait;
  wait.deadline = DeadlineAfter(tree, thread, span);
  wait.cleared = std::move(cleared);
  // One that was held for a single file has that one still.
  const bool has_file = files.size() == 1 && thread.wait.files.size() == 1;
  has_file ? wait.files.swap(thread.wait.files) : tree.Drop(thread.wait);
  const auto is_answered = [&](const Watched& watched) {
    if (const std::uint64_t signals = tree.SignalsOf(thread, watched.file); signals != 0) {
      wait.signals |= signals;
      return HasPendingSignal(thread, signals);
    }
    if (!has_file && !tree.Watch(wait, thread, watched.file, watched.events)) return true;
    return IsReady(wait.files.back(), static_cast<short>(watched.events));
  };
  if (std::any_of(files.begin(), files.end(), is_answered)) {
    tree.Drop(wait);
    return Outcome::Continue();
  }
  if (wait.deadline <= tree.page->monotonic) {
    // It was held before, and its time came together with something that another thread took.
    for (const auto& [address, size] : wait.cleared) {
      const std::vector<char> zeros(size);
      WriteMemory(thread.id, address, zeros.data(), size);
    }
    tree.Drop(wait);
    return Outcome::Answer(0);
  }
  return Outcome::Hold(std::move(wait));
}

}  // namespace

Outcome EpollCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  const Span span = arguments.call() == SYS_epoll_pwait2 ? TimespecSpan(thread, arguments[3])
                                                         : MillisecondSpan(arguments.Int(3));
  if (!span) return Outcome::Fail(EINVAL);
  return HoldFor(tree, thread, {{arguments.Int(0), EPOLLIN}}, *span, {});
}

Outcome PollCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  const Span span = arguments.call() == SYS_poll ? MillisecondSpan(arguments.Int(2))
                                                 : TimespecSpan(thread, arguments[2]);
  if (!span || arguments[1] > kFilesMax) return Outcome::Fail(EINVAL);
  std::vector<pollfd> entries(arguments[1]);
  const std::size_t size = entries.size() * sizeof(pollfd);
  if (size != 0 && !ReadMemory(thread.id, arguments[0], entries.data(), size)) {
    return Outcome::Fail(EFAULT);
  }
  std::vector<Watched> files;
  std::vector<std::pair<std::uint64_t, std::size_t>> cleared;
  for (std::size_t index = 0; index < entries.size(); ++index) {
    const std::uint64_t entry = arguments[0] + index * sizeof(pollfd);
    cleared.emplace_back(entry + offsetof(pollfd, revents), sizeof(short));
    if (entries[index].fd < 0) continue;
    files.push_back({entries[index].fd, static_cast<std::uint16_t>(entries[index].events)});
  }
  return HoldFor(tree, thread, files, *span, std::move(cleared));
}

Outcome SelectCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  Span span = kNever;
  if (arguments.call() == SYS_pselect6) {
    span = TimespecSpan(thread, arguments[4]);
  } else if (arguments[4] != 0) {
    const auto value = ReadValue<timeval>(thread.id, arguments[4]);
    if (!value) return Outcome::Fail(EFAULT);
    span = NanosecondsOf(
        {value->tv_sec + value->tv_usec / 1'000'000, value->tv_usec % 1'000'000 * 1000});
  }
  const int count = arguments.Int(0);
  if (!span || count < 0 || count > static_cast<int>(kFilesMax)) return Outcome::Fail(EINVAL);
  const std::uint32_t events[] = {EPOLLIN, EPOLLOUT, EPOLLPRI};
  const std::size_t size = (static_cast<std::size_t>(count) + 63) / 64 * 8;
  std::vector<Watched> files;
  std::vector<std::pair<std::uint64_t, std::size_t>> cleared;
  for (int set = 0; set < 3; ++set) {
    const std::uint64_t address = arguments[1 + set];
    if (address == 0 || size == 0) continue;
    std::vector<std::uint8_t> bits(size);
    if (!ReadMemory(thread.id, address, bits.data(), size)) return Outcome::Fail(EFAULT);
    cleared.emplace_back(address, size);
    for (int file = 0; file < count; ++file) {
      const bool is_asked = (bits[static_cast<std::size_t>(file / 8)] >> (file % 8) & 1) != 0;
      if (is_asked) files.push_back({file, events[set]});
    }
  }
  return HoldFor(tree, thread, files, *span, std::move(cleared));
}

}  // namespace sim::virtual_process
