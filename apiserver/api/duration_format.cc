// Durations as text: Go's, and the ages that kubectl prints.
#include <array>
#include <limits>

#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kNanosMax = std::uint64_t{1} << 63;

struct Unit {
  std::string_view name;
  std::uint64_t nanos;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"\xc2\xb5s", 1'000},
                                         {"\xce\xbcs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", kSecond},
                                         {"m", 60 * kSecond},
                                         {"h", 3600 * kSecond}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// One "NUMBER UNIT" at the front of `rest`; the error is upstream's middle part ("", "missing
// unit", ...).
struct Term {
  std::uint64_t nanos = 0;
  std::string error;
  bool is_bad = false;
};

Term TakeTerm(std::string_view& rest) {
  Term term;
  const auto bad = [&](std::string error) {
    term.is_bad = true;
    term.error = std::move(error);
    return term;
  };
  std::uint64_t whole = 0;
  bool has_digit = false;
  while (!rest.empty() && IsDigit(rest[0])) {
    if (whole > kNanosMax / 10) return bad("invalid duration ");
    whole = whole * 10 + static_cast<std::uint64_t>(rest[0] - '0');
    rest.remove_prefix(1);
    has_digit = true;
  }
  std::uint64_t fraction = 0;
  double fraction_scale = 1;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    while (!rest.empty() && IsDigit(rest[0])) {
      // What no longer fits is too small to count.
      if (fraction <= (kNanosMax - 1) / 10 - 1) {
        fraction = fraction * 10 + static_cast<std::uint64_t>(rest[0] - '0');
        fraction_scale *= 10;
      }
      rest.remove_prefix(1);
      has_digit = true;
    }
  }
  if (!has_digit) return bad("invalid duration ");
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '.' && !IsDigit(rest[end])) ++end;
  if (end == 0) return bad("missing unit in duration ");
  const std::string_view name = rest.substr(0, end);
  rest.remove_prefix(end);
  const Unit* unit = FindUnit(name);
  if (unit == nullptr) return bad("unknown unit " + GoTimeQuote(name) + " in duration ");
  if (__builtin_mul_overflow(whole, unit->nanos, &term.nanos) || term.nanos > kNanosMax) {
    return bad("invalid duration ");
  }
  term.nanos += static_cast<std::uint64_t>(static_cast<double>(fraction) *
                                           (static_cast<double>(unit->nanos) / fraction_scale));
  return term;
}

// "1.5" of a number of nanoseconds in a unit, without trailing zeros.
std::string Decimal(std::uint64_t value, std::uint64_t unit) {
  std::string text = std::to_string(value / unit);
  std::uint64_t rest = value % unit;
  if (rest == 0) return text;
  text += '.';
  for (unit /= 10; rest != 0; unit /= 10) {
    text += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return text;
}

}  // namespace

sim::Result<sim::Duration> ParseGoDuration(std::string_view text) {
  const auto fail = [&](std::string_view what) {
    return sim::Error{"time: " + std::string(what) + GoTimeQuote(text)};
  };
  std::string_view rest = text;
  bool is_negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    is_negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  if (rest == "0") return sim::Duration(0);
  if (rest.empty()) return fail("invalid duration ");
  std::uint64_t nanos = 0;
  while (!rest.empty()) {
    const Term term = TakeTerm(rest);
    if (term.is_bad) return fail(term.error);
    nanos += term.nanos;
    if (nanos > kNanosMax) return fail("invalid duration ");
  }
  if (is_negative) {
    return sim::Duration(nanos == kNanosMax ? std::numeric_limits<std::int64_t>::min()
                                            : -static_cast<std::int64_t>(nanos));
  }
  if (nanos == kNanosMax) return fail("invalid duration ");
  return sim::Duration(static_cast<std::int64_t>(nanos));
}

std::string FormatGoDuration(sim::Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::uint64_t size =
      count < 0 ? ~static_cast<std::uint64_t>(count) + 1 : static_cast<std::uint64_t>(count);
  const std::string sign = count < 0 ? "-" : "";
  if (size < 1'000) return sign + std::to_string(size) + "ns";
  if (size < 1'000'000) return sign + Decimal(size, 1'000) + "\xc2\xb5s";
  if (size < kSecond) return sign + Decimal(size, 1'000'000) + "ms";
  const std::uint64_t minutes = size / (60 * kSecond);
  std::string text = Decimal(size % (60 * kSecond), kSecond) + "s";
  if (minutes > 0) text = std::to_string(minutes % 60) + "m" + text;
  if (minutes >= 60) text = std::to_string(minutes / 60) + "h" + text;
  return sign + text;
}

std::string HumanDuration(sim::Duration duration) {
  const std::int64_t seconds = duration.count() / static_cast<std::int64_t>(kSecond);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return std::to_string(seconds) + "s";
  // "LARGEu" and, when not zero, "SMALLv".
  const auto pair = [](std::int64_t large, const char* u, std::int64_t small, const char* v) {
    std::string text = std::to_string(large) + u;
    if (small != 0) text += std::to_string(small) + v;
    return text;
  };
  const std::int64_t minutes = seconds / 60;
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return std::to_string(minutes) + "m";
  const std::int64_t hours = minutes / 60;
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  const std::int64_t days = hours / 24;
  if (days < 8) return pair(days, "d", hours % 24, "h");
  if (days < 365 * 2) return std::to_string(days) + "d";
  if (days < 365 * 8) return pair(days / 365, "y", days % 365, "d");
  return std::to_string(days / 365) + "y";
}

}  // namespace apiserver
