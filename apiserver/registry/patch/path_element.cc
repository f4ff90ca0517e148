#include <algorithm>
#include <charconv>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/field_set.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

std::weak_ordering CompareText(std::string_view a, std::string_view b) {
  const int order = a.compare(b);
  return order < 0   ? std::weak_ordering::less
         : order > 0 ? std::weak_ordering::greater
                     : std::weak_ordering::equivalent;
}

// The rank of a value's kind; numbers of all kinds compare with each other.
int Rank(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_:
      return 0;
    case boost::json::kind::string:
      return 1;
    case boost::json::kind::bool_:
      return 2;
    case boost::json::kind::array:
      return 3;
    case boost::json::kind::object:
      return 4;
    case boost::json::kind::null:
      return 5;
  }
  return 5;
}

double AsDouble(const Value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return static_cast<double>(value.get_int64());
}

std::weak_ordering CompareNumbers(const Value& a, const Value& b) {
  if (a.is_int64() && b.is_int64()) return a.get_int64() <=> b.get_int64();
  const double left = AsDouble(a);
  const double right = AsDouble(b);
  return left < right   ? std::weak_ordering::less
         : left > right ? std::weak_ordering::greater
                        : std::weak_ordering::equivalent;
}

std::weak_ordering CompareLists(const Array& a, const Array& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    const auto order = CompareValues(a[i], b[i]);
    if (order != 0) return order;
  }
  return a.size() <=> b.size();
}

std::weak_ordering CompareMaps(const Object& a, const Object& b) {
  const auto sorted = [](const Object& object) {
    std::vector<const boost::json::key_value_pair*> members;
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* x, const auto* y) { return x->key() < y->key(); });
    return members;
  };
  const auto left = sorted(a);
  const auto right = sorted(b);
  for (std::size_t i = 0; i < left.size() && i < right.size(); ++i) {
    auto order = CompareText(View(left[i]->key()), View(right[i]->key()));
    if (order != 0) return order;
    order = CompareValues(left[i]->value(), right[i]->value());
    if (order != 0) return order;
  }
  return left.size() <=> right.size();
}

// A value inside a path in an error message.
std::string ValueText(const Value& value) {
  if (value.is_null()) return "null";
  if (value.is_string()) return GoQuote(View(value.get_string()));
  if (value.is_double()) return GoFloat(value.get_double());
  std::string text;
  if (const Array* array = value.if_array()) {
    for (const Value& item : *array) text += (text.empty() ? "" : ",") + ValueText(item);
    return "[" + text + "]";
  }
  if (const Object* object = value.if_object()) {
    for (const auto& member : *object) {
      text += (text.empty() ? "" : ";") + std::string(View(member.key())) + "=" +
              ValueText(member.value());
    }
    return "{" + text + "}";
  }
  return ToJson(value);
}

}  // namespace

std::weak_ordering CompareValues(const Value& a, const Value& b) {
  const int left = Rank(a);
  const int right = Rank(b);
  if (left != right) return left <=> right;
  switch (left) {
    case 0:
      return CompareNumbers(a, b);
    case 1:
      return CompareText(View(a.get_string()), View(b.get_string()));
    case 2:
      return static_cast<int>(a.get_bool()) <=> static_cast<int>(b.get_bool());
    case 3:
      return CompareLists(a.get_array(), b.get_array());
    case 4:
      return CompareMaps(a.get_object(), b.get_object());
    default:
      return std::weak_ordering::equivalent;
  }
}

PathElement PathElement::Field(std::string_view name) {
  return {Kind::kField, std::string(name), Value()};
}

PathElement PathElement::Key(Object fields) {
  std::vector<std::pair<std::string, Value>> members;
  for (auto& member : fields) {
    members.emplace_back(std::string(View(member.key())), std::move(member.value()));
  }
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  Object sorted;
  for (auto& [name, value] : members) sorted.emplace(name, std::move(value));
  return {Kind::kKey, {}, Value(std::move(sorted))};
}

PathElement PathElement::OfValue(const Value& value) { return {Kind::kValue, {}, value}; }

std::string PathElement::Text() const {
  switch (kind) {
    case Kind::kField:
      return "." + name;
    case Kind::kKey: {
      std::string text = "[";
      for (const auto& member : value.get_object()) {
        if (text.size() > 1) text += ',';
        text += std::string(View(member.key())) + "=" + ValueText(member.value());
      }
      return text + "]";
    }
    case Kind::kValue:
      return "[=" + ValueText(value) + "]";
    case Kind::kIndex:
      return "[" + ToJson(value) + "]";
  }
  return "";
}

std::string PathElement::Serialized() const {
  switch (kind) {
    case Kind::kField:
      return "f:" + name;
    case Kind::kKey:
      return "k:" + ToJson(value);
    case Kind::kValue:
      return "v:" + ToJson(value);
    case Kind::kIndex:
      return "i:" + ToJson(value);
  }
  return "";
}

std::weak_ordering operator<=>(const PathElement& a, const PathElement& b) {
  if (a.kind != b.kind) return a.kind <=> b.kind;
  if (a.kind == PathElement::Kind::kField) return CompareText(a.name, b.name);
  if (a.kind != PathElement::Kind::kKey) return CompareValues(a.value, b.value);
  // Key fields are sorted already.
  const Object& left = a.value.get_object();
  const Object& right = b.value.get_object();
  auto i = left.begin();
  auto j = right.begin();
  for (; i != left.end() && j != right.end(); ++i, ++j) {
    auto order = CompareText(View(i->key()), View(j->key()));
    if (order != 0) return order;
    order = CompareValues(i->value(), j->value());
    if (order != 0) return order;
  }
  return left.size() <=> right.size();
}

std::string FieldPathText(std::span<const PathElement> path) {
  std::string text;
  for (const PathElement& element : path) text += element.Text();
  return text;
}

}  // namespace apiserver
