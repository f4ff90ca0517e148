// The log of one container's run, worked out from its trace when somebody asks: nothing is stored.
//
// Invariant: lines are in the order of time; at most kLogBytesMax of the newest are given, as the
// kubelet keeps two files of 10 MiB and shows what is left after rotation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nodes/runtime/trace.h"

namespace nodes {

constexpr std::size_t kLogBytesMax = 10 * 1024 * 1024;

struct LogLine {
  sim::Time time;
  std::string text;  // without newline
};

struct LogQuery {
  bool has_timestamps = false;
  std::optional<sim::Time> since;
  std::optional<std::int64_t> tail_lines;
  std::optional<std::int64_t> limit_bytes;
};

// The lines printed from `started` up to and with `until`.
std::vector<LogLine> LinesUntil(const ContainerTrace& trace, sim::Time started, sim::Time until);

// What the kubelet answers.
std::string LogText(const std::vector<LogLine>& lines, const LogQuery& query);

// When the next line after `after` comes, or nullopt.
std::optional<sim::Time> NextLineAfter(const ContainerTrace& trace, sim::Time started,
                                       sim::Time after);

}  // namespace nodes
