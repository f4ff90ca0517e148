// Quantities: canonical text reads back as the same amount and settles at once; arithmetic never
// traps.
#include "apiserver/api/quantity.h"
#include "sim/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t half = text.find(' ');
  const auto a = Quantity::Parse(text.substr(0, half));
  if (!a.ok()) return 0;
  (void)a->milli_value();
  (void)a->AsDouble();
  // Text keeps the amount, but for suffixes that end at exa. A fraction of a binary unit is shown
  // as a plain number, which reads back as a decimal one ("62.5Ki", "64000", "64k"): then it is
  // settled.
  const auto again = Quantity::Parse(a->Text());
  SIM_CHECK(again.ok());
  const auto settled = Quantity::Parse(again->Text());
  SIM_CHECK(settled.ok());
  if (*again == *a) SIM_CHECK(*settled == *a && settled->Text() == again->Text());
  if (half == std::string_view::npos) return 0;
  const auto b = Quantity::Parse(text.substr(half + 1));
  if (!b.ok()) return 0;
  (void)(*a + *b).Text();
  (void)(*a - *b).Text();
  Quantity product = *a;
  product *= b->value();
  (void)product.Text();
  SIM_CHECK((*a < *b) == (*b > *a));
  return 0;
}
