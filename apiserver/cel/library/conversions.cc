// int(), string() and their kin (cel-go common/types, ConvertToType).
#include <charconv>
#include <cmath>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/time_text.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;
constexpr std::int64_t kUnixMin = -62'135'596'800;
constexpr std::int64_t kUnixMax = 253'402'300'799;

Value Refused(Arena& arena, std::string_view from, std::string_view to) {
  return NewError(
      arena, "type conversion error from '" + std::string(from) + "' to '" + std::string(to) + "'");
}

Value Same(Arena&, const Value* a) { return a[0]; }

// Go reads a sign and decimal digits.
template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  if (std::is_signed_v<Number> && text.starts_with('+') && !text.starts_with("+-")) {
    text.remove_prefix(1);
  }
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return number;
}

Value StringToInt(Arena& arena, const Value* a) {
  const auto number = ParseWhole<std::int64_t>(a[0].as_text());
  return number ? Value::Int(*number) : Refused(arena, "string", "int");
}
Value StringToUint(Arena& arena, const Value* a) {
  const auto number = ParseWhole<std::uint64_t>(a[0].as_text());
  return number ? Value::Uint(*number) : Refused(arena, "string", "uint");
}
Value UintToInt(Arena&, const Value* a) {
  if (a[0].as_uint() > INT64_MAX) return Value::Error("integer overflow");
  return Value::Int(static_cast<std::int64_t>(a[0].as_uint()));
}
Value IntToUint(Arena&, const Value* a) {
  if (a[0].as_int() < 0) return Value::Error("unsigned integer overflow");
  return Value::Uint(static_cast<std::uint64_t>(a[0].as_int()));
}
Value DoubleToInt(Arena&, const Value* a) {
  const double number = a[0].as_double();
  if (!(number > -kTwoTo63 && number < kTwoTo63)) return Value::Error("integer overflow");
  return Value::Int(static_cast<std::int64_t>(number));
}
Value DoubleToUint(Arena&, const Value* a) {
  const double number = a[0].as_double();
  if (!(number >= 0 && number < kTwoTo64)) return Value::Error("unsigned integer overflow");
  return Value::Uint(static_cast<std::uint64_t>(number));
}
Value DurationToInt(Arena&, const Value* a) { return Value::Int(a[0].as_duration()); }
Value TimestampToInt(Arena&, const Value* a) { return Value::Int(a[0].as_timestamp().seconds); }
Value IntToDouble(Arena&, const Value* a) {
  return Value::Double(static_cast<double>(a[0].as_int()));
}
Value UintToDouble(Arena&, const Value* a) {
  return Value::Double(static_cast<double>(a[0].as_uint()));
}

// Go's strconv.ParseFloat: decimal or hexadecimal, "inf", "nan", and underscores nowhere.
Value StringToDouble(Arena& arena, const Value* a) {
  std::string text(a[0].as_text());
  const auto refused = [&] { return Refused(arena, "string", "double"); };
  if (text.empty() || text.find_first_of(" \t\n\r\v\f") != std::string::npos) return refused();
  if (text.find("nan(") != std::string::npos) return refused();
  const bool is_hex = text.find_first_of("xX") != std::string::npos;
  if (is_hex && text.find_first_of("pP") == std::string::npos) return refused();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return refused();
  const bool names_infinity = text.find_first_of("iI") != std::string::npos;
  if (std::isinf(number) && !names_infinity) return refused();
  return Value::Double(number);
}

Value StringToBool(Arena& arena, const Value* a) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (a[0].as_text() == yes) return Value::Bool(true);
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (a[0].as_text() == no) return Value::Bool(false);
  }
  return Refused(arena, "string", "bool");
}
Value StringToBytes(Arena&, const Value* a) { return Value::Bytes(a[0].as_text()); }
Value BytesToString(Arena&, const Value* a) {
  if (IsValidUtf8(a[0].as_text())) return Value::String(a[0].as_text());
  return Value::Error("invalid UTF-8 in bytes, cannot convert to string");
}
Value ToString(Arena& arena, const Value* a) { return NewString(arena, PrintValue(a[0])); }

Value StringToDuration(Arena& arena, const Value* a) {
  const auto nanos = ParseDurationNanos(a[0].as_text());
  return nanos ? Value::Duration(*nanos) : Refused(arena, "string", "google.protobuf.Duration");
}
Value IntToDuration(Arena& arena, const Value*) {
  return Refused(arena, "int", "google.protobuf.Duration");
}
Value StringToTimestamp(Arena& arena, const Value* a) {
  const auto time = ParseZonedTime(a[0].as_text());
  if (!time.ok()) return Refused(arena, "string", "google.protobuf.Timestamp");
  const std::int64_t seconds = time->time.seconds;
  if (seconds < kUnixMin || seconds > kUnixMax) return Value::Error("timestamp overflow");
  return Value::Timestamp(time->time, time->zone_minutes);
}
Value IntToTimestamp(Arena&, const Value* a) {
  const std::int64_t seconds = a[0].as_int();
  if (seconds < kUnixMin || seconds > kUnixMax) return Value::Error("timestamp overflow");
  return Value::Timestamp({seconds, 0});
}

constexpr Implementation kRows[] = {
    {"bool_to_bool", Same},
    {"string_to_bool", StringToBool},
    {"bytes_to_bytes", Same},
    {"string_to_bytes", StringToBytes},
    {"double_to_double", Same},
    {"int64_to_double", IntToDouble},
    {"string_to_double", StringToDouble},
    {"uint64_to_double", UintToDouble},
    {"duration_to_duration", Same},
    {"int64_to_duration", IntToDuration},
    {"string_to_duration", StringToDuration},
    {"int64_to_int64", Same},
    {"double_to_int64", DoubleToInt},
    {"duration_to_int64", DurationToInt},
    {"string_to_int64", StringToInt},
    {"timestamp_to_int64", TimestampToInt},
    {"uint64_to_int64", UintToInt},
    {"string_to_string", Same},
    {"bool_to_string", ToString},
    {"bytes_to_string", BytesToString},
    {"double_to_string", ToString},
    {"duration_to_string", ToString},
    {"int64_to_string", ToString},
    {"timestamp_to_string", ToString},
    {"uint64_to_string", ToString},
    {"timestamp_to_timestamp", Same},
    {"int64_to_timestamp", IntToTimestamp},
    {"string_to_timestamp", StringToTimestamp},
    {"uint64_to_uint64", Same},
    {"double_to_uint64", DoubleToUint},
    {"int64_to_uint64", IntToUint},
    {"string_to_uint64", StringToUint},
};

}  // namespace

std::span<const Implementation> ConversionImplementations() { return kRows; }

}  // namespace apiserver::cel
