// What a program may know of the machine: the same in every run.
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <cstring>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

constexpr std::uint64_t kMemoryBytes = 8ULL << 30;
constexpr std::size_t kPathMax = 4096;

template <class T>
Outcome Give(const Thread& thread, std::uint64_t address, const T& value, std::int64_t answer) {
  const bool is_written = WriteMemory(thread.id, address, &value, sizeof value);
  return is_written ? Outcome::Answer(answer) : Outcome::Fail(EFAULT);
}

Outcome SystemInfo(Tree& tree, const Thread& thread, std::uint64_t address) {
  struct sysinfo info{};
  info.uptime = ReadClock(*tree.page, ClockKind::kMonotonic) / kSecond;
  info.totalram = kMemoryBytes;
  info.freeram = kMemoryBytes / 4 * 3;
  info.procs = 1;
  info.mem_unit = 1;
  return Give(thread, address, info, 0);
}

Outcome SystemName(const Thread& thread, std::uint64_t address) {
  utsname name{};
  uname(&name);
  std::strncpy(name.nodename, "orrery", sizeof name.nodename);
  return Give(thread, address, name, 0);
}

}  // namespace

Outcome IdentityCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  switch (arguments.call()) {
    case SYS_sched_getaffinity: {
      if (arguments[1] < sizeof(std::uint64_t)) return Outcome::Fail(EINVAL);
      const std::uint64_t mask = (1ULL << tree.processor_count) - 1;
      return Give(thread, arguments[2], mask, sizeof mask);
    }
    case SYS_sched_setaffinity:
      return Outcome::Answer(0);
    case SYS_getcpu: {
      const std::uint32_t zero = 0;
      for (int index = 0; index < 2; ++index) {
        if (arguments[index] != 0) WriteMemory(thread.id, arguments[index], &zero, sizeof zero);
      }
      return Outcome::Answer(0);
    }
    case SYS_getrusage:
      // Java's collector stops when it has marked for so much CPU time, which is the machine's. As
      // what times(2) tells, it stays zero.
      return Give(thread, arguments[1], rusage{}, 0);
    case SYS_sysinfo:
      return SystemInfo(tree, thread, arguments[0]);
    case SYS_uname:
      return SystemName(thread, arguments[0]);
    default:
      return Outcome::Continue();
  }
}

Outcome ProcessOptionCall(Tree&, Thread&) {
  // A process that must not be read could not be supervised; the time stamp counter is ours.
  return Outcome::Answer(0);
}

// Its other user's rights would be lost under a filter: better refused than half run.
Outcome ExecuteCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  if (arguments.call() != SYS_execve) return Outcome::Continue();
  const auto path = ReadText(thread.id, arguments[0], kPathMax);
  if (!path || path->empty()) return Outcome::Continue();
  const std::string seen =
      path->front() == '/' ? *path : "/proc/" + std::to_string(thread.process) + "/cwd/" + *path;
  struct stat status{};
  if (stat(seen.c_str(), &status) != 0) return Outcome::Continue();
  if ((status.st_mode & (S_ISUID | S_ISGID)) == 0 || !S_ISREG(status.st_mode)) {
    return Outcome::Continue();
  }
  tree.Note(*path + " would run as another user: refused");
  return Outcome::Fail(EPERM);
}

}  // namespace sim::virtual_process
