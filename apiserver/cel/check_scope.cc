#include "apiserver/cel/check_scope.h"

#include <algorithm>
#include <array>

namespace apiserver::cel {
namespace {

// The types that are values under their own names.
const std::map<std::string, TypePtr, std::less<>>& NamedTypes() {
  static const auto types = [] {
    std::map<std::string, TypePtr, std::less<>> named;
    for (const TypePtr& type : {BoolType(), BytesType(), DoubleType(), DurationType(), IntType(),
                                NullType(), StringType(), TimestampType(), UintType()}) {
      named[type->name()] = type;
    }
    named["list"] = ListType(TypeParam("A"));
    named["map"] = MapType(TypeParam("A"), TypeParam("B"));
    named["type"] = std::make_shared<const Type>(TypeKind::kType, "type");
    named["optional_type"] = OpaqueType("optional_type");
    for (const char* opaque : {"net.IP", "net.CIDR"}) named[opaque] = OpaqueType(opaque);
    return named;
  }();
  return types;
}

}  // namespace

CheckScope::CheckScope(const Environment& environment)
    : environment_(environment),
      functions_(environment.functions ? *environment.functions : KubernetesFunctions()) {}

std::vector<std::string> CheckScope::Candidates(std::string_view name) const {
  if (name.starts_with('.')) return {std::string(name.substr(1))};
  std::vector<std::string> candidates;
  std::string container = environment_.container;
  while (!container.empty()) {
    candidates.push_back(container + "." + std::string(name));
    const std::size_t dot = container.rfind('.');
    container.erase(dot == std::string::npos ? 0 : dot);
  }
  candidates.emplace_back(name);
  return candidates;
}

std::optional<Meaning> CheckScope::FindName(std::string_view name) const {
  for (const std::string& candidate : Candidates(name)) {
    const auto local = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [&](const auto& entry) { return entry.first == candidate; });
    if (local != locals_.rend()) return Meaning{candidate, local->second};
    const auto variable = environment_.variables.find(candidate);
    if (variable != environment_.variables.end()) return Meaning{candidate, variable->second};
    const auto type = NamedTypes().find(candidate);
    if (type != NamedTypes().end()) return Meaning{candidate, TypeType(type->second), true};
    if (environment_.types && environment_.types->HasType(candidate)) {
      return Meaning{candidate, TypeType(ObjectType(candidate)), true};
    }
  }
  return std::nullopt;
}

const Function* CheckScope::FindFunction(std::string_view name) const {
  for (const std::string& candidate : Candidates(name)) {
    if (const Function* found = functions_.Find(candidate)) return found;
  }
  return nullptr;
}

std::optional<std::string> QualifiedName(const Expression& expression) {
  if (const auto* ident = expression.As<IdentExpression>()) return ident->name;
  const auto* select = expression.As<SelectExpression>();
  if (!select || select->is_test_only) return std::nullopt;
  std::optional<std::string> prefix = QualifiedName(*select->operand);
  if (!prefix) return std::nullopt;
  return *prefix + "." + select->field;
}

}  // namespace apiserver::cel
