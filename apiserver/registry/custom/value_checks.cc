#include "apiserver/registry/custom/value_checks.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/custom/formats.h"

namespace apiserver {
namespace {

constexpr double kJsonIntegerMax = 9007199254740991.0;  // 2^53 - 1

// swag.IsFloat64AJSONInteger: nearly whole numbers count as whole.
bool IsWhole(double number) {
  constexpr double kEpsilon = 1e-9;
  if (!std::isfinite(number) || std::fabs(number) > kJsonIntegerMax) return false;
  const double whole = std::trunc(number);
  if (whole == number) return true;
  if (number < 0 || whole == 0) return false;
  return std::fabs(number - whole) / (number + whole) < kEpsilon;
}

double NumberOf(const Value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return value.is_double() ? value.get_double() : 0;
}

// Go's conversion of a float to int64 as amd64 does it.
std::int64_t Truncated(double number) {
  if (!(std::fabs(number) < 9223372036854775808.0)) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(number);
}

std::string_view TypeName(const Value& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_bool()) return "boolean";
  return value.is_double() ? "number" : "integer";
}

std::size_t CharacterCount(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool FitsType(std::string_view want, std::string_view got, const Value& value) {
  const bool wants_integer = want.starts_with("integer");
  if (got == "integer") return wants_integer || want == "number";
  if (got == "number") return want == "number" || (wants_integer && IsWhole(value.get_double()));
  return want == got || (got == "string" && want == "integer,string");
}

// A value equals a wanted one after Go's conversion to the wanted one's type.
bool IsEnumValue(const Value& value, const Value& wanted) {
  if (wanted.is_null() || value.is_null()) return false;
  if (value.is_number() && wanted.is_number()) {
    if (value.is_double() && wanted.is_int64()) {
      return Truncated(value.get_double()) == wanted.get_int64();
    }
    return NumberOf(value) == NumberOf(wanted);
  }
  return value == wanted;
}

}  // namespace

std::string ValueChecks::Field(const std::string& name) const {
  const std::string_view shown = name.starts_with('.') ? std::string_view(name).substr(1) : name;
  if (shown.empty()) return rules_.prefix.empty() ? "<nil>" : rules_.prefix;
  return rules_.prefix.empty() ? std::string(shown) : rules_.prefix + "." + std::string(shown);
}

void ValueChecks::AddPlain(std::string message) {
  FieldError error =
      FieldInvalid(rules_.prefix.empty() ? "<nil>" : rules_.prefix, std::string_view(), message);
  result_.Add(std::move(message), std::move(error));
}

void ValueChecks::Invalid(const Value& value, const std::string& what) {
  const std::string name = PathText();
  std::string message = name + " in body " + what;
  FieldError error = FieldInvalid(Field(name), value, message);
  result_.Add(std::move(message), std::move(error));
}

void ValueChecks::WrongType(std::string_view want, std::string_view got, const Value& shown) {
  const std::string name = PathText();
  std::string message =
      name + " in body must be of type " + std::string(want) + ": " + GoQuote(got);
  FieldError error = FieldTypeInvalid(Field(name), shown, message);
  result_.Add(std::move(message), std::move(error));
}

std::string_view ValueChecks::WantedTypes() const {
  if (schema_.is_int_or_string && rules_.knows_int_or_string) return "integer,string";
  return schema_.type_name;
}

void ValueChecks::CheckType(const Value& value) {
  const std::string_view want = WantedTypes();
  if (value.is_null()) {
    if (want.empty() || schema_.is_nullable) {
      result_.Count();
    } else {
      WrongType(want, "null", "null");
    }
    return;
  }
  const std::string_view format = schema_.is_format_checked ? schema_.format : std::string_view();
  if (want.empty() && format.empty()) return;
  result_.Count();  // The check applied, whatever it says.
  const std::string_view got = TypeName(value);
  const bool fits = FitsType(want, got, value);
  // Upstream's oddities: a wrong value of a formatted schema is told the format, a list passes for
  // a formatted text.
  if (!format.empty() && !fits && !value.is_string() && !value.is_array()) {
    const std::string_view got_format = got == "integer"  ? "int64"
                                        : got == "number" ? "float64"
                                                          : "";
    WrongType(format, got_format, Value(got_format));
    return;
  }
  const bool is_text_format = !format.empty() && want != "number" && !want.starts_with("integer");
  if (fits || (is_text_format && (value.is_string() || value.is_array()))) {
    result_.Count();
  } else {
    WrongType(want, got, Value(got));
  }
}

void ValueChecks::CheckString(const Value& value) {
  const std::string_view text = value.get_string();
  const auto count = static_cast<std::int64_t>(CharacterCount(text));
  if (schema_.max_length && count > *schema_.max_length) {
    const std::string name = PathText();
    result_.Add(
        name + " in body should be at most " + std::to_string(*schema_.max_length) + " chars long",
        FieldTooLong(Field(name), static_cast<int>(*schema_.max_length)));
  } else if (schema_.min_length && count < *schema_.min_length) {
    Invalid(value, "should be at least " + std::to_string(*schema_.min_length) + " chars long");
  } else if (schema_.expression != nullptr && schema_.expression->ok() &&
             !re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()),
                                     *schema_.expression)) {
    Invalid(value, "should match '" + std::string(schema_.pattern) + "'");
  }
  CheckFormat(value);
}

