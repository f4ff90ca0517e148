#include "apiserver/api/int_or_string.h"

#include <charconv>

namespace apiserver {

sim::Result<std::int64_t> ScaledIntOrPercent(const Value* value, std::int64_t total,
                                             Rounding rounding) {
  if (value == nullptr || value->is_null()) return 0;
  if (value->is_int64()) return value->get_int64();
  if (!value->is_string()) return sim::Error{"invalid type: neither int nor percentage"};
  const std::string_view text{value->get_string().data(), value->get_string().size()};
  if (!text.ends_with('%')) {
    return sim::Error{"invalid value for IntOrString: invalid type: string is not a percentage"};
  }
  std::int64_t percent = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto read = std::from_chars(text.data(), end, percent);
  if (read.ec != std::errc() || read.ptr != end || text.size() < 2) {
    return sim::Error{"invalid value for IntOrString: invalid value \"" + std::string(text) +
                      "\": strconv.Atoi: parsing \"" +
                      std::string(text.substr(0, text.size() - 1)) + "\": invalid syntax"};
  }
  std::int64_t product = 0;
  if (__builtin_mul_overflow(percent, total, &product)) {
    return sim::Error{"invalid value for IntOrString: percentage out of range"};
  }
  std::int64_t scaled = product / 100;
  const std::int64_t rest = product % 100;
  if (rest > 0 && rounding == Rounding::kUp) ++scaled;
  if (rest < 0 && rounding == Rounding::kDown) --scaled;
  return scaled;
}

std::string IntOrStringText(const Value& value) {
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_string()) return std::string(value.get_string().data(), value.get_string().size());
  return "0";
}

}  // namespace apiserver
