// Which calls of a program the supervisor answers, and the seccomp filter that hands them over.
#pragma once

#include <linux/filter.h>

#include <span>
#include <string_view>
#include <vector>

namespace sim::virtual_process {

std::span<const int> TrappedCalls();

// For people; one name for all that are not trapped.
std::string_view CallName(int call);

// Calls of other instruction sets (32-bit, x32) are handed over too, to be named; io_uring is
// refused with ENOSYS, so that libraries fall back.
std::vector<sock_filter> BuildFilter();

}  // namespace sim::virtual_process