void ValueChecks::CheckFormat(const Value& value) {
  if (!schema_.is_format_checked || !IsStringFormat(schema_.format)) return;
  result_.Count();
  if (MatchesFormat(schema_.format, value.get_string())) return;
  WrongType(schema_.format, value.get_string(), value);
}

// A number that the type and format can't hold.
void ValueChecks::CheckRange(const Value& value, std::string_view what, bool& fits) {
  fits = true;
  if (schema_.is_int_or_string && rules_.knows_int_or_string) return;
  const double number = NumberOf(value);
  const bool has_format = schema_.is_format_checked;
  if (schema_.type == SchemaType::kInteger) {
    const bool is_small = has_format && schema_.format == "int32";
    const double limit = is_small ? 2147483648.0 : 9223372036854775808.0;
    // Go looks at the shortest decimal, which at -2^63 is a number beyond it.
    const bool is_above = is_small ? number >= -limit : number > -limit;
    fits = std::trunc(number) == number && is_above && number < limit;
    if (value.is_int64() && !is_small) fits = true;
  } else if (schema_.type == SchemaType::kNumber && has_format && schema_.format == "float") {
    fits = std::fabs(number) <= static_cast<double>(std::numeric_limits<float>::max());
  }
  if (fits) return;
  AddPlain(std::string(what) + " value must be of type " + std::string(schema_.type_name) +
           (has_format ? " with format " + std::string(schema_.format) : " (default format)") +
           " in " + PathText());
}

void ValueChecks::CheckNumber(const Value& value) {
  bool fits = true;
  CheckRange(value, "Checked", fits);
  if (schema_.multiple_of) CheckMultiple(value);
  if (schema_.minimum) CheckBound(value, false);
  if (schema_.maximum) CheckBound(value, true);
  result_.Count();
}

void ValueChecks::CheckMultiple(const Value& value) {
  bool fits = true;
  const double factor = *schema_.multiple_of;
  CheckRange(Value(factor), "MultipleOf", fits);
  const bool is_integer = fits && value.is_int64();
  const std::int64_t whole_factor = is_integer ? Truncated(factor) : 0;
  const std::string shown = is_integer ? std::to_string(whole_factor) : GoFloat(factor);
  if (is_integer ? whole_factor <= 0 : factor <= 0) {
    const std::string name = PathText();
    std::string message = "factor MultipleOf declared for " + name + " must be positive: " + shown;
    FieldError error =
        FieldInvalid(Field(name), is_integer ? Value(whole_factor) : Value(factor), message);
    result_.Add(std::move(message), std::move(error));
    return;
  }
  const double number = NumberOf(value);
  const bool is_multiple = is_integer   ? value.get_int64() % whole_factor == 0
                           : factor < 1 ? IsWhole(1 / factor * number)
                                        : IsWhole(number / factor);
  if (!is_multiple) Invalid(is_integer ? value : Value(number), "should be a multiple of " + shown);
}

