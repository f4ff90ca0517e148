#include "apiserver/registry/custom/schema_path.h"

#include <optional>

#include "apiserver/registry/custom/schema_parts.h"

namespace apiserver {
namespace {

// Cuts a path into delimiters, quoted texts and names.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  std::optional<std::string_view> Next() {
    if (rest_.empty()) return std::nullopt;
    std::size_t length = 1;
    if (rest_.front() == '\'') {
      length = QuotedLength();
    } else if (rest_.front() != '.' && rest_.front() != '[' && rest_.front() != ']') {
      length = std::min(rest_.find_first_of(".[]"), rest_.size());
    }
    const std::string_view token = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return token;
  }

 private:
  std::size_t QuotedLength() const {
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '\'' && rest_[at - 1] != '\\') return at + 1;
    }
    return rest_.size();
  }

  std::string_view rest_;
};

std::optional<char> Unescaped(char directive) {
  switch (directive) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\'':
    case '\\':
      return directive;
    default:
      return std::nullopt;
  }
}

sim::Result<std::string> Unquote(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const std::optional<char> meant = Unescaped(text[++at]);
    if (!meant) {
      return sim::Error{"invalid string literal: invalid escape char \\" +
                        std::string(1, text[at])};
    }
    out += *meant;
  }
  return out;
}

class Walker {
 public:
  explicit Walker(const Value& schema) { at_.schema = &schema; }

  // Steps into the member `name`; what went wrong, or "".
  std::string Step(const std::string& name) {
    const Value* properties = at_.schema == nullptr ? nullptr : Find(*at_.schema, "properties");
    if (at_.text.empty()) at_.root = name;
    if (properties != nullptr) {
      at_.text += (at_.text.empty() ? "" : ".") + name;
      at_.schema = Find(*properties, name);
      return at_.schema == nullptr ? "does not refer to a valid field" : "";
    }
    if (at_.schema == nullptr || Find(*at_.schema, "additionalProperties") == nullptr)
      return "does not refer to a valid field";
    at_.text += "[" + name + "]";
    at_.schema = SubSchema(*at_.schema, "additionalProperties");
    return {};
  }

  SchemaPath Take() { return std::move(at_); }

 private:
  SchemaPath at_;
};

}  // namespace

sim::Result<SchemaPath> FindSchemaPath(const Value& schema, std::string_view path,
                                       PathBrackets brackets) {
  const auto end = [] { return sim::Error{"unexpected end of JSON path"}; };
  Scanner scanner(path);
  Walker walker(schema);
  while (const auto token = scanner.Next()) {
    std::string name;
    if (*token == "[") {
      if (brackets == PathBrackets::kForbidden) return sim::Error{"array notation is not allowed"};
      const auto quoted = scanner.Next();
      if (!quoted) return end();
      if (quoted->size() < 2 || quoted->front() != '\'' || quoted->back() != '\'')
        return sim::Error{"expected single quoted string but got " + std::string(*quoted)};
      sim::Result<std::string> unquoted = Unquote(quoted->substr(1, quoted->size() - 2));
      if (!unquoted.ok()) return unquoted.error();
      name = std::move(*unquoted);
    } else if (*token == ".") {
      const auto next = scanner.Next();
      if (!next) return end();
      name = *next;
    } else {
      return sim::Error{"expected [ or . but got: " + std::string(*token)};
    }
    if (std::string problem = walker.Step(name); !problem.empty()) return sim::Error{problem};
    if (*token != "[") continue;
    const auto close = scanner.Next();
    if (!close) return end();
    if (*close != "]") return sim::Error{"expected ] but got " + std::string(*close)};
  }
  return walker.Take();
}

}  // namespace apiserver
