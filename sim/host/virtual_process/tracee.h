// What the supervisor reads of a thread that it traces, and writes into it: the thin edge to
// /proc, process_vm_readv(2) and pidfd_getfd(2).
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sim::virtual_process {

// False if not all of it is mapped.
bool ReadMemory(pid_t thread, std::uint64_t address, void* out, std::size_t size);
// Of two places with one call; false if not all of both is mapped.
struct MemoryPart {
  std::uint64_t address;
  void* out;
  std::size_t size;
};
bool ReadTwo(pid_t thread, const MemoryPart& first, const MemoryPart& second);
bool WriteMemory(pid_t thread, std::uint64_t address, const void* bytes, std::size_t size);
// Writes where the program itself may not (code).
bool WriteCode(pid_t thread, std::uint64_t address, const void* bytes, std::size_t size);
// Up to the zero; nothing if it is longer than `size_max` or not mapped.
std::optional<std::string> ReadText(pid_t thread, std::uint64_t address, std::size_t size_max);

template <class T>
std::optional<T> ReadValue(pid_t thread, std::uint64_t address) {
  T value{};
  if (!ReadMemory(thread, address, &value, sizeof value)) return std::nullopt;
  return value;
}

struct CurrentCall {
  long number = -1;
  std::array<std::uint64_t, 6> arguments{};
};
// Reads /proc/TID/syscall (proc_pid_syscall(5)); nothing while it runs.
std::optional<CurrentCall> ParseCurrentCall(std::string_view text);

// A small file of /proc, whole; "" if the thread is gone.
std::string ReadProcFile(pid_t thread, const char* name);
// As in /proc/TID/stat: R, S, D, T, t, Z, X; 'X' when it is gone.
char StateOf(pid_t thread);
// So far, in nanoseconds, as old as the last tick.
std::int64_t CpuTimeOf(pid_t thread);
// Of all its threads, up to now.
std::int64_t ProcessCpuTimeOf(pid_t process);
std::string NameOf(pid_t thread);
// A line of /proc/TID/status as a letter, or as a number of the given base.
char StatusLetter(std::string_view status, std::string_view field);  // '\0' when there is none
std::uint64_t StatusNumber(std::string_view status, std::string_view field, int base);

// Our own copy of a process' descriptor (close it), or -1.
int CopyFile(int pidfd, int file);
// Of a process' descriptor, in /proc: "pipe:[123]".
std::string FileTarget(pid_t process, int file);

}  // namespace sim::virtual_process
