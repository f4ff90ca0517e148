#include "apiserver/registry/custom/correlation.h"

namespace apiserver {
namespace {

bool IsKey(const Value* value) {
  return value != nullptr && (value->is_bool() || value->is_number() || value->is_string());
}

bool HasSameKeys(const SchemaNode& list, const Value& a, const Value& b) {
  for (const std::string_view key : list.list_map_keys) {
    const Value* left = Find(a, key);
    const Value* right = Find(b, key);
    if (!IsKey(left) || !IsKey(right) || left->kind() != right->kind() || *left != *right)
      return false;
  }
  return true;
}

bool IsSameList(const Correlation& at) {
  const Array& now = at.value->get_array();
  const Array& before = at.old->get_array();
  if (now.size() != before.size()) return false;
  if (now.empty()) return true;
  const bool is_map = at.schema != nullptr && at.schema->list_type == SchemaListType::kMap;
  if (!is_map) return now == before;
  for (std::size_t index = 0; index < now.size(); ++index) {
    const auto item = at.Index(index);
    if (!item || !item->IsUnchanged()) return false;
  }
  return true;
}

bool IsSameObject(const Correlation& at) {
  const Object& now = at.value->get_object();
  if (now.size() != at.old->get_object().size()) return false;
  for (const auto& member : now) {
    const auto found = at.Key(member.key());
    if (!found || !found->IsUnchanged()) return false;
  }
  return true;
}

}  // namespace

const Value* FindOldItem(const SchemaNode& list, const Value& item, const Value* old) {
  if (list.list_type != SchemaListType::kMap || list.list_map_keys.empty()) return nullptr;
  if (old == nullptr || !old->is_array() || !item.is_object()) return nullptr;
  for (const Value& candidate : old->get_array()) {
    if (candidate.is_object() && HasSameKeys(list, item, candidate)) return &candidate;
  }
  return nullptr;
}

std::optional<Correlation> Correlation::Key(std::string_view name) const {
  if (schema == nullptr || !value->is_object() || !old->is_object()) return std::nullopt;
  const Value* now = value->get_object().if_contains(name);
  const Value* before = old->get_object().if_contains(name);
  const SchemaNode* member = schema->FindMember(name);
  if (now == nullptr || before == nullptr || member == nullptr) return std::nullopt;
  return Correlation{member, now, before};
}

std::optional<Correlation> Correlation::Index(std::size_t index) const {
  if (schema == nullptr || !value->is_array() || index >= value->get_array().size() ||
      schema->items == nullptr) {
    return std::nullopt;
  }
  const Value& item = value->get_array()[index];
  const Value* before = FindOldItem(*schema, item, old);
  if (before == nullptr) return std::nullopt;
  return Correlation{schema->items.get(), &item, before};
}

bool Correlation::IsUnchanged() const {
  if (value->is_array() && old->is_array()) return IsSameList(*this);
  if (value->is_object() && old->is_object()) return IsSameObject(*this);
  return value->kind() == old->kind() && *value == *old;
}

}  // namespace apiserver
