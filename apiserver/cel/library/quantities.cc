// quantity() (k8s.io/apiserver pkg/cel/library/quantity.go).
#include <limits>

#include "apiserver/api/quantity.h"
#include "apiserver/cel/library/implementation.h"

namespace apiserver::cel {
namespace {

class QuantityValue final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "kubernetes.Quantity";
  explicit QuantityValue(Quantity from) : quantity(std::move(from)) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override {
    return quantity == static_cast<const QuantityValue&>(other).quantity;
  }
  const Quantity quantity;
};

const Quantity& Amount(const Value& value) { return OpaqueAs<QuantityValue>(value).quantity; }
Value NewQuantity(Arena& arena, Quantity quantity) {
  return Value::Of(static_cast<const Opaque*>(arena.New<QuantityValue>(std::move(quantity))));
}

Value FromString(Arena& arena, const Value* a) {
  auto quantity = Quantity::Parse(a[0].as_text());
  if (!quantity.ok()) return NewError(arena, quantity.error().message);
  return NewQuantity(arena, std::move(*quantity));
}
Value IsQuantity(Arena&, const Value* a) {
  return Value::Bool(Quantity::Parse(a[0].as_text()).ok());
}
Value Sign(Arena&, const Value* a) { return Value::Int(Amount(a[0]).sign()); }
Value IsGreater(Arena&, const Value* a) { return Value::Bool(Amount(a[0]) > Amount(a[1])); }
Value IsLess(Arena&, const Value* a) { return Value::Bool(Amount(a[0]) < Amount(a[1])); }
Value Compare(Arena&, const Value* a) {
  const auto order = Amount(a[0]) <=> Amount(a[1]);
  return Value::Int(order < 0 ? -1 : order > 0 ? 1 : 0);
}
Value AsDouble(Arena&, const Value* a) { return Value::Double(Amount(a[0]).AsDouble()); }

// Whole and within 64 bits.
bool IsWhole(const Quantity& quantity) { return Quantity::Of(quantity.value()) == quantity; }
Value IsInteger(Arena&, const Value* a) { return Value::Bool(IsWhole(Amount(a[0]))); }
Value AsInteger(Arena&, const Value* a) {
  if (!IsWhole(Amount(a[0]))) return Value::Error("cannot convert value to integer");
  return Value::Int(Amount(a[0]).value());
}

Quantity Whole(const Value& value) {
  return Quantity::Of(value.as_int(), Quantity::Format::kDecimalExponent);
}
Value AddQuantity(Arena& arena, const Value* a) {
  return NewQuantity(arena, Amount(a[0]) + Amount(a[1]));
}
Value AddInt(Arena& arena, const Value* a) {
  return NewQuantity(arena, Amount(a[0]) + Whole(a[1]));
}
Value SubQuantity(Arena& arena, const Value* a) {
  return NewQuantity(arena, Amount(a[0]) - Amount(a[1]));
}
Value SubInt(Arena& arena, const Value* a) {
  return NewQuantity(arena, Amount(a[0]) - Whole(a[1]));
}

constexpr Implementation kRows[] = {
    {"string_to_quantity", FromString},
    {"is_quantity_string", IsQuantity},
    {"quantity_sign", Sign},
    {"quantity_is_greater_than", IsGreater},
    {"quantity_is_less_than", IsLess},
    {"quantity_compare_to", Compare},
    {"quantity_get_float", AsDouble},
    {"quantity_get_int", AsInteger},
    {"quantity_is_integer", IsInteger},
    {"quantity_add", AddQuantity},
    {"quantity_add_int", AddInt},
    {"quantity_sub", SubQuantity},
    {"quantity_sub_int", SubInt},
};

}  // namespace

std::span<const Implementation> QuantityImplementations() { return kRows; }

}  // namespace apiserver::cel
