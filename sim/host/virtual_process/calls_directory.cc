// getdents64: entries by name, whatever order the file system keeps them in.
#include <dirent.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/directory.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

constexpr std::size_t kDirectoryBytesMax = 64 << 20;

// Moves the program's own offset to the end: copies of a descriptor share it.
std::string ReadAll(int directory) {
  std::string entries;
  char part[65536];
  while (entries.size() < kDirectoryBytesMax) {
    const long got = syscall(SYS_getdents64, directory, part, sizeof part);
    if (got <= 0) break;
    entries.append(part, static_cast<std::size_t>(got));
  }
  return entries;
}

}  // namespace

std::string SortEntries(std::string_view entries) {
  struct Entry {
    std::string_view name;
    std::string_view bytes;
  };
  std::vector<Entry> sorted;
  while (entries.size() > offsetof(dirent64, d_name)) {
    std::uint16_t size = 0;
    std::memcpy(&size, entries.data() + offsetof(dirent64, d_reclen), sizeof size);
    if (size <= offsetof(dirent64, d_name) || size > entries.size()) break;
    const char* name = entries.data() + offsetof(dirent64, d_name);
    sorted.push_back(
        {{name, strnlen(name, size - offsetof(dirent64, d_name))}, entries.substr(0, size)});
    entries.remove_prefix(size);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Entry& a, const Entry& b) { return a.name < b.name; });
  std::string bytes;
  for (const Entry& entry : sorted) bytes += entry.bytes;
  return bytes;
}

std::size_t WholeEntries(std::string_view entries, std::size_t size_max) {
  std::size_t taken = 0;
  while (taken + offsetof(dirent64, d_name) < entries.size()) {
    std::uint16_t size = 0;
    std::memcpy(&size, entries.data() + taken + offsetof(dirent64, d_reclen), sizeof size);
    if (size == 0 || taken + size > std::min(size_max, entries.size())) break;
    taken += size;
  }
  return taken;
}

Outcome DirectoryCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  Process& process = tree.ProcessOf(thread);
  const int file = arguments.Int(0);
  const int copy = tree.Copy(thread, file);
  if (copy < 0) return Outcome::Fail(EBADF);
  const bool is_at_begin = lseek(copy, 0, SEEK_CUR) == 0;
  if (is_at_begin) process.directories[file] = SortEntries(ReadAll(copy));
  const bool is_empty_reading = is_at_begin && process.directories[file].empty();
  close(copy);
  // Not a directory, or read from elsewhere than its begin: what it says is the kernel's.
  if (is_empty_reading || !process.directories.contains(file)) return Outcome::Continue();
  std::string& rest = process.directories[file];
  const std::size_t size = WholeEntries(rest, arguments[2]);
  if (size == 0) return rest.empty() ? Outcome::Answer(0) : Outcome::Fail(EINVAL);
  if (!WriteMemory(thread.id, arguments[1], rest.data(), size)) return Outcome::Fail(EFAULT);
  rest.erase(0, size);
  return Outcome::Answer(static_cast<std::int64_t>(size));
}

}  // namespace sim::virtual_process
