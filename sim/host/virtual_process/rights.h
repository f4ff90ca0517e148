// What the system must allow for programs on virtual time, asked before a program begins, so that
// what is missing has a name instead of a program that fails strangely.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string_view>

#include "sim/result.h"

namespace sim::virtual_process {

// Names what is missing, what allows it, and what goes without.
Error Refused(std::string_view what, int error);

// The first that is missing to look into `child`: a process that was forked from this one and has
// executed nothing yet.
std::optional<Error> MissingRight(pid_t child);

}  // namespace sim::virtual_process
