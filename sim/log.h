// What the program says about itself on standard error, stamped with virtual time.
//
// The kernel's thread only: other threads report through the inbox. Nothing that a run decides
// depends on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "sim/time.h"

namespace sim {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error", "off"; nothing for any other word.
std::optional<LogLevel> LogLevelOf(std::string_view word);

class Log {
 public:
  virtual ~Log() = default;
  // `name` is the event's, "part.verb".
  virtual void Write(LogLevel level, std::string_view name, std::string_view text) = 0;

  void Debug(std::string_view name, std::string_view text) { Write(LogLevel::kDebug, name, text); }
  void Info(std::string_view name, std::string_view text) { Write(LogLevel::kInfo, name, text); }
  void Warning(std::string_view name, std::string_view text) {
    Write(LogLevel::kWarning, name, text);
  }
  void Error(std::string_view name, std::string_view text) { Write(LogLevel::kError, name, text); }
};

struct LogOptions {
  LogLevel level_min = LogLevel::kInfo;
  bool has_color = false;
  std::function<Time()> now;  // Stamps of the lines; without it they have none.
};

// Lines on standard error: "<level> <time> <name> <text>".
std::unique_ptr<Log> MakeLog(LogOptions options);

// Colour only on a terminal, and not when NO_COLOR is set and not empty (https://no-color.org).
bool WantsColor(bool is_terminal, const char* no_color);

}  // namespace sim
