// One clause of a format ("%.3f"), for those who run it and for those who check it before.
//
// Source: cel-go ext/formatting.go.
#pragma once

#include <string>
#include <string_view>

namespace apiserver::cel {

struct FormatClause {
  static constexpr int kPrecisionDefault = 6;
  // Go prints at most so many digits after the point.
  static constexpr int kPrecisionMax = 1'000'000;

  std::size_t size = 0;  // 0 with some errors
  char letter = 0;       // one of sdfebxXo if there is no error
  int precision = kPrecisionDefault;
  std::string error;
};

// The clause at the start of `text`, behind its '%'. Requires: not empty.
FormatClause ParseFormatClause(std::string_view text);

}  // namespace apiserver::cel
