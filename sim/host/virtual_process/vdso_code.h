// Code that runs in programs in place of the kernel's vDSO: clock reads without a call.
//
// x86-64, position-independent but for kClockPageAddress. What it can't answer (CPU clocks) it
// hands to the kernel, where the supervisor traps it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sim::virtual_process {

// The bytes to map at kClockCodeAddress; at most a page.
std::span<const std::uint8_t> ClockCode();

// Where in ClockCode the stand-in of a vDSO's function begins; those that have none of their own
// say ENOSYS, so that callers make the call.
std::uint64_t ClockCodeEntry(std::string_view vdso_function);

// Bytes to write at `offset` of the vDSO's image so that one of its functions jumps to our code.
struct VdsoPatch {
  std::uint64_t offset = 0;
  std::vector<std::uint8_t> bytes;
  bool operator==(const VdsoPatch&) const = default;
};

// Reads the symbols of a vDSO's ELF image. Empty if it is not of a form that we know.
std::vector<VdsoPatch> PlanVdsoPatches(std::span<const std::uint8_t> image);

}  // namespace sim::virtual_process
