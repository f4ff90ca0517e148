#include "apiserver/api/label_selector.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "apiserver/api/go_text.h"
#include "apiserver/api/join.h"
#include "apiserver/api/names.h"

namespace apiserver {
namespace {

std::string_view View(const boost::json::string& text) { return {text.data(), text.size()}; }
std::string_view TextOf(const Value& value) {
  return value.is_string() ? View(value.get_string()) : std::string_view();
}

std::optional<std::int64_t> ParseInt64(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return number;
}

std::string_view Symbol(LabelOperator op) {
  switch (op) {
    case LabelOperator::kEquals:
      return "=";
    case LabelOperator::kDoubleEquals:
      return "==";
    case LabelOperator::kNotEquals:
      return "!=";
    case LabelOperator::kIn:
      return " in ";
    case LabelOperator::kNotIn:
      return " notin ";
    case LabelOperator::kGreaterThan:
      return ">";
    case LabelOperator::kLessThan:
      return "<";
    case LabelOperator::kExists:
    case LabelOperator::kDoesNotExist:
      return "";
  }
  return "";
}

std::string Child(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
}
std::string Invalid(std::string_view field, std::string_view value, std::string_view detail) {
  return std::string(field) + ": Invalid value: " + GoQuote(value) + ": " + std::string(detail);
}
// Go prints a bad list of strings as JSON.
std::string InvalidList(std::string_view field, const std::vector<std::string>& values,
                        std::string_view detail) {
  std::string list = "[";
  for (const std::string& value : values) {
    list += (&value == &values.front() ? "" : ",") + GoQuote(value);
  }
  return std::string(field) + ": Invalid value: " + list + "]: " + std::string(detail);
}

}  // namespace

bool LabelRequirement::Matches(const std::string_view* value) const {
  const auto has = [&] {
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& one) { return one == *value; });
  };
  switch (op) {
    case LabelOperator::kEquals:
    case LabelOperator::kDoubleEquals:
    case LabelOperator::kIn:
      return value != nullptr && has();
    case LabelOperator::kNotEquals:
    case LabelOperator::kNotIn:
      return value == nullptr || !has();
    case LabelOperator::kExists:
      return value != nullptr;
    case LabelOperator::kDoesNotExist:
      return value == nullptr;
    case LabelOperator::kGreaterThan:
    case LabelOperator::kLessThan: {
      if (value == nullptr || values.size() != 1) return false;
      const auto got = ParseInt64(*value);
      const auto limit = ParseInt64(values[0]);
      if (!got || !limit) return false;
      return op == LabelOperator::kGreaterThan ? *got > *limit : *got < *limit;
    }
  }
  return false;
}

std::string LabelRequirement::Text() const {
  if (op == LabelOperator::kDoesNotExist) return "!" + key;
  std::string text = key + std::string(Symbol(op));
  const bool is_set = op == LabelOperator::kIn || op == LabelOperator::kNotIn;
  if (op != LabelOperator::kExists) {
    text += (is_set ? "(" : "") + JoinTexts(values, ",") + (is_set ? ")" : "");
  }
  return text;
}

LabelSelector LabelSelector::Nothing() {
  LabelSelector selector;
  selector.matches_nothing_ = true;
  return selector;
}

void LabelSelector::Add(LabelRequirement requirement) {
  std::sort(requirement.values.begin(), requirement.values.end());
  const auto at = std::upper_bound(
      requirements_.begin(), requirements_.end(), requirement,
      [](const LabelRequirement& a, const LabelRequirement& b) { return a.key < b.key; });
  requirements_.insert(at, std::move(requirement));
}

bool LabelSelector::Matches(LabelSpan labels) const {
  if (matches_nothing_) return false;
  for (const LabelRequirement& requirement : requirements_) {
    const auto at = std::lower_bound(
        labels.begin(), labels.end(), requirement.key,
        [](const auto& label, const std::string& key) { return label.first < key; });
    const bool is_there = at != labels.end() && at->first == requirement.key;
    const std::string_view value = is_there ? std::string_view(at->second) : std::string_view();
    if (!requirement.Matches(is_there ? &value : nullptr)) return false;
  }
  return true;
}

