#include "apiserver/schema/internal_form.h"

#include <algorithm>
#include <map>

#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kPodSpec = "core.PodSpec";

Value FormOf(std::string_view kind, const Value* value);

bool IsAbsent(const Value* value) { return value == nullptr || value->is_null(); }

const InternalType& RowOf(std::string_view name) {
  const std::span<const InternalType> rows = InternalTypes();
  const auto row = std::lower_bound(
      rows.begin(), rows.end(), name,
      [](const InternalType& type, std::string_view wanted) { return type.name < wanted; });
  SIM_CHECK(row != rows.end() && row->name == name);
  return *row;
}

// Takes what is before the next `separator` from `text`.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

void AddMembers(std::string_view type, const Object& from, Object& out) {
  std::string_view members = RowOf(type).members;
  while (!members.empty()) {
    std::string_view member = TakeUntil(members, ' ');
    if (member.front() == '+') {
      member.remove_prefix(1);
      if (member == "ObjectMeta") {
        const Value* metadata = from.if_contains("metadata");
        if (IsAbsent(metadata) || !metadata->is_object()) continue;
        for (const auto& entry : metadata->get_object()) {
          if (!entry.value().is_null()) out[entry.key()] = entry.value();
        }
      } else if (member != "TypeMeta") {
        AddMembers(member, from, out);
      }
      continue;
    }
    const std::string_view shown = TakeUntil(member, ':');
    const std::string_view json = TakeUntil(member, ':');
    out[shown] = FormOf(member, json.empty() ? nullptr : from.if_contains(json));
  }
}

// Versioned pods keep what concerns the host beside their security context.
Object WithHostFields(const Object& spec) {
  Object moved(spec);
  Value& context = moved["securityContext"];
  if (!context.is_object()) context.emplace_object();
  for (std::string_view name :
       {"hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"}) {
    if (const Value* value = spec.if_contains(name)) context.get_object()[name] = *value;
  }
  return moved;
}

Value StructForm(std::string_view type, const Value* value) {
  static const Object kNothing;
  const Object& from = IsAbsent(value) || !value->is_object() ? kNothing : value->get_object();
  Value out;
  Object& object = out.emplace_object();
  AddMembers(type, type == kPodSpec ? WithHostFields(from) : from, object);
  return out;
}

Value ListForm(std::string_view element, const Value* value) {
  if (IsAbsent(value) || !value->is_array()) return {};
  Value out;
  for (Array& items = out.emplace_array(); const Value& item : value->get_array()) {
    items.push_back(FormOf(element, &item));
  }
  return out;
}

Value MapForm(std::string_view element, const Value* value) {
  if (IsAbsent(value) || !value->is_object()) return {};
  std::map<std::string_view, const Value*> sorted;
  for (const auto& entry : value->get_object()) sorted[entry.key()] = &entry.value();
  Value out;
  Object& object = out.emplace_object();
  for (const auto& [key, item] : sorted) object[key] = FormOf(element, item);
  return out;
}

Value FormOf(std::string_view kind, const Value* value) {
  const bool is_absent = IsAbsent(value);
  if (kind == "j*") return is_absent ? Value() : Value(*value, JsonStorage());
  if (kind == "j") {
    if (!is_absent) return Value(*value, JsonStorage());
    Value empty;
    empty.emplace_object();
    return empty;
  }
  if (kind.front() == '*') return is_absent ? Value() : FormOf(kind.substr(1), value);
  if (kind.starts_with("[]")) return ListForm(kind.substr(2), value);
  if (kind.front() == 'm') return MapForm(kind.substr(1), value);  // no row's name begins so
  if (kind.size() > 1) return StructForm(kind, value);
  if (!is_absent) return Value(*value, JsonStorage());
  if (kind == "s") return Value("");
  if (kind == "b") return Value(false);
  if (kind == "q") return Value("0");
  return Value(0);
}

}  // namespace

Value InternalForm(std::string_view type, const Value& versioned) {
  return StructForm(type, &versioned);
}

Value InternalForms(std::string_view type, const Array& versioned) {
  Value out;
  for (Array& items = out.emplace_array(); const Value& item : versioned) {
    items.push_back(StructForm(type, &item));
  }
  return out;
}

}  // namespace apiserver
