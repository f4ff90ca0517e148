#include "sim/host/virtual_process/tracee.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sim::virtual_process {

bool ReadMemory(pid_t thread, std::uint64_t address, void* out, std::size_t size) {
  iovec local{out, size};
  iovec remote{reinterpret_cast<void*>(address), size};
  return process_vm_readv(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
}

bool ReadTwo(pid_t thread, const MemoryPart& first, const MemoryPart& second) {
  const iovec local[] = {{first.out, first.size}, {second.out, second.size}};
  const iovec remote[] = {{reinterpret_cast<void*>(first.address), first.size},
                          {reinterpret_cast<void*>(second.address), second.size}};
  return process_vm_readv(thread, local, 2, remote, 2, 0) ==
         static_cast<ssize_t>(first.size + second.size);
}

bool WriteMemory(pid_t thread, std::uint64_t address, const void* bytes, std::size_t size) {
  iovec local{const_cast<void*>(bytes), size};
  iovec remote{reinterpret_cast<void*>(address), size};
  return process_vm_writev(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
}

bool WriteCode(pid_t thread, std::uint64_t address, const void* bytes, std::size_t size) {
  const auto* source = static_cast<const std::uint8_t*>(bytes);
  for (std::size_t at = 0; at < size; at += 8) {
    const std::size_t part = std::min<std::size_t>(8, size - at);
    const auto where = reinterpret_cast<void*>(address + at);
    errno = 0;
    long word = part < 8 ? ptrace(PTRACE_PEEKDATA, thread, where, nullptr) : 0;
    if (errno != 0) return false;
    std::memcpy(&word, source + at, part);
    if (ptrace(PTRACE_POKEDATA, thread, where, word) != 0) return false;
  }
  return true;
}

std::optional<std::string> ReadText(pid_t thread, std::uint64_t address, std::size_t size_max) {
  constexpr std::uint64_t kPage = 4096;
  std::string text;
  while (text.size() < size_max) {
    // A text may end just before memory that is not mapped.
    char part[kPage];
    const std::size_t size = std::min<std::size_t>(kPage - address % kPage, size_max - text.size());
    if (!ReadMemory(thread, address, part, size)) return std::nullopt;
    const std::size_t length = strnlen(part, size);
    text.append(part, length);
    if (length < size) return text;
    address += size;
  }
  return std::nullopt;
}

std::optional<CurrentCall> ParseCurrentCall(std::string_view text) {
  CurrentCall call;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), call.number);
  if (error != std::errc() || call.number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  for (std::uint64_t& argument : call.arguments) {
    if (!text.starts_with(" 0x")) return std::nullopt;
    text.remove_prefix(3);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), argument, 16);
    if (parsed.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  }
  return call;
}

std::string ReadProcFile(pid_t thread, const char* name) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/%s", thread, name);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  std::string text;
  char part[4096];
  for (ssize_t got = read(file, part, sizeof part); got > 0; got = read(file, part, sizeof part)) {
    text.append(part, static_cast<std::size_t>(got));
  }
  close(file);
  return text;
}

char StateOf(pid_t thread) {
  const std::string stat = ReadProcFile(thread, "stat");
  const std::size_t end = stat.rfind(')');
  return end == std::string::npos || end + 2 >= stat.size() ? 'X' : stat[end + 2];
}

std::int64_t CpuTimeOf(pid_t thread) {
  return std::atoll(ReadProcFile(thread, "schedstat").c_str());
}

std::int64_t ProcessCpuTimeOf(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::string NameOf(pid_t thread) {
  std::string name = ReadProcFile(thread, "comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

namespace {

// What follows the field's name and blanks, to the end of the text.
std::string_view StatusText(std::string_view status, std::string_view field) {
  const std::size_t at = status.find(std::string(field) + ":");
  if (at == std::string_view::npos) return {};
  const std::size_t begin = status.find_first_not_of(" \t", at + field.size() + 1);
  return begin == std::string_view::npos ? std::string_view() : status.substr(begin);
}

}  // namespace

char StatusLetter(std::string_view status, std::string_view field) {
  const std::string_view text = StatusText(status, field);
  return text.empty() ? '\0' : text.front();
}

std::uint64_t StatusNumber(std::string_view status, std::string_view field, int base) {
  const std::string_view text = StatusText(status, field);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

int CopyFile(int pidfd, int file) {
  return static_cast<int>(syscall(SYS_pidfd_getfd, pidfd, file, 0));
}

std::string FileTarget(pid_t process, int file) {
  char path[64];
  char target[512];
  std::snprintf(path, sizeof path, "/proc/%d/fd/%d", process, file);
  const ssize_t size = readlink(path, target, sizeof target);
  return size < 0 ? "" : std::string(target, static_cast<std::size_t>(size));
}

}  // namespace sim::virtual_process
