#include "apiserver/registry/custom/value_validation.h"

#include <re2/re2.h>

#include <cmath>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/custom/formats.h"

namespace apiserver {
namespace {

std::string Child(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string Shown(const std::string& path) { return path.empty() ? "<nil>" : path; }

std::string_view TypeName(const Value& value) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_bool()) return "boolean";
  if (value.is_double() && std::trunc(value.get_double()) != value.get_double()) return "number";
  return "integer";
}

bool FitsType(std::string_view want, const Value& value) {
  const std::string_view got = TypeName(value);
  if (got == want) return true;
  return want == "number" && got == "integer";
}

double NumberOf(const Value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return value.is_double() ? value.get_double() : 0;
}

const Value* NumberAt(const Value& schema, std::string_view name) {
  const Value* found = Find(schema, name);
  return found != nullptr && found->is_number() ? found : nullptr;
}

std::size_t CharacterCount(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool IsEqual(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return NumberOf(a) == NumberOf(b);
  return a == b;
}

FieldError Invalid(const std::string& path, const Value& value, const std::string& what) {
  return FieldInvalid(Shown(path), value, path + " in body " + what);
}

FieldError NotSupported(const std::string& path, const Value& value, const Array& allowed) {
  std::vector<std::string> texts;
  for (const Value& one : allowed) {
    texts.push_back(one.is_string() ? std::string(std::string_view(one.get_string()))
                                    : ToJson(one));
  }
  return FieldNotSupported(Shown(path), value, {texts.begin(), texts.end()});
}

void CheckEnum(const Value& schema, const Value& value, const std::string& path,
               FieldErrors& errors) {
  const Value* allowed = Find(schema, "enum");
  if (allowed == nullptr || !allowed->is_array() || allowed->get_array().empty()) return;
  for (const Value& one : allowed->get_array()) {
    if (IsEqual(one, value)) return;
  }
  errors.push_back(NotSupported(path, value, allowed->get_array()));
}

void CheckString(const Value& schema, const Value& value, const std::string& path,
                 FieldErrors& errors) {
  const std::string_view text = value.get_string();
  const auto count = static_cast<std::int64_t>(CharacterCount(text));
  if (const Value* max = NumberAt(schema, "maxLength"); max != nullptr && count > NumberOf(*max)) {
    errors.push_back(FieldTooLong(Shown(path), static_cast<int>(NumberOf(*max))));
  }
  if (const Value* min = NumberAt(schema, "minLength"); min != nullptr && count < NumberOf(*min)) {
    errors.push_back(Invalid(path, value, "should be at least " + ToJson(*min) + " chars long"));
  }
  const std::string_view pattern = TextAt(schema, {"pattern"});
  if (!pattern.empty()) {
    const RE2 expression{re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet};
    const bool matches = expression.ok() &&
                         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression);
    if (!matches)
      errors.push_back(Invalid(path, value, "should match '" + std::string(pattern) + "'"));
  }
}

void CheckNumber(const Value& schema, const Value& value, const std::string& path,
                 FieldErrors& errors) {
  const double number = NumberOf(value);
  if (const Value* factor = NumberAt(schema, "multipleOf");
      factor != nullptr && NumberOf(*factor) > 0) {
    const double quotient = number / NumberOf(*factor);
    if (std::trunc(quotient) != quotient) {
      errors.push_back(Invalid(path, value, "should be a multiple of " + ToJson(*factor)));
    }
  }
  if (const Value* max = NumberAt(schema, "maximum")) {
    const bool is_exclusive = BoolAt(schema, {"exclusiveMaximum"});
    if (is_exclusive ? number >= NumberOf(*max) : number > NumberOf(*max)) {
      errors.push_back(Invalid(path, value,
                               std::string("should be less than ") +
                                   (is_exclusive ? "" : "or equal to ") + ToJson(*max)));
    }
  }
  if (const Value* min = NumberAt(schema, "minimum")) {
    const bool is_exclusive = BoolAt(schema, {"exclusiveMinimum"});
    if (is_exclusive ? number <= NumberOf(*min) : number < NumberOf(*min)) {
      errors.push_back(Invalid(path, value,
                               std::string("should be greater than ") +
                                   (is_exclusive ? "" : "or equal to ") + ToJson(*min)));
    }
  }
}

void CheckFormat(const Value& schema, const Value& value, const std::string& path,
                 FieldErrors& errors) {
  const std::string_view format = TextAt(schema, {"format"});
  if (format.empty()) return;
  if (value.is_number()) {
    const double number = NumberOf(value);
    if (format == "int32" && std::fabs(number) > 2147483648.0) {
      errors.push_back(FieldInvalid("<nil>", std::string_view(), "must be an int32"));
    }
    return;
  }
  if (!value.is_string() || MatchesFormat(format, value.get_string())) return;
  errors.push_back(FieldTypeInvalid(Shown(path), value,
                                    path + " in body must be of type " + std::string(format) +
                                        ": " + GoQuote(std::string_view(value.get_string()))));
}

// The item of an old list that is the same one by its keys, or null.
const Value* OldItem(const Value& schema, const Value& item, const Value* old) {
  if (old == nullptr || !old->is_array() || TextAt(schema, {"x-kubernetes-list-type"}) != "map")
    return nullptr;
  const Value* keys = Find(schema, "x-kubernetes-list-map-keys");
  if (keys == nullptr || !keys->is_array()) return nullptr;
  for (const Value& candidate : old->get_array()) {
    bool is_same = true;
    for (const Value& key : keys->get_array()) {
      const Value* a = Find(item, key.get_string());
      const Value* b = Find(candidate, key.get_string());
      is_same = is_same && (a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b);
    }
    if (is_same) return &candidate;
  }
  return nullptr;
}

class Validator {
 public:
  explicit Validator(FieldErrors& errors) : errors_(errors) {}

