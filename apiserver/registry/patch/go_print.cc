#include "apiserver/registry/patch/go_print.h"

#include <algorithm>
#include <vector>

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

void Append(const Value& value, bool as_text, std::string& out);

void AppendScalar(const Value& value, std::string& out) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "<nil>";
      return;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case boost::json::kind::int64:
      out += std::to_string(value.get_int64());
      return;
    case boost::json::kind::uint64:
      out += std::to_string(value.get_uint64());
      return;
    case boost::json::kind::double_:
      out += GoFloat(value.get_double());
      return;
    case boost::json::kind::string:
      out.append(value.get_string().data(), value.get_string().size());
      return;
    case boost::json::kind::array:
    case boost::json::kind::object:
      return;
  }
}

void AppendObject(const Object& object, bool as_text, std::string& out) {
  std::vector<const boost::json::key_value_pair*> members;
  for (const auto& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  out += "map[";
  for (const auto* member : members) {
    if (member != members.front()) out += ' ';
    out.append(member->key().data(), member->key().size());
    out += ':';
    Append(member->value(), as_text, out);
  }
  out += ']';
}

void Append(const Value& value, bool as_text, std::string& out) {
  if (const Object* object = value.if_object()) {
    AppendObject(*object, as_text, out);
  } else if (const Array* array = value.if_array()) {
    out += '[';
    for (const Value& item : *array) {
      if (&item != &array->front()) out += ' ';
      Append(item, as_text, out);
    }
    out += ']';
  } else if (!as_text || value.is_string()) {
    AppendScalar(value, out);
  } else if (value.is_null()) {
    out += "%!s(<nil>)";
  } else {
    out += "%!s(" + GoTypeName(value) + "=";
    AppendScalar(value, out);
    out += ')';
  }
}

}  // namespace

std::string GoPrint(const Value& value) {
  std::string out;
  Append(value, /*as_text=*/false, out);
  return out;
}

std::string GoPrintAsText(const Value& value) {
  std::string out;
  Append(value, /*as_text=*/true, out);
  return out;
}

std::string JsonKindName(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "bool";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_:
      return "number";
    case boost::json::kind::string:
      return "string";
    case boost::json::kind::array:
      return "array";
    case boost::json::kind::object:
      return "object";
  }
  return "";
}

}  // namespace apiserver
