// Quantities: canonical text reads back as the same amount and is canonical already; arithmetic
// never traps.
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
  const std::string canonical = a->Text();
  // Suffixes end at exa; beyond it upstream's text says less than the amount.
  if (const auto again = Quantity::Parse(canonical); again.ok()) {
    SIM_CHECK(again->Text() == canonical || again->is_zero() || *again != *a);
  }
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
