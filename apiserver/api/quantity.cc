#include "apiserver/api/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

using Format = Quantity::Format;

constexpr char kFormatError[] =
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
constexpr char kSuffixError[] = "unable to parse quantity's suffix";
constexpr int kNanoScale = -9;
constexpr std::size_t kDigitsMax = 36;
constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
constexpr int kScaleMax = 1'000'000;

struct Suffix {
  std::string_view text;
  int exponent;
};
constexpr std::array<Suffix, 10> kDecimalSuffixes = {{{"n", -9},
                                                      {"u", -6},
                                                      {"m", -3},
                                                      {"", 0},
                                                      {"k", 3},
                                                      {"M", 6},
                                                      {"G", 9},
                                                      {"T", 12},
                                                      {"P", 15},
                                                      {"E", 18}}};
constexpr std::array<Suffix, 6> kBinarySuffixes = {
    {{"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}, {"Pi", 50}, {"Ei", 60}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The text taken apart: SIGN WHOLE [. FRACTION] SUFFIX; leading zeros are gone from `whole`.
struct Pieces {
  bool is_negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view suffix;
};

std::optional<Pieces> Split(std::string_view text) {
  Pieces pieces;
  std::size_t at = 0;
  const auto skip_digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return text.substr(begin, at - begin);
  };
  if (text.front() == '-' || text.front() == '+') {
    pieces.is_negative = text.front() == '-';
    ++at;
  }
  pieces.whole = skip_digits();
  pieces.whole.remove_prefix(std::min(pieces.whole.find_first_not_of('0'), pieces.whole.size()));
  if (at < text.size() && text[at] == '.') {
    ++at;
    pieces.fraction = skip_digits();
  }
  const std::size_t suffix_begin = at;
  while (at < text.size() && std::string_view("eEinumkKMGTP").find(text[at]) != text.npos) ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  skip_digits();
  if (at != text.size()) return std::nullopt;
  pieces.suffix = text.substr(suffix_begin);
  return pieces;
}

struct Unit {
  int exponent = 0;  // of 10, or of 2 for kBinarySi
  Format format = Format::kDecimalSi;
};

std::optional<Unit> FindUnit(std::string_view suffix) {
  for (const Suffix& known : kDecimalSuffixes) {
    if (known.text == suffix) return Unit{known.exponent, Format::kDecimalSi};
  }
  for (const Suffix& known : kBinarySuffixes) {
    if (known.text == suffix) return Unit{known.exponent, Format::kBinarySi};
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  std::string_view digits = suffix.substr(1);
  if (digits[0] == '+') digits.remove_prefix(1);
  int exponent = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return Unit{std::clamp(exponent, -kScaleMax, kScaleMax), Format::kDecimalExponent};
}

bool Multiply(Int128 a, Int128 b, Int128& product) {
  return !__builtin_mul_overflow(a, b, &product);
}

// value * 10^power, or false on overflow.
bool ScaleUp(Int128& value, int power) {
  if (value == 0) return true;
  if (power > 40) return false;
  for (; power > 0; --power) {
    if (!Multiply(value, 10, value)) return false;
  }
  return true;
}

// value / 10^power, rounded away from zero.
Int128 ScaleDown(Int128 value, int power) {
  bool is_exact = true;
  for (; power > 0 && value != 0; --power) {
    is_exact = is_exact && value % 10 == 0;
    const int sign = value < 0 ? -1 : 1;
    value /= 10;
    if (value == 0 && !is_exact) return sign;
  }
  if (!is_exact) value += value < 0 ? -1 : 1;
  return value;
}

std::string Digits(Int128 value) {
  if (value == 0) return "0";
  std::string text;
  const bool is_negative = value < 0;
  for (; value != 0; value /= 10) {
    const int digit = static_cast<int>(value % 10);
    text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (is_negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

Quantity Quantity::Of(std::int64_t value, Format format) { return {value, 0, format}; }
Quantity Quantity::OfMilli(std::int64_t value, Format format) { return {value, -3, format}; }

sim::Result<Quantity> Quantity::Parse(std::string_view text) {
  if (text.empty()) return sim::Error{kFormatError};
  const std::optional<Pieces> pieces = Split(text);
  if (!pieces) return sim::Error{kFormatError};
  const std::optional<Unit> unit = FindUnit(pieces->suffix);
  if (!unit) return sim::Error{kSuffixError};

  const bool is_binary = unit->format == Format::kBinarySi;
  std::string digits = std::string(pieces->whole) + std::string(pieces->fraction);
  int scale = (is_binary ? 0 : unit->exponent) - static_cast<int>(pieces->fraction.size());
  // Digits beyond what is kept are cut, the lost power going into the scale.
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size());
  const std::size_t digits_max = is_binary ? kDigitsMax - 18 : kDigitsMax;
  if (digits.size() - first > digits_max) {
    scale += static_cast<int>(digits.size() - first - digits_max);
    digits.resize(first + digits_max);
  }
  Int128 value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  if (is_binary) value <<= unit->exponent;
  if (pieces->is_negative) value = -value;

  // Which texts upstream keeps as they are: those its fast path takes for canonical.
  const bool is_fast =
      is_binary ? pieces->fraction.empty() &&
                      static_cast<int>(std::max<std::size_t>(pieces->whole.size(), 1)) <=
                          14 - unit->exponent * 3 / 10
                : std::max<std::size_t>(pieces->whole.size(), 1) + pieces->fraction.size() <= 18 &&
                      scale >= kNanoScale;
  Quantity result(value, scale, unit->format);
  if (is_fast) {
    const bool starts_well = !pieces->whole.empty();
    const Int128 plain = is_binary ? value >> unit->exponent : value;
    const bool is_kept =
        is_binary ? (plain & 7) != 0 : scale % 3 == 0 && starts_well && !digits.ends_with("000");
    if (is_kept && value != 0) result.kept_text_ = text;
    return result;
  }
  if (scale < kNanoScale) {
    result.value_ = ScaleDown(value, kNanoScale - scale);
    result.scale_ = kNanoScale;
  }
  if (is_binary) {
    const Quantity max = Of(kInt64Max, Format::kBinarySi);
    if (result > max) result = max;
    if (-result > max) result = -max;
    const Quantity size = result.sign() < 0 ? -result : result;
    if (!size.is_zero() && size < Of(1)) result.format_ = Format::kDecimalSi;
  }
  return result;
}

sim::Result<Quantity> Quantity::FromJson(const Value& value) {
  if (value.is_string()) {
    std::string_view text{value.get_string().data(), value.get_string().size()};
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return Parse(text);
  }
  if (value.is_number()) return Parse(ToJson(value));
  return sim::Error{kFormatError};
}

std::string Quantity::Text() const { return kept_text_.empty() ? Canonical() : kept_text_; }

std::string Quantity::Canonical() const {
  if (value_ == 0) return "0";
  Format format = format_;
  if (format == Format::kBinarySi) {
    Int128 whole = value_;
    const bool is_whole =
        scale_ >= 0 ? ScaleUp(whole, scale_)
                    : (whole = ScaleDown(value_, -scale_), Quantity(whole, 0, format) == *this);
    if (is_whole && (whole <= -1024 || whole >= 1024)) {
      std::size_t power = 0;
      for (; whole % 1024 == 0; whole /= 1024) ++power;
      if (power == 0) return Digits(whole);
      return Digits(whole) +
             std::string(power <= kBinarySuffixes.size() ? kBinarySuffixes[power - 1].text : "");
    }
    format = Format::kDecimalSi;
  }
  Int128 number = value_;
  int exponent = scale_;
  for (; number % 10 == 0; number /= 10) ++exponent;
  for (Int128 more = 0; exponent % 3 != 0 && Multiply(number, 10, more); --exponent) number = more;
  if (format == Format::kDecimalExponent) {
    return Digits(number) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
  }
  for (const Suffix& suffix : kDecimalSuffixes) {
    if (suffix.exponent == exponent) return Digits(number) + std::string(suffix.text);
  }
  return Digits(number);
}

std::int64_t Quantity::Scaled(int scale) const {
  Int128 value = value_;
  bool fits = true;
  if (scale_ < scale) {
    value = ScaleDown(value_, scale - scale_);
  } else {
    fits = ScaleUp(value, scale_ - scale);
  }
  if (!fits || value > kInt64Max || value < -Int128(kInt64Max) - 1) {
    return sign() < 0 ? std::numeric_limits<std::int64_t>::min() : kInt64Max;
  }
  return static_cast<std::int64_t>(value);
}

double Quantity::AsDouble() const {
  return static_cast<double>(static_cast<long double>(value_) *
                             std::pow(10.0L, static_cast<long double>(scale_)));
}

Quantity& Quantity::Add(Int128 value, int scale, Format format) {
  kept_text_.clear();
  if (value_ == 0) {
    value_ = value;
    scale_ = scale;
    format_ = format;
    return *this;
  }
  if (value == 0) return *this;
  // The finer scale is kept while both fit; beyond that the coarser one, rounded.
  const int fine = std::min(scale_, scale);
  Int128 a = value_;
  Int128 b = value;
  Int128 sum = 0;
  if (ScaleUp(a, scale_ - fine) && ScaleUp(b, scale - fine) &&
      !__builtin_add_overflow(a, b, &sum)) {
    value_ = sum;
    scale_ = fine;
    return *this;
  }
  const int coarse = std::max(scale_, scale);
  value_ = ScaleDown(value_, coarse - scale_) + ScaleDown(value, coarse - scale);
  scale_ = coarse;
  return *this;
}

Quantity& Quantity::operator+=(const Quantity& other) {
  return Add(other.value_, other.scale_, other.format_);
}
Quantity& Quantity::operator-=(const Quantity& other) {
  return Add(-other.value_, other.scale_, other.format_);
}
Quantity& Quantity::operator*=(std::int64_t factor) {
  kept_text_.clear();
  Int128 product = 0;
  while (!Multiply(value_, factor, product)) {
    value_ = ScaleDown(value_, 1);
    ++scale_;
  }
  value_ = product;
  return *this;
}
Quantity Quantity::operator-() const { return {-value_, scale_, format_}; }

std::strong_ordering operator<=>(const Quantity& a, const Quantity& b) {
  if (a.sign() != b.sign() || a.sign() == 0) return a.sign() <=> b.sign();
  Int128 left = a.value_;
  Int128 right = b.value_;
  const auto longer = a.sign() > 0 ? std::strong_ordering::greater : std::strong_ordering::less;
  if (a.scale_ > b.scale_) {
    if (!ScaleUp(left, a.scale_ - b.scale_)) return longer;
  } else if (!ScaleUp(right, b.scale_ - a.scale_)) {
    return 0 <=> longer;
  }
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

sim::Result<std::string> CanonicalQuantity(const Value& value) {
  const sim::Result<Quantity> parsed = Quantity::FromJson(value);
  if (!parsed.ok()) return parsed.error();
  return parsed->Text();
}

}  // namespace apiserver