void ValueChecks::CheckBound(const Value& value, bool is_maximum) {
  bool fits = true;
  const double bound = is_maximum ? *schema_.maximum : *schema_.minimum;
  const bool excludes = is_maximum ? schema_.excludes_maximum : schema_.excludes_minimum;
  CheckRange(Value(bound), is_maximum ? "Maximum boundary" : "Minimum boundary", fits);
  const auto breaks = [&](auto number, auto limit) {
    if (is_maximum) return excludes ? number >= limit : number > limit;
    return excludes ? number <= limit : number < limit;
  };
  const bool is_integer = fits && value.is_int64();
  const double number = NumberOf(value);
  if (is_integer ? !breaks(value.get_int64(), Truncated(bound)) : !breaks(number, bound)) return;
  Invalid(is_integer ? value : Value(number),
          std::string("should be ") + (is_maximum ? "less than " : "greater than ") +
              (excludes ? "" : "or equal to ") +
              (is_integer ? std::to_string(Truncated(bound)) : GoFloat(bound)));
}

void ValueChecks::CheckItemCount(std::size_t size) {
  const auto count = static_cast<std::int64_t>(size);
  if (schema_.min_items && count < *schema_.min_items) {
    Invalid(Value(count), "should have at least " + std::to_string(*schema_.min_items) + " items");
  }
  if (schema_.max_items && count > *schema_.max_items) {
    const std::string name = PathText();
    result_.Add(
        name + " in body should have at most " + std::to_string(*schema_.max_items) + " items",
        FieldTooMany(Field(name), static_cast<int>(count), static_cast<int>(*schema_.max_items)));
  }
}

void ValueChecks::CheckEnum(const Value& value) {
  if (schema_.enum_values == nullptr) return;
  std::vector<std::string> texts;
  for (const Value& wanted : *schema_.enum_values) {
    if (IsEnumValue(value, wanted)) return;
    texts.push_back(wanted.is_string() ? std::string(std::string_view(wanted.get_string()))
                                       : ToJson(wanted));
  }
  const std::string name = PathText();
  result_.Add(name + " in body should be one of",
              FieldNotSupported(Field(name), value, {texts.begin(), texts.end()}));
}

void ValueChecks::CheckMemberCount(std::size_t size) {
  const auto count = static_cast<std::int64_t>(size);
  if (schema_.min_properties && count < *schema_.min_properties) {
    Invalid(Value(count),
            "should have at least " + std::to_string(*schema_.min_properties) + " properties");
  }
  if (schema_.max_properties && count > *schema_.max_properties) {
    const std::string name = PathText();
    result_.Add(name + " in body should have at most " + std::to_string(*schema_.max_properties) +
                    " properties",
                FieldTooMany(Field(name), static_cast<int>(count),
                             static_cast<int>(*schema_.max_properties)));
  }
}

void ValueChecks::CheckMembersAllowed(const Object& object) {
  if (!schema_.has_additional || schema_.allows_additional) return;
  for (const auto& member : object) {
    if (schema_.FindProperty(member.key()) != nullptr) continue;
    const std::string name = PathText();
    std::string message =
        name + "." + std::string(member.key()) + " in body is a forbidden property";
    FieldError error = FieldInvalid(Field(name), std::string_view(member.key()), message);
    result_.Add(std::move(message), std::move(error));
  }
}

void ValueChecks::CheckRequired(const Object& object) {
  for (const std::string_view name : schema_.required) {
    if (object.if_contains(name) != nullptr) continue;
    const std::string path = PathText() + "." + std::string(name);
    result_.Add(path + " in body is required", FieldRequired(Field(path), ""));
  }
}

}  // namespace apiserver
