#include "apiserver/registry/printers/json_path.h"

#include <charconv>
#include <deque>

namespace apiserver {

// `left op right`, or the mere existence of `left`.
struct JsonPath::Filter {
  JsonPath left;
  std::string op;  // "" asks for existence
  Value right;
};

class JsonPath::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  sim::Result<JsonPath> Parse() {
    JsonPath path;
    if (!text_.empty() && (text_.front() == '$' || text_.front() == '@')) text_.remove_prefix(1);
    while (!text_.empty()) {
      Step step;
      if (!ParseStep(step)) return sim::Error{"bad JSONPath at \"" + std::string(text_) + "\""};
      if (step.kind != StepKind::kMember || !step.member.empty())
        path.steps_.push_back(std::move(step));
    }
    return path;
  }

 private:
  bool ParseStep(Step& step) {
    if (text_.front() == '[') return ParseBracket(step);
    if (text_.front() != '.') return false;
    text_.remove_prefix(1);
    if (!text_.empty() && text_.front() == '.') {
      step.kind = StepKind::kRecursive;
      return true;
    }
    if (!text_.empty() && text_.front() == '[') return ParseBracket(step);
    while (!text_.empty() && text_.front() != '.' && text_.front() != '[') {
      if (text_.front() == '\\' && text_.size() > 1) text_.remove_prefix(1);
      step.member += text_.front();
      text_.remove_prefix(1);
    }
    if (step.member == "*") {
      step.kind = StepKind::kAll;
      step.member.clear();
    }
    return true;
  }

