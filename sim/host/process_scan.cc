#include "sim/host/process_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

#include "sim/digest.h"

namespace sim {
namespace {

// Programs with more are a mistake of ours or theirs; the scan stays bounded.
constexpr std::size_t kThreadsMax = 10'000;

// Empty if the file went away, as files of /proc do.
std::string ReadFile(const std::string& path) {
  std::string text;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(file, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(file);
  return text;
}

template <class Number>
std::optional<Number> NumberOf(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return std::nullopt;
  Number number{};
  const auto [end, code] = std::from_chars(text.data() + start, text.data() + text.size(), number);
  if (code != std::errc() || end == text.data() + start) return std::nullopt;
  return number;
}

// The value of a line "Name:<tab>value".
std::optional<std::string_view> FieldOf(std::string_view text, std::string_view name) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(":")) {
      std::string_view value = line.substr(name.size() + 1);
      value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
      return value;
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::vector<pid_t> NumbersIn(const std::string& directory) {
  std::vector<pid_t> numbers;
  DIR* stream = opendir(directory.c_str());
  if (stream == nullptr) return numbers;
  while (const dirent* entry = readdir(stream)) {
    if (const auto number = NumberOf<pid_t>(entry->d_name)) numbers.push_back(*number);
  }
  closedir(stream);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// The root, its descendants, and what else is in its group, in ascending order.
std::vector<pid_t> TreeOf(pid_t root) {
  std::vector<ProcessParent> table;
  for (const pid_t process : NumbersIn("/proc")) {
    const auto parent = ParseProcessParent(ReadFile("/proc/" + std::to_string(process) + "/stat"));
    if (parent) table.push_back(*parent);
  }
  return DescendantsOf(root, table);
}

}  // namespace

std::optional<ThreadSample> ParseThreadStatus(std::string_view text) {
  const auto thread = FieldOf(text, "Pid");
  const auto state = FieldOf(text, "State");
  const auto voluntary = FieldOf(text, "voluntary_ctxt_switches");
  const auto other = FieldOf(text, "nonvoluntary_ctxt_switches");
  if (!thread || !state || state->empty() || !voluntary || !other) return std::nullopt;
  const auto number = NumberOf<pid_t>(*thread);
  const auto voluntary_count = NumberOf<std::uint64_t>(*voluntary);
  const auto other_count = NumberOf<std::uint64_t>(*other);
  if (!number || !voluntary_count || !other_count) return std::nullopt;
  return ThreadSample{*number, state->front(), *voluntary_count + *other_count};
}

std::optional<std::uint64_t> StillMarkOf(std::span<const ThreadSample> threads) {
  Digest digest;
  for (const ThreadSample& thread : threads) {
    const bool is_dead = thread.state == 'Z' || thread.state == 'X';
    if (thread.state != 'S' && !is_dead) return std::nullopt;
    digest.Add(static_cast<std::uint64_t>(thread.thread));
    digest.Add(is_dead ? 0 : thread.switches);
  }
  return digest.value();
}

std::optional<ProcessParent> ParseProcessParent(std::string_view text) {
  // The name is in parentheses and may hold any letter, so what follows is found from the end.
  const std::size_t name_end = text.rfind(')');
  const auto process = NumberOf<pid_t>(text);
  if (!process || name_end == std::string_view::npos || text.size() < name_end + 4) {
    return std::nullopt;
  }
  text.remove_prefix(name_end + 4);  // ") S "
  const auto parent = NumberOf<pid_t>(text);
  text.remove_prefix(std::min(text.find(' '), text.size()));
  const auto group = NumberOf<pid_t>(text);
  if (!parent || !group) return std::nullopt;
  return ProcessParent{*process, *parent, *group};
}

std::vector<pid_t> DescendantsOf(pid_t root, std::span<const ProcessParent> table) {
  std::set<pid_t> tree{root};
  for (std::size_t size = 0; size != tree.size();) {
    size = tree.size();
    for (const ProcessParent& process : table) {
      if (process.group == root || tree.contains(process.parent)) tree.insert(process.process);
    }
  }
  return {tree.begin(), tree.end()};
}

std::vector<ThreadSample> ScanProcessTree(pid_t root) {
  std::vector<ThreadSample> samples;
  for (const pid_t process : TreeOf(root)) {
    const std::string tasks = "/proc/" + std::to_string(process) + "/task";
    for (const pid_t thread : NumbersIn(tasks)) {
      const auto sample =
          ParseThreadStatus(ReadFile(tasks + "/" + std::to_string(thread) + "/status"));
      if (sample && samples.size() < kThreadsMax) samples.push_back(*sample);
    }
  }
  return samples;
}

}  // namespace sim
