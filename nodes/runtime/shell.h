// A small interpreter of what containers in manifests commonly run: sleep, true, false, exit, echo,
// printf, cat, env, hostname, date, and sh -c of lists of these with ; && || newlines, `while true`
// and `for` loops.
//
// Pure: nothing is executed. A command that is not understood gives nullopt, and another model
// describes the container. Limits: kShellStepsMax steps, kShellTextMax bytes of script.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nodes/runtime/trace.h"

namespace nodes {

constexpr std::size_t kShellStepsMax = 10'000;
constexpr std::size_t kShellTextMax = 64 * 1024;

struct ShellContext {
  std::string hostname;
  std::map<std::string, std::string> environment;
};

// `words` is the argument vector, as the container's command and args give it.
std::optional<ContainerTrace> Interpret(const std::vector<std::string>& words,
                                        const ShellContext& context);

}  // namespace nodes