  void Check(const Value& schema, const Value& value, const Value* old, const std::string& path) {
    if (old != nullptr && *old == value) return;
    if (value.is_null() && BoolAt(schema, {"nullable"})) return;
    if (!CheckType(schema, value, path)) return;
    CheckEnum(schema, value, path, errors_);
    if (value.is_string()) CheckString(schema, value, path, errors_);
    if (value.is_number()) CheckNumber(schema, value, path, errors_);
    CheckFormat(schema, value, path, errors_);
    if (value.is_object()) CheckObject(schema, value, old, path);
    if (value.is_array()) CheckArray(schema, value, old, path);
    CheckJunctors(schema, value, path);
  }

 private:
  bool CheckType(const Value& schema, const Value& value, const std::string& path) {
    if (BoolAt(schema, {"x-kubernetes-int-or-string"})) {
      if (value.is_string() || FitsType("integer", value)) return true;
      return WrongType("integer,string", value, path);
    }
    const std::string_view want = TextAt(schema, {"type"});
    if (want.empty() || FitsType(want, value)) return true;
    return WrongType(want, value, path);
  }

  bool WrongType(std::string_view want, const Value& value, const std::string& path) {
    const std::string got(TypeName(value));
    errors_.push_back(FieldTypeInvalid(
        Shown(path), value.is_object() || value.is_array() || value.is_null() ? Value(got) : value,
        path + " in body must be of type " + std::string(want) + ": " + GoQuote(got)));
    return false;
  }

  void CheckObject(const Value& schema, const Value& value, const Value* old,
                   const std::string& path) {
    const Object& object = value.get_object();
    const auto count = static_cast<int>(object.size());
    if (const Value* max = NumberAt(schema, "maxProperties");
        max != nullptr && count > NumberOf(*max)) {
      errors_.push_back(FieldTooMany(Shown(path), count, static_cast<int>(NumberOf(*max))));
    }
    if (const Value* min = NumberAt(schema, "minProperties");
        min != nullptr && count < NumberOf(*min)) {
      errors_.push_back(
          Invalid(path, value, "should have at least " + ToJson(*min) + " properties"));
    }
    if (const Value* required = Find(schema, "required");
        required != nullptr && required->is_array()) {
      for (const Value& name : required->get_array()) {
        if (object.if_contains(name.get_string()) != nullptr) continue;
        errors_.push_back(FieldRequired(Child(path, name.get_string()), ""));
      }
    }
    const Value* properties = Find(schema, "properties");
    const Value* additional = Find(schema, "additionalProperties");
    for (const auto& member : object) {
      const Value* own = properties == nullptr ? nullptr : Find(*properties, member.key());
      if (own == nullptr && additional != nullptr && additional->is_object()) own = additional;
      if (own == nullptr) continue;
      Check(*own, member.value(), old == nullptr ? nullptr : Find(*old, member.key()),
            Child(path, member.key()));
    }
  }

  void CheckArray(const Value& schema, const Value& value, const Value* old,
                  const std::string& path) {
    const Array& array = value.get_array();
    const auto count = static_cast<int>(array.size());
    if (const Value* max = NumberAt(schema, "maxItems"); max != nullptr && count > NumberOf(*max)) {
      errors_.push_back(FieldTooMany(Shown(path), count, static_cast<int>(NumberOf(*max))));
    }
    if (const Value* min = NumberAt(schema, "minItems"); min != nullptr && count < NumberOf(*min)) {
      errors_.push_back(Invalid(path, value, "should have at least " + ToJson(*min) + " items"));
    }
    if (const Value* items = Find(schema, "items"); items != nullptr && items->is_object()) {
      std::size_t index = 0;
      for (const Value& item : array) {
        Check(*items, item, OldItem(schema, item, old), path + "[" + std::to_string(index++) + "]");
      }
    }
  }

  static bool Fits(const Value& schema, const Value& value) {
    FieldErrors errors;
    Validator(errors).Check(schema, value, nullptr, "");
    return errors.empty();
  }

  void CheckJunctors(const Value& schema, const Value& value, const std::string& path) {
    const auto refuse = [&](const std::string& what) {
      errors_.push_back(FieldInvalid("<nil>", std::string_view(), GoQuote(path) + " " + what));
    };
    const auto count = [&](const Value& list) {
      int fitting = 0;
      for (const Value& one : list.get_array()) fitting += Fits(one, value) ? 1 : 0;
      return fitting;
    };
    if (const Value* any = Find(schema, "anyOf");
        any != nullptr && any->is_array() && !any->get_array().empty()) {
      if (count(*any) == 0) refuse("must validate at least one schema (anyOf)");
    }
    if (const Value* one = Find(schema, "oneOf");
        one != nullptr && one->is_array() && !one->get_array().empty()) {
      const int fitting = count(*one);
      if (fitting == 0) refuse("must validate one and only one schema (oneOf). Found none valid");
      if (fitting > 1) {
        refuse("must validate one and only one schema (oneOf). Found " + std::to_string(fitting) +
               " valid alternatives");
      }
    }
    if (const Value* all = Find(schema, "allOf"); all != nullptr && all->is_array()) {
      for (const Value& one : all->get_array()) Check(one, value, nullptr, path);
    }
    if (const Value* unwanted = Find(schema, "not"); unwanted != nullptr && unwanted->is_object()) {
      if (Fits(*unwanted, value)) refuse("must not validate the schema (not)");
    }
  }

  FieldErrors& errors_;
};

}  // namespace

FieldErrors ValidateValue(const Value& schema, const Value& value, const Value* old,
                          const std::string& path) {
  FieldErrors errors;
  Validator(errors).Check(schema, value, old, path);
  return errors;
}

}  // namespace apiserver
