// Amounts with a unit suffix ("1500m", "2Gi", "1e3"), as apimachinery's resource.Quantity.
//
// Invariants:
// (1) The amount is value * 10^scale, exact to 36 significant digits and never finer than a nano.
// (2) Text() is canonical, except that a parsed text which upstream keeps ("1.500", "+5") is kept
// too. Rounding is away from zero, as upstream: whoever asks for little gets something. Threads:
// any.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "apiserver/api/json.h"
#include "sim/result.h"

namespace apiserver {

__extension__ typedef __int128 Int128;

class Quantity {
 public:
  enum class Format : std::uint8_t { kDecimalSi, kBinarySi, kDecimalExponent };

  Quantity() = default;  // 0
  static Quantity Of(std::int64_t value, Format format = Format::kDecimalSi);
  static Quantity OfMilli(std::int64_t value, Format format = Format::kDecimalSi);
  // Errors: upstream's sentences.
  static sim::Result<Quantity> Parse(std::string_view text);
  // From JSON: text (spaces around it are ignored) or a number.
  static sim::Result<Quantity> FromJson(const Value& value);

  // Canonical text: the largest suffix that keeps the number whole.
  std::string Text() const;
  // Rounded up to whole units, or to thousandths; saturates at the ends of int64.
  std::int64_t value() const { return Scaled(0); }
  std::int64_t milli_value() const { return Scaled(-3); }
  // Rounded up to multiples of 10^scale.
  std::int64_t Scaled(int scale) const;
  double AsDouble() const;
  Format format() const { return format_; }
  bool is_zero() const { return value_ == 0; }
  int sign() const { return value_ < 0 ? -1 : value_ > 0 ? 1 : 0; }

  Quantity& operator+=(const Quantity& other);
  Quantity& operator-=(const Quantity& other);
  Quantity& operator*=(std::int64_t factor);
  Quantity operator-() const;
  friend Quantity operator+(Quantity a, const Quantity& b) { return a += b; }
  friend Quantity operator-(Quantity a, const Quantity& b) { return a -= b; }
  // By amount: "1" equals "1000m".
  friend std::strong_ordering operator<=>(const Quantity& a, const Quantity& b);
  friend bool operator==(const Quantity& a, const Quantity& b) { return (a <=> b) == 0; }

 private:
  Quantity(Int128 value, int scale, Format format)
      : value_(value), scale_(scale), format_(format) {}
  std::string Canonical() const;
  Quantity& Add(Int128 value, int scale, Format format);

  Int128 value_ = 0;
  int scale_ = 0;
  Format format_ = Format::kDecimalSi;
  std::string kept_text_;
};

// The canonical text of a quantity in JSON, or the error.
sim::Result<std::string> CanonicalQuantity(const Value& value);

}  // namespace apiserver
