#include "apiserver/registry/custom/validation_result.h"

#include <algorithm>

namespace apiserver {

std::string ValuePath::Text() const {
  std::string text = parent_ == nullptr ? std::string() : parent_->Text();
  switch (kind_) {
    case Kind::kRoot:
      break;
    case Kind::kMember:
      if (!text.empty()) text += '.';
      text += name_;
      break;
    case Kind::kAdditional:
      text += '.';
      text += name_;
      break;
    case Kind::kItem:
      text += '[' + std::to_string(index_) + ']';
      break;
  }
  return text;
}

void ValidationResult::Add(std::string message, FieldError error) {
  const bool is_known = std::any_of(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.message == message; });
  if (!is_known) entries_.push_back({std::move(message), std::move(error)});
}

void ValidationResult::Merge(ValidationResult other) {
  match_count_ += other.match_count_;
  for (Entry& entry : other.entries_) Add(std::move(entry.message), std::move(entry.error));
}

FieldErrors ValidationResult::TakeErrors() {
  FieldErrors errors;
  for (Entry& entry : entries_) errors.push_back(std::move(entry.error));
  entries_.clear();
  return errors;
}

}  // namespace apiserver
