#include "apiserver/registry/kinds/violations.h"

#include <iterator>

namespace apiserver {

std::string FieldPath::Text() const {
  std::string text;
  AppendTo(text);
  // Upstream prints an element without a name as an index.
  return text.empty() ? "[]" : text;
}

void FieldPath::AppendTo(std::string& out) const {
  if (parent_ != nullptr) parent_->AppendTo(out);
  switch (kind_) {
    case Kind::kName:
      if (!out.empty() && !name_.empty()) out += '.';
      out += name_;
      break;
    case Kind::kIndex:
      out += '[';
      out += std::to_string(index_);
      out += ']';
      break;
    case Kind::kKey:
      out += '[';
      out += name_;
      out += ']';
      break;
  }
}

void Violations::Required(const FieldPath& path, std::string_view detail) {
  errors_.push_back(FieldRequired(path.Text(), detail));
}

void Violations::Invalid(const FieldPath& path, const ShownValue& value, std::string_view detail) {
  errors_.push_back(FieldInvalid(path.Text(), static_cast<const Value&>(value), detail));
}

void Violations::InvalidWithoutValue(const FieldPath& path, std::string_view detail) {
  errors_.push_back({"FieldValueInvalid", path.Text(), "Invalid value: " + std::string(detail)});
}

void Violations::NotSupported(const FieldPath& path, const ShownValue& value,
                              SupportedValues supported) {
  errors_.push_back(
      FieldNotSupported(path.Text(), static_cast<const Value&>(value), std::move(supported)));
}

void Violations::Forbidden(const FieldPath& path, std::string_view detail) {
  errors_.push_back(FieldForbidden(path.Text(), detail));
}

void Violations::Duplicate(const FieldPath& path, const ShownValue& value,
                           std::string_view detail) {
  errors_.push_back(FieldDuplicate(path.Text(), static_cast<const Value&>(value)));
  if (!detail.empty()) errors_.back().text += ": " + std::string(detail);
}

void Violations::NotFound(const FieldPath& path, const ShownValue& value) {
  errors_.push_back(FieldNotFound(path.Text(), static_cast<const Value&>(value)));
}

void Violations::TooLong(const FieldPath& path, int max_length) {
  errors_.push_back(FieldTooLong(path.Text(), max_length));
}

void Violations::TooMany(const FieldPath& path, std::size_t count, int max_count) {
  errors_.push_back(FieldTooMany(path.Text(), static_cast<int>(count), max_count));
}

void Violations::Append(FieldErrors errors) {
  errors_.insert(errors_.end(), std::make_move_iterator(errors.begin()),
                 std::make_move_iterator(errors.end()));
}

}  // namespace apiserver
