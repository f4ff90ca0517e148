#include "apiserver/cel/type_unifier.h"

#include <functional>

namespace apiserver::cel {
namespace {

bool TakesNull(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kOpaque:
    case TypeKind::kObject:
    case TypeKind::kAny:
    case TypeKind::kDuration:
    case TypeKind::kTimestamp:
    case TypeKind::kNull:
      return true;
    default:
      return false;
  }
}

bool IsDynOrError(const Type& type) { return type.is_dyn() || type.kind() == TypeKind::kError; }

// The type with `map` applied to each of its parameters; itself if none changes.
TypePtr MapParameters(const TypePtr& type, const std::function<TypePtr(const TypePtr&)>& map) {
  std::vector<TypePtr> parameters;
  bool is_changed = false;
  for (const TypePtr& parameter : type->parameters()) {
    parameters.push_back(map(parameter));
    is_changed = is_changed || parameters.back() != parameter;
  }
  if (!is_changed) return type;
  return std::make_shared<const Type>(type->kind(), type->name(), std::move(parameters));
}

}  // namespace

TypePtr TypeUnifier::NewVariable() { return TypeParam("_var" + std::to_string(variable_count_++)); }

const TypePtr* TypeUnifier::Find(const Type& type) const {
  if (type.kind() != TypeKind::kTypeParam) return nullptr;
  const auto found = bound_.find(type.name());
  return found == bound_.end() ? nullptr : &found->second;
}

bool TypeUnifier::IsAssignable(const TypePtr& to, const TypePtr& from) {
  return AreAssignable({to}, {from});
}

bool TypeUnifier::AreAssignable(const Types& to, const Types& from) {
  undo_.clear();
  if (AssignParameters(to, from)) return true;
  for (auto change = undo_.rbegin(); change != undo_.rend(); ++change) {
    if (change->second) {
      bound_[change->first] = change->second;
    } else {
      bound_.erase(change->first);
    }
  }
  return false;
}

bool TypeUnifier::AssignParameters(const Types& a, const Types& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t index = 0; index < a.size(); ++index) {
    if (!Assign(a[index], b[index])) return false;
  }
  return true;
}

bool TypeUnifier::Assign(const TypePtr& a, const TypePtr& b) {
  if (b->kind() == TypeKind::kTypeParam) {
    const Fit fit = Bind(a, b);
    if (fit == Fit::kYes) return true;
    if (fit == Fit::kNoButBound) return false;
  }
  if (a->kind() == TypeKind::kTypeParam) return Bind(b, a) == Fit::kYes;
  if (IsDynOrError(*a) || IsDynOrError(*b)) return true;
  if (a->kind() == TypeKind::kNull) return TakesNull(*b);
  if (b->kind() == TypeKind::kNull) return TakesNull(*a);
  switch (a->kind()) {
    case TypeKind::kType:
      return b->kind() == TypeKind::kType;
    case TypeKind::kOpaque:
    case TypeKind::kList:
    case TypeKind::kMap:
      return a->kind() == b->kind() && a->name() == b->name() &&
             AssignParameters(a->parameters(), b->parameters());
    default:
      return SameType(*a, *b);
  }
}

TypeUnifier::Fit TypeUnifier::Bind(const TypePtr& type, const TypePtr& parameter) {
  if (SameType(*type, *parameter)) return Fit::kYes;
  const auto bind = [&](const TypePtr& to) {
    TypePtr& slot = bound_[parameter->name()];
    undo_.emplace_back(parameter->name(), slot);
    slot = to;
  };
  if (const TypePtr* found = Find(*parameter)) {
    const TypePtr known = *found;
    if (SameType(*type, *known)) return Fit::kYes;
    if (!Assign(type, known)) return Fit::kNoButBound;
    const TypePtr general = MostGeneral(type, known);
    if (IsFreeOf(*parameter, *general)) bind(general);
    return Fit::kYes;
  }
  if (!IsFreeOf(*parameter, *type)) return Fit::kNo;
  bind(type);
  return Fit::kYes;
}

bool TypeUnifier::IsFreeOf(const Type& parameter, const Type& within) const {
  if (SameType(parameter, within)) return false;
  if (within.kind() == TypeKind::kTypeParam) {
    const TypePtr* found = Find(within);
    return !found || IsFreeOf(parameter, **found);
  }
  for (const TypePtr& part : within.parameters()) {
    if (!IsFreeOf(parameter, *part)) return false;
  }
  return true;
}

TypePtr TypeUnifier::Substitute(const TypePtr& type, bool unknown_to_dyn) const {
  if (const TypePtr* found = Find(*type)) return Substitute(*found, unknown_to_dyn);
  if (type->kind() == TypeKind::kTypeParam) return unknown_to_dyn ? DynType() : type;
  return MapParameters(type, [&](const TypePtr& part) { return Substitute(part, unknown_to_dyn); });
}

bool TypeUnifier::IsEqualOrLessSpecific(const Type& a, const Type& b) {
  if (a.is_dyn() || a.kind() == TypeKind::kTypeParam) return true;
  if (b.is_dyn() || b.kind() == TypeKind::kTypeParam) return false;
  if (a.kind() != b.kind()) return false;
  if (a.kind() == TypeKind::kType) return true;
  if (a.name() != b.name() || a.parameters().size() != b.parameters().size()) return false;
  for (std::size_t index = 0; index < a.parameters().size(); ++index) {
    if (!IsEqualOrLessSpecific(*a.parameters()[index], *b.parameters()[index])) return false;
  }
  return true;
}

TypePtr TypeUnifier::MostGeneral(const TypePtr& a, const TypePtr& b) {
  return IsEqualOrLessSpecific(*a, *b) ? a : b;
}

TypePtr Instantiate(const TypePtr& type,
                    const std::map<std::string, TypePtr, std::less<>>& by_name) {
  if (type->kind() == TypeKind::kTypeParam) {
    const auto found = by_name.find(type->name());
    return found == by_name.end() ? type : found->second;
  }
  return MapParameters(type, [&](const TypePtr& part) { return Instantiate(part, by_name); });
}

}  // namespace apiserver::cel
