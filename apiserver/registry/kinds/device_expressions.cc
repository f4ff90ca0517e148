#include "apiserver/registry/kinds/device_expressions.h"

#include "apiserver/cel/static_cost.h"

namespace apiserver {
namespace {

constexpr std::uint64_t kSelectorCostMax = 1'000'000;

// Sizes that the API sets.
constexpr std::uint64_t kDomainMax = 63;
constexpr std::uint64_t kIdMax = 32;
constexpr std::uint64_t kDriverMax = 63;
constexpr std::uint64_t kAttributesMax = 32;
constexpr std::uint64_t kAttributeValueMax = 64;

constexpr std::string_view kDeviceType = "kubernetes.DRADevice";

const cel::DeclaredTypes& DeviceTypes() {
  static const cel::DeclaredTypes kTypes = [] {
    const cel::TypePtr text = cel::StringType();
    const auto by_domain = [&](const cel::TypePtr& value) {
      return cel::MapType(text, cel::MapType(text, value));
    };
    cel::DeclaredTypes types;
    types.Declare(std::string(kDeviceType),
                  {{"driver", text},
                   {"allowMultipleAllocations", cel::BoolType()},
                   {"attributes", by_domain(cel::AnyType())},
                   {"capacity", by_domain(cel::ParseType("kubernetes.Quantity"))}});
    return types;
  }();
  return kTypes;
}

const cel::Environment& DeviceEnvironment() {
  static const cel::Environment kEnvironment = [] {
    cel::Environment environment;
    environment.variables["device"] = cel::ObjectType(std::string(kDeviceType));
    environment.types = &DeviceTypes();
    environment.has_bind_macro = true;
    return environment;
  }();
  return kEnvironment;
}

// How large what a path leads to may be.
class DeviceSizes final : public cel::SizeEstimator {
 public:
  std::optional<cel::CostRange> SizeOf(std::span<const std::string> path) const override {
    if (path.empty() || path[0] != "device") return std::nullopt;
    if (path.size() == 1) return UpTo(0);
    const bool is_attributes = path[1] == "attributes";
    if (path.size() == 2 && path[1] == "driver") return UpTo(kDriverMax);
    if (path.size() == 2 && path[1] == "allowMultipleAllocations") return UpTo(1);
    if (!is_attributes && path[1] != "capacity") return std::nullopt;
    return MapSize(path.subspan(2), is_attributes);
  }

 private:
  static cel::CostRange UpTo(std::uint64_t size) { return {0, size}; }
  static bool IsItem(const std::string& step) { return step == "@items" || step == "@values"; }

  // Below the map of domains: the map of a domain, and its values. Attributes have one size
  // whatever their names; a capacity has none, and is known by its place only.
  static std::optional<cel::CostRange> MapSize(std::span<const std::string> steps,
                                               bool is_attributes) {
    if (steps.empty()) return UpTo(kAttributesMax);
    if (steps[0] == "@keys")
      return steps.size() == 1 ? std::optional(UpTo(kDomainMax)) : std::nullopt;
    if (!IsItem(steps[0])) return std::nullopt;
    if (steps.size() == 1) return UpTo(kAttributesMax);
    if (steps.size() > 2) return std::nullopt;
    if (steps[1] == "@keys") return UpTo(kIdMax);
    if (is_attributes) return UpTo(kAttributeValueMax);
    return IsItem(steps[1]) ? std::optional(UpTo(0)) : std::nullopt;
  }
};

}  // namespace

CompiledSelector CompileDeviceSelector(std::string_view text) {
  CompiledSelector selector{CompileAdmission(DeviceEnvironment(), text), false};
  if (selector.expression.program == nullptr) return selector;
  const cel::CheckedExpression& checked = selector.expression.program->checked();
  const cel::TypeKind kind = checked.result_type()->kind();
  if (kind != cel::TypeKind::kBool && kind != cel::TypeKind::kAny) {
    return {{nullptr,
             "must evaluate to bool or the unknown type, not " + TypeText(*checked.result_type())},
            false};
  }
  selector.is_too_costly = cel::EstimateCost(checked, DeviceSizes()).max > kSelectorCostMax;
  return selector;
}

}  // namespace apiserver
