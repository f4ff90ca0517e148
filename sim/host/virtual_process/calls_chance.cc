// Random bytes, and files whose content would differ from run to run.
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

constexpr std::size_t kRandomBytesMax = 1 << 16;
constexpr std::size_t kRandomFileBytes = 1 << 20;
constexpr std::size_t kPathMax = 4096;

std::string PerProcessor(const Tree& tree, const char* format) {
  std::string all;
  char text[64];
  for (std::uint32_t number = 0; number < tree.processor_count; ++number) {
    std::snprintf(text, sizeof text, format, number);
    all += text;
  }
  return all;
}

// What stands in the files that say something about the machine. Nothing: not one of them.
std::optional<std::string> ContentOf(Tree& tree, std::string_view path) {
  if (path == "/dev/urandom" || path == "/dev/random") return tree.chance.Bytes(kRandomFileBytes);
  if (path == "/proc/sys/kernel/random/uuid") return tree.chance.Uuid() + "\n";
  if (path == "/proc/sys/kernel/random/boot_id") {
    return "0a0a0a0a-0000-4000-8000-000000000001\n";
  }
  if (path == "/etc/machine-id") return "0a0a0a0a00004000800000000000000a\n";
  if (path == "/etc/hostname" || path == "/proc/sys/kernel/hostname") return "orrery\n";
  if (path == "/proc/loadavg") return "0.00 0.00 0.00 1/1 1\n";
  if (path == "/proc/uptime") {
    char text[64];
    const std::int64_t seconds = ReadClock(*tree.page, ClockKind::kMonotonic) / kSecond;
    std::snprintf(text, sizeof text, "%lld.00 %lld.00\n", static_cast<long long>(seconds),
                  static_cast<long long>(seconds));
    return text;
  }
  if (path == "/proc/meminfo") {
    return "MemTotal:        8388608 kB\nMemFree:         6291456 kB\n"
           "MemAvailable:    6291456 kB\nBuffers:               0 kB\n"
           "Cached:                0 kB\nSwapTotal:             0 kB\n"
           "SwapFree:              0 kB\n";
  }
  if (path == "/proc/cpuinfo")
    return PerProcessor(tree, "processor\t: %u\nmodel name\t: orrery\n\n");
  if (path == "/proc/stat") {
    return "cpu  0 0 0 0 0 0 0 0 0 0\n" + PerProcessor(tree, "cpu%u 0 0 0 0 0 0 0 0 0 0\n") +
           "ctxt 0\nbtime 1\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n";
  }
  if (path == "/sys/devices/system/cpu/online" || path == "/sys/devices/system/cpu/possible" ||
      path == "/sys/devices/system/cpu/present") {
    return "0-" + std::to_string(tree.processor_count - 1) + "\n";
  }
  return std::nullopt;
}

}  // namespace

Outcome RandomCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  const std::string bytes = tree.chance.Bytes(std::min<std::size_t>(arguments[1], kRandomBytesMax));
  if (!WriteMemory(thread.id, arguments[0], bytes.data(), bytes.size()) && !bytes.empty()) {
    return Outcome::Fail(EFAULT);
  }
  return Outcome::Answer(static_cast<std::int64_t>(bytes.size()));
}

Outcome OpenCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  const bool has_directory = arguments.call() == SYS_openat;
  const int flags = arguments.Int(has_directory ? 2 : 1);
  if ((flags & O_ACCMODE) != O_RDONLY) return Outcome::Continue();
  const auto path = ReadText(thread.id, arguments[has_directory ? 1 : 0], kPathMax);
  if (!path || !path->starts_with('/')) return Outcome::Continue();
  const auto content = ContentOf(tree, *path);
  if (!content) return Outcome::Continue();
  const int file = memfd_create("orrery", MFD_CLOEXEC);
  if (file < 0) return Outcome::Continue();
  const bool is_written =
      write(file, content->data(), content->size()) == static_cast<ssize_t>(content->size());
  lseek(file, 0, SEEK_SET);
  const int number = is_written ? GiveFile(tree, thread, file, (flags & O_CLOEXEC) != 0) : -ENOSPC;
  close(file);
  return number < 0 ? Outcome::Fail(-number) : Outcome::Answer(number);
}

}  // namespace sim::virtual_process