  bool ParseBracket(Step& step) {
    text_.remove_prefix(1);
    if (text_.starts_with("?(")) return ParseFilter(step);
    if (!text_.empty() && (text_.front() == '\'' || text_.front() == '"')) return ParseQuoted();
    const auto close = text_.find(']');
    if (close == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(0, close);
    text_.remove_prefix(close + 1);
    if (inside == "*") {
      step.kind = StepKind::kAll;
      return true;
    }
    return ParseSlice(inside, step);
  }

  // Upstream reads ['a.b'] as .a.b: dots need a backslash here too.
  bool ParseQuoted() {
    const char quote = text_.front();
    const auto end = text_.find(quote, 1);
    if (end == std::string_view::npos || end + 1 >= text_.size() || text_[end + 1] != ']')
      return false;
    std::string path = "." + std::string(text_.substr(1, end - 1));
    path += text_.substr(end + 2);
    text_ = rewritten_.emplace_back(std::move(path));
    return true;
  }

  static bool ParseNumber(std::string_view text, std::optional<std::int64_t>& number) {
    if (text.empty()) return true;
    std::int64_t parsed = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (problem != std::errc() || end != text.data() + text.size()) return false;
    number = parsed;
    return true;
  }

  static bool ParseSlice(std::string_view inside, Step& step) {
    step.kind = StepKind::kSlice;
    const auto colon = inside.find(':');
    if (!ParseNumber(inside.substr(0, colon), step.begin)) return false;
    if (colon != std::string_view::npos) return ParseNumber(inside.substr(colon + 1), step.end);
    step.is_index = true;
    return step.begin.has_value();
  }

  bool ParseFilter(Step& step) {
    const auto close = text_.find(")]");
    if (close == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(2, close - 2);
    text_.remove_prefix(close + 2);
    step.kind = StepKind::kFilter;
    auto filter = std::make_shared<Filter>();
    const std::size_t at = inside.find_first_of("=!<>");
    std::string_view left = inside.substr(0, at);
    while (!left.empty() && left.back() == ' ') left.remove_suffix(1);
    if (left.empty() || left.front() != '@') return false;
    auto path = JsonPath::Parse(left);
    if (!path.ok()) return false;
    filter->left = std::move(path).value();
    if (at != std::string_view::npos && !ParseComparison(inside.substr(at), *filter)) return false;
    step.filter = std::move(filter);
    return true;
  }

  static bool ParseComparison(std::string_view text, Filter& filter) {
    const std::size_t size = text.size() > 1 && text[1] == '=' ? 2 : 1;
    filter.op = text.substr(0, size);
    if (filter.op == "=" || filter.op == "!") return false;
    text.remove_prefix(size);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
        text.back() == text.front()) {
      filter.right = text.substr(1, text.size() - 2);
      return true;
    }
    boost::system::error_code problem;
    filter.right = boost::json::parse(text, problem);
    return !problem;
  }

  std::string_view text_;
  std::deque<std::string> rewritten_;  // what text_ may point into
};

sim::Result<JsonPath> JsonPath::Parse(std::string_view text) {
  if (text.size() > kJsonPathBytesMax) return sim::Error{"the JSONPath is too long"};
  return Parser(text).Parse();
}

std::optional<std::vector<const Value*>> JsonPath::Find(const Value& root) const {
  std::vector<const Value*> current = {&root};
  for (const Step& step : steps_) {
    std::vector<const Value*> next;
    for (const Value* value : current) {
      if (!Apply(step, *value, next) || next.size() > kJsonPathResultsMax) return std::nullopt;
    }
    current = std::move(next);
  }
  return current;
}

bool JsonPath::Apply(const Step& step, const Value& value, std::vector<const Value*>& found) {
  switch (step.kind) {
    case StepKind::kMember:
      if (const Value* member = apiserver::Find(value, step.member)) found.push_back(member);
      return true;
    case StepKind::kSlice:
      return !value.is_array() || ApplySlice(step, value.get_array(), found);
    case StepKind::kAll:
      if (value.is_array()) {
        for (const Value& item : value.get_array()) found.push_back(&item);
      } else if (value.is_object()) {
        for (const auto& member : value.get_object()) found.push_back(&member.value());
      }
      return true;
    case StepKind::kFilter:
      if (!value.is_array()) return true;
      for (const Value& item : value.get_array()) {
        if (Accepts(*step.filter, item)) found.push_back(&item);
      }
      return true;
    case StepKind::kRecursive: {
      // Breadth does not matter for printing: the first hit counts.
      found.push_back(&value);
      Step all;
      all.kind = StepKind::kAll;
      std::vector<const Value*> children;
      Apply(all, value, children);
      for (const Value* child : children) {
        if (found.size() > kJsonPathResultsMax) return false;
        Apply(step, *child, found);
      }
      return true;
    }
  }
  return false;
}

bool JsonPath::ApplySlice(const Step& step, const Array& array, std::vector<const Value*>& found) {
  const auto size = static_cast<std::int64_t>(array.size());
  std::int64_t begin = step.begin.value_or(0);
  if (begin < 0) begin += size;
  if (step.is_index) {
    if (begin < 0 || begin >= size) return false;
    found.push_back(&array[static_cast<std::size_t>(begin)]);
    return true;
  }
  std::int64_t end = step.end.value_or(size);
  if (end < 0) end += size;
  for (std::int64_t index = std::max<std::int64_t>(begin, 0); index < std::min(end, size);
       ++index) {
    found.push_back(&array[static_cast<std::size_t>(index)]);
  }
  return true;
}

bool JsonPath::Accepts(const Filter& filter, const Value& value) {
  const auto left = filter.left.Find(value);
  if (!left || left->empty()) return false;
  if (filter.op.empty()) return true;
  const Value& a = *left->front();
  const Value& b = filter.right;
  if (filter.op == "==") return a == b;
  if (filter.op == "!=") return a != b;
  std::partial_ordering order = std::partial_ordering::unordered;
  if (a.is_number() && b.is_number()) {
    order = a.to_number<double>() <=> b.to_number<double>();
  } else if (a.is_string() && b.is_string()) {
    order = std::string_view(a.get_string()) <=> std::string_view(b.get_string());
  }
  if (filter.op == "<") return order < 0;
  if (filter.op == "<=") return order <= 0;
  if (filter.op == ">") return order > 0;
  return order >= 0;
}

}  // namespace apiserver