bool LabelSelector::Matches(const Value* labels) const {
  if (matches_nothing_) return false;
  for (const LabelRequirement& requirement : requirements_) {
    const Value* label = labels == nullptr ? nullptr : Find(*labels, requirement.key);
    const std::string_view value = label == nullptr ? std::string_view() : TextOf(*label);
    if (!requirement.Matches(label == nullptr ? nullptr : &value)) return false;
  }
  return true;
}

std::string LabelSelector::Text() const {
  std::string text;
  for (const LabelRequirement& requirement : requirements_) {
    if (!text.empty()) text += ',';
    text += requirement.Text();
  }
  return text;
}

std::string CheckLabelRequirement(const LabelRequirement& requirement, std::string_view path) {
  std::vector<std::string> errors;
  const std::string values_path = Child(path, "values");
  const NameMessages key_messages = CheckQualifiedName(requirement.key);
  if (!key_messages.empty()) {
    errors.push_back(Invalid(Child(path, "key"), requirement.key, JoinTexts(key_messages, "; ")));
  }
  const auto refuse = [&](std::string_view detail) {
    errors.push_back(InvalidList(values_path, requirement.values, detail));
  };
  const std::size_t count = requirement.values.size();
  switch (requirement.op) {
    case LabelOperator::kIn:
    case LabelOperator::kNotIn:
      if (count == 0) refuse("for 'in', 'notin' operators, values set can't be empty");
      break;
    case LabelOperator::kEquals:
    case LabelOperator::kDoubleEquals:
    case LabelOperator::kNotEquals:
      if (count != 1) refuse("exact-match compatibility requires one single value");
      break;
    case LabelOperator::kExists:
    case LabelOperator::kDoesNotExist:
      if (count != 0) refuse("values set must be empty for exists and does not exist");
      break;
    case LabelOperator::kGreaterThan:
    case LabelOperator::kLessThan:
      if (count != 1) refuse("for 'Gt', 'Lt' operators, exactly one value is required");
      for (std::size_t i = 0; i < count; ++i) {
        if (ParseInt64(requirement.values[i])) continue;
        errors.push_back(Invalid(values_path + "[" + std::to_string(i) + "]", requirement.values[i],
                                 "for 'Gt', 'Lt' operators, the value must be an integer"));
      }
      break;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const NameMessages messages = CheckLabelValue(requirement.values[i]);
    if (messages.empty()) continue;
    errors.push_back(Invalid(values_path + "[" + std::to_string(i) + "][" + requirement.key + "]",
                             requirement.values[i], JoinTexts(messages, "; ")));
  }
  // Go's aggregate drops repetitions and puts several into brackets.
  std::vector<std::string> distinct;
  for (std::string& error : errors) {
    if (std::find(distinct.begin(), distinct.end(), error) == distinct.end()) {
      distinct.push_back(std::move(error));
    }
  }
  if (distinct.empty()) return "";
  return distinct.size() == 1 ? distinct[0] : "[" + JoinTexts(distinct, ", ") + "]";
}

namespace {

std::optional<LabelOperator> OperatorNamed(std::string_view name) {
  if (name == "In") return LabelOperator::kIn;
  if (name == "NotIn") return LabelOperator::kNotIn;
  if (name == "Exists") return LabelOperator::kExists;
  if (name == "DoesNotExist") return LabelOperator::kDoesNotExist;
  return std::nullopt;
}

std::vector<std::string> ValuesOf(const Value& expression) {
  std::vector<std::string> values;
  const Value* list = Find(expression, "values");
  if (list == nullptr || !list->is_array()) return values;
  for (const Value& item : list->get_array()) values.emplace_back(TextOf(item));
  return values;
}

}  // namespace

