#include "apiserver/api/field_selector.h"

#include <algorithm>

namespace apiserver {
namespace {

// Splits at commas that no backslash precedes.
std::vector<std::string_view> SplitTerms(std::string_view text) {
  std::vector<std::string_view> terms;
  if (text.empty()) return terms;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == ',') {
      terms.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  terms.push_back(text.substr(begin));
  return terms;
}

// The whole UTF-8 character at `at`, since an error shows it.
std::string_view CharacterAt(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return text.substr(at, end - at);
}

sim::Result<std::string> Unescape(std::string_view text) {
  std::string value;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ',' || c == '=') {
      // Upstream prints the rune as a number.
      return sim::Error{"invalid field selector: unescaped character in value: " +
                        std::to_string(static_cast<int>(c))};
    }
    if (c != '\\') {
      value += c;
      continue;
    }
    ++at;
    if (at >= text.size()) {
      return sim::Error{"invalid field selector: invalid escape sequence: \\"};
    }
    if (text[at] != '\\' && text[at] != ',' && text[at] != '=') {
      return sim::Error{"invalid field selector: invalid escape sequence: \\" +
                        std::string(CharacterAt(text, at))};
    }
    value += text[at];
  }
  return value;
}

std::string Escape(std::string_view value) {
  std::string text;
  for (char c : value) {
    if (c == '\\' || c == ',' || c == '=') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

sim::Result<FieldSelector> FieldSelector::Parse(std::string_view text) {
  std::vector<std::string_view> terms = SplitTerms(text);
  std::sort(terms.begin(), terms.end());
  FieldSelector selector;
  for (std::string_view term : terms) {
    if (term.empty()) continue;
    std::size_t at = 0;
    while (at < term.size() && term[at] != '=' && !term.substr(at).starts_with("!=")) ++at;
    if (at == term.size()) {
      return sim::Error{"invalid selector: '" + std::string(text) + "'; can't understand '" +
                        std::string(term) + "'"};
    }
    const std::string_view rest = term.substr(at);
    const bool is_equal = rest[0] == '=';
    const std::size_t length = rest.starts_with("!=") || rest.starts_with("==") ? 2 : 1;
    sim::Result<std::string> value = Unescape(rest.substr(length));
    if (!value.ok()) return value.error();
    // Upstream drops a term of which nothing is left.
    if (at == 0 && value->empty()) continue;
    selector.Add({std::string(term.substr(0, at)), is_equal, std::move(*value)});
  }
  return selector;
}

bool FieldSelector::Matches(const std::function<std::string_view(std::string_view)>& get) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const FieldRequirement& one) {
    return (get(one.field) == one.value) == one.is_equal;
  });
}

const std::string* FieldSelector::RequiredValue(std::string_view field) const {
  for (const FieldRequirement& one : requirements_) {
    if (one.is_equal && one.field == field) return &one.value;
  }
  return nullptr;
}

std::string FieldSelector::Text() const {
  std::string text;
  for (const FieldRequirement& one : requirements_) {
    if (!text.empty()) text += ',';
    text += one.field + (one.is_equal ? "=" : "!=") + Escape(one.value);
  }
  return text;
}

}  // namespace apiserver
