#include "apiserver/registry/custom/rule_cost.h"

#include "apiserver/cel/static_cost.h"

namespace apiserver {
namespace {

// Sizes below `self` and `oldSelf`, as the schema bounds them.
class SchemaSizes final : public cel::SizeEstimator {
 public:
  explicit SchemaSizes(const RuleType& root) : root_(root) {}

  std::optional<cel::CostRange> SizeOf(std::span<const std::string> path) const override {
    if (path.empty()) return std::nullopt;
    const RuleType* at = &root_;
    for (const std::string& name : path.subspan(1)) {
      if (name == "@keys") {
        if (at->element == nullptr || at->type->kind() != cel::TypeKind::kMap) return std::nullopt;
        // Upstream's type of keys has no length.
        return cel::CostRange{0, 0};
      }
      at = name == "@items" || name == "@values" ? at->element.get() : at->Field(name);
      if (at == nullptr) return std::nullopt;
    }
    return cel::CostRange{0, static_cast<std::uint64_t>(at->max_elements)};
  }

 private:
  const RuleType& root_;
};

}  // namespace

std::uint64_t MaxCost(const cel::Program& program, const RuleType& type) {
  return cel::EstimateCost(program.checked(), SchemaSizes(type)).max;
}

}  // namespace apiserver
