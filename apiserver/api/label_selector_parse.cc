// The query grammar of label selectors, token for token as upstream's parser, whose errors name
// what it found.
#include <algorithm>
#include <optional>
#include <set>

#include "apiserver/api/go_text.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/names.h"

namespace apiserver {
namespace {

enum class Token : std::uint8_t {
  kError,
  kEnd,
  kClose,
  kComma,
  kNot,
  kDoubleEquals,
  kEquals,
  kGreaterThan,
  kIdentifier,
  kIn,
  kLessThan,
  kNotEquals,
  kNotIn,
  kOpen,
};

struct Item {
  Token token;
  std::string text;
};

std::optional<Token> Known(std::string_view text) {
  if (text == ")") return Token::kClose;
  if (text == ",") return Token::kComma;
  if (text == "!") return Token::kNot;
  if (text == "==") return Token::kDoubleEquals;
  if (text == "=") return Token::kEquals;
  if (text == ">") return Token::kGreaterThan;
  if (text == "in") return Token::kIn;
  if (text == "<") return Token::kLessThan;
  if (text == "!=") return Token::kNotEquals;
  if (text == "notin") return Token::kNotIn;
  if (text == "(") return Token::kOpen;
  return std::nullopt;
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsSymbol(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

// Longest run of symbols that is one token.
Item ScanSymbol(std::string_view text, std::size_t& at) {
  std::string read;
  std::optional<Item> last;
  while (at < text.size() && IsSymbol(text[at])) {
    read += text[at];
    if (const auto token = Known(read)) {
      last = Item{*token, read};
    } else if (last) {
      break;
    }
    ++at;
  }
  return last ? *last : Item{Token::kError, "error expected: keyword found '" + read + "'"};
}

std::vector<Item> Scan(std::string_view text) {
  // Upstream's reader takes a NUL for the end.
  text = text.substr(0, text.find('\0'));
  std::vector<Item> items;
  std::size_t at = 0;
  for (;;) {
    while (at < text.size() && IsSpace(text[at])) ++at;
    if (at >= text.size()) break;
    if (IsSymbol(text[at])) {
      items.push_back(ScanSymbol(text, at));
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && !IsSymbol(text[at]) && !IsSpace(text[at])) ++at;
    const std::string word(text.substr(begin, at - begin));
    items.push_back({Known(word).value_or(Token::kIdentifier), word});
  }
  items.push_back({Token::kEnd, ""});
  return items;
}

enum class Context : std::uint8_t { kOperator, kValues };

class Parser {
 public:
  explicit Parser(std::string_view text) : items_(Scan(text)) {}

  sim::Result<LabelSelector> Run() {
    LabelSelector selector;
    for (;;) {
      const Item first = Look(Context::kValues);
      if (first.token == Token::kEnd) return selector;
      if (first.token != Token::kIdentifier && first.token != Token::kNot) {
        return Found(first.text, ", expected: !, identifier, or 'end of string'");
      }
      std::optional<LabelRequirement> requirement = Requirement();
      if (!requirement) return sim::Error{"unable to parse requirement: " + error_};
      selector.Add(std::move(*requirement));
      const Item after = Take(Context::kValues);
      if (after.token == Token::kEnd) return selector;
      if (after.token != Token::kComma) {
        return Found(after.text, ", expected: ',' or 'end of string'");
      }
      const Item next = Look(Context::kValues);
      if (next.token != Token::kIdentifier && next.token != Token::kNot) {
        return Found(next.text, ", expected: identifier after ','");
      }
    }
  }

 private:
  static sim::Error Found(std::string_view text, std::string_view rest) {
    return {"found '" + std::string(text) + "'" + std::string(rest)};
  }
  std::nullopt_t Fail(std::string error) {
    error_ = std::move(error);
    return std::nullopt;
  }
  std::nullopt_t FailFound(std::string_view text, std::string_view rest) {
    return Fail(Found(text, rest).message);
  }

  // Inside a list of values `in` and `notin` are plain words.
  Item Look(Context context) const {
    Item item = items_[std::min(at_, items_.size() - 1)];
    if (context == Context::kValues && (item.token == Token::kIn || item.token == Token::kNotIn)) {
      item.token = Token::kIdentifier;
    }
    return item;
  }
  Item Take(Context context) {
    Item item = Look(context);
    ++at_;
    return item;
  }

  std::optional<LabelRequirement> Requirement() {
    LabelRequirement requirement;
    bool is_negated = false;
    Item item = Take(Context::kValues);
    if (item.token == Token::kNot) {
      is_negated = true;
      item = Take(Context::kValues);
    }
    if (item.token != Token::kIdentifier) return FailFound(item.text, ", expected: identifier");
    const NameMessages messages = CheckQualifiedName(item.text);
    if (!messages.empty()) {
      std::string joined;
      for (const std::string& message : messages) {
        joined += (joined.empty() ? "" : "; ") + message;
      }
      return Fail("<nil>: Invalid value: " + GoQuote(item.text) + ": " + joined);
    }
    requirement.key = item.text;
    const Token next = Look(Context::kValues).token;
    if (is_negated) {
      requirement.op = LabelOperator::kDoesNotExist;
      return requirement;
    }
    if (next == Token::kEnd || next == Token::kComma) return requirement;
    const std::optional<LabelOperator> op = Operator();
    if (!op) return std::nullopt;
    requirement.op = *op;
    const bool is_set = *op == LabelOperator::kIn || *op == LabelOperator::kNotIn;
    const std::optional<std::set<std::string>> values = is_set ? Values() : ExactValue();
    if (!values) return std::nullopt;
    requirement.values.assign(values->begin(), values->end());
    std::string error = CheckLabelRequirement(requirement);
    if (!error.empty()) return Fail(std::move(error));
    return requirement;
  }

  std::optional<LabelOperator> Operator() {
    const Item item = Take(Context::kOperator);
    switch (item.token) {
      case Token::kIn:
        return LabelOperator::kIn;
      case Token::kNotIn:
        return LabelOperator::kNotIn;
      case Token::kEquals:
        return LabelOperator::kEquals;
      case Token::kDoubleEquals:
        return LabelOperator::kDoubleEquals;
      case Token::kNotEquals:
        return LabelOperator::kNotEquals;
      case Token::kGreaterThan:
        return LabelOperator::kGreaterThan;
      case Token::kLessThan:
        return LabelOperator::kLessThan;
      case Token::kError:
      case Token::kEnd:
      case Token::kClose:
      case Token::kComma:
      case Token::kNot:
      case Token::kIdentifier:
      case Token::kOpen:
        break;
    }
    return FailFound(item.text, ", expected: in, notin, =, ==, !=, gt, lt");
  }

  std::optional<std::set<std::string>> Values() {
    const Item open = Take(Context::kValues);
    if (open.token != Token::kOpen) return FailFound(open.text, " expected: '('");
    const Item first = Look(Context::kValues);
    if (first.token == Token::kClose) {
      Take(Context::kValues);
      return std::set<std::string>{""};
    }
    if (first.token != Token::kIdentifier && first.token != Token::kComma) {
      return FailFound(first.text, ", expected: ',', ')' or identifier");
    }
    std::optional<std::set<std::string>> values = Identifiers();
    if (!values) return std::nullopt;
    if (Take(Context::kValues).token != Token::kClose) {
      return FailFound(first.text, ", expected: ')'");
    }
    return values;
  }

  // Identifiers and commas; what is missing beside a comma is the empty value.
  std::optional<std::set<std::string>> Identifiers() {
    std::set<std::string> values;
    for (;;) {
      const Item item = Take(Context::kValues);
      const Item next = Look(Context::kValues);
      if (item.token == Token::kIdentifier) {
        values.insert(item.text);
        if (next.token == Token::kClose) return values;
        if (next.token != Token::kComma) return FailFound(next.text, ", expected: ',' or ')'");
      } else if (item.token == Token::kComma) {
        if (values.empty() || next.token == Token::kComma) values.insert("");
        if (next.token == Token::kClose) {
          values.insert("");
          return values;
        }
      } else {
        return FailFound(item.text, ", expected: ',', or identifier");
      }
    }
  }

  std::optional<std::set<std::string>> ExactValue() {
    const Token next = Look(Context::kValues).token;
    if (next == Token::kEnd || next == Token::kComma) return std::set<std::string>{""};
    const Item item = Take(Context::kValues);
    if (item.token == Token::kIdentifier) return std::set<std::string>{item.text};
    return FailFound(item.text, ", expected: identifier");
  }

  std::vector<Item> items_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

sim::Result<LabelSelector> LabelSelector::Parse(std::string_view text) {
  return Parser(text).Run();
}

}  // namespace apiserver