sim::Result<LabelSelector> LabelSelector::FromObject(const Value* selector) {
  if (selector == nullptr || !selector->is_object()) return Nothing();
  LabelSelector result;
  const auto add = [&](LabelRequirement requirement) -> std::string {
    std::string error = CheckLabelRequirement(requirement);
    if (error.empty()) result.Add(std::move(requirement));
    return error;
  };
  const Value* labels = Find(*selector, "matchLabels");
  if (labels != nullptr && labels->is_object()) {
    for (const auto& label : labels->get_object()) {
      std::string error = add(
          {std::string(label.key()), LabelOperator::kEquals, {std::string(TextOf(label.value()))}});
      if (!error.empty()) return sim::Error{std::move(error)};
    }
  }
  const Value* expressions = Find(*selector, "matchExpressions");
  if (expressions != nullptr && expressions->is_array()) {
    for (const Value& expression : expressions->get_array()) {
      const std::string_view name = TextAt(expression, {"operator"});
      const auto op = OperatorNamed(name);
      if (!op) {
        return sim::Error{GoQuote(name) + " is not a valid label selector operator"};
      }
      std::string error =
          add({std::string(TextAt(expression, {"key"})), *op, ValuesOf(expression)});
      if (!error.empty()) return sim::Error{std::move(error)};
    }
  }
  return result;
}

LabelSelector LabelSelector::FromMap(const Value* labels) {
  LabelSelector result;
  if (labels == nullptr || !labels->is_object()) return result;
  for (const auto& label : labels->get_object()) {
    result.Add(
        {std::string(label.key()), LabelOperator::kEquals, {std::string(TextOf(label.value()))}});
  }
  return result;
}

FieldErrors ValidateLabels(const Value& labels, const std::string& path) {
  FieldErrors errors;
  if (!labels.is_object()) return errors;
  for (const auto& label : labels.get_object()) {
    const std::string_view key{label.key().data(), label.key().size()};
    for (const std::string& message : CheckQualifiedName(key)) {
      errors.push_back(FieldInvalid(path, key, message));
    }
    for (const std::string& message : CheckLabelValue(TextOf(label.value()))) {
      errors.push_back(FieldInvalid(path, TextOf(label.value()), message));
    }
  }
  return errors;
}

namespace {

void ValidateExpression(const Value& expression, const std::string& path, FieldErrors& errors) {
  const std::string_view name = TextAt(expression, {"operator"});
  const std::vector<std::string> values = ValuesOf(expression);
  const auto op = OperatorNamed(name);
  if (!op) {
    errors.push_back(FieldInvalid(path + ".operator", name, "not a valid selector operator"));
  } else if (*op == LabelOperator::kIn || *op == LabelOperator::kNotIn) {
    if (values.empty()) {
      errors.push_back(
          FieldRequired(path + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (!values.empty()) {
    errors.push_back(FieldForbidden(
        path + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  }
  const std::string_view key = TextAt(expression, {"key"});
  for (const std::string& message : CheckQualifiedName(key)) {
    errors.push_back(FieldInvalid(path + ".key", key, message));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const std::string& message : CheckLabelValue(values[i])) {
      errors.push_back(FieldInvalid(path + ".values[" + std::to_string(i) + "]",
                                    std::string_view(values[i]), message));
    }
  }
}

}  // namespace

FieldErrors ValidateLabelSelector(const Value& selector, const std::string& path) {
  FieldErrors errors;
  const Value* labels = Find(selector, "matchLabels");
  if (labels != nullptr) errors = ValidateLabels(*labels, path + ".matchLabels");
  const Value* expressions = Find(selector, "matchExpressions");
  if (expressions == nullptr || !expressions->is_array()) return errors;
  const Array& list = expressions->get_array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    ValidateExpression(list[i], path + ".matchExpressions[" + std::to_string(i) + "]", errors);
  }
  return errors;
}

}  // namespace apiserver
