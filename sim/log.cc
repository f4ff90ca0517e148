#include "sim/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <string>
#include <utility>

#include "sim/time_text.h"

namespace sim {
namespace {

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

class SpdlogLog : public Log {
 public:
  explicit SpdlogLog(LogOptions options)
      : options_(std::move(options)), logger_("orrery", MakeSink(options_.has_color)) {
    // Only the level's name comes from spdlog: its own stamp would be the machine's time.
    logger_.set_pattern("%^%l%$ %v");
    logger_.set_level(SpdlogLevel(options_.level_min));
  }

  void Write(LogLevel level, std::string_view name, std::string_view text) override {
    if (level < options_.level_min) return;
    std::string line;
    if (options_.now) line = TimeText(options_.now()) + ' ';
    line += name;
    line += ' ';
    // One line per message, whatever an object's name or a program's output holds.
    for (const char letter : text) line += letter == '\n' ? ' ' : letter;
    logger_.log(SpdlogLevel(level), line);
  }

 private:
  static spdlog::sink_ptr MakeSink(bool has_color) {
    if (has_color) {
      return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>(spdlog::color_mode::always);
    }
    return std::make_shared<spdlog::sinks::stderr_sink_st>();
  }

  LogOptions options_;
  spdlog::logger logger_;
};

}  // namespace

std::optional<LogLevel> LogLevelOf(std::string_view word) {
  if (word == "debug") return LogLevel::kDebug;
  if (word == "info") return LogLevel::kInfo;
  if (word == "warning") return LogLevel::kWarning;
  if (word == "error") return LogLevel::kError;
  if (word == "off") return LogLevel::kOff;
  return std::nullopt;
}

std::unique_ptr<Log> MakeLog(LogOptions options) {
  return std::make_unique<SpdlogLog>(std::move(options));
}

bool WantsColor(bool is_terminal, const char* no_color) {
  return is_terminal && (no_color == nullptr || *no_color == '\0');
}

}  // namespace sim
