#include "nodes/runtime/shell_parse.h"

#include <algorithm>
#include <cctype>

namespace nodes {
namespace {

struct Token {
  enum class Kind : std::uint8_t { kWord, kSeparator, kAnd, kOr, kRedirect, kEnd };
  Kind kind = Kind::kEnd;
  ShellWord word;
  // The word as it stands, when no part of it was quoted: only such a one can be a keyword.
  std::string plain;
};

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Cuts the text into tokens; anything beyond the language makes `ok` false.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  bool ok() const { return ok_; }

  Token Next() {
    SkipBlanks();
    Token token;
    if (at_ >= text_.size()) return token;
    const char c = text_[at_];
    if (c == '\n' || c == ';') return Operator(Token::Kind::kSeparator, 1);
    if (text_.substr(at_).starts_with("&&")) return Operator(Token::Kind::kAnd, 2);
    if (text_.substr(at_).starts_with("||")) return Operator(Token::Kind::kOr, 2);
    for (const std::string_view redirect :
         {"2>&1", "1>&2", ">&2", "&>", "2>>", "2>", "1>>", "1>", ">>", ">"}) {
      if (text_.substr(at_).starts_with(redirect)) {
        token = Operator(Token::Kind::kRedirect, redirect.size());
        token.plain = redirect;
        return token;
      }
    }
    return Word();
  }

 private:
  Token Operator(Token::Kind kind, std::size_t size) {
    at_ += size;
    Token token;
    token.kind = kind;
    return token;
  }
  void SkipBlanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == ' ' || text_[at_] == '\t') {
        ++at_;
      } else if (text_.substr(at_).starts_with("\\\n")) {
        at_ += 2;
      } else if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }
  Token Word() {
    Token token;
    token.kind = Token::Kind::kWord;
    bool is_plain = true;
    std::string open;
    const auto close_piece = [&](bool is_literal, bool is_quoted, std::string text) {
      token.word.push_back({std::move(text), is_literal, is_quoted});
    };
    const auto close_open = [&] {
      if (!open.empty()) close_piece(false, false, std::exchange(open, {}));
    };
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == ';') break;
      if (c == '&' || c == '|' || c == '>' || c == '<' || c == '(' || c == ')' || c == '`') {
        if (text_.substr(at_).starts_with("&&") || text_.substr(at_).starts_with("||")) break;
        if (c == '>') break;
        ok_ = false;  // Pipes, background, subshells and substitutions are not in the language.
        return token;
      }
      if (text_.substr(at_).starts_with("$(")) {
        ok_ = false;
        return token;
      }
      if (c == '\'') {
        close_open();
        is_plain = false;
        const std::size_t end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) {
          ok_ = false;
          return token;
        }
        close_piece(true, true, std::string(text_.substr(at_ + 1, end - at_ - 1)));
        at_ = end + 1;
      } else if (c == '"') {
        close_open();
        is_plain = false;
        if (!Quoted(token)) return token;
      } else if (c == '\\' && at_ + 1 < text_.size()) {
        close_open();
        is_plain = false;
        close_piece(true, true, std::string(1, text_[at_ + 1]));
        at_ += 2;
      } else {
        open += c;
        ++at_;
      }
    }
    close_open();
    if (is_plain && token.word.size() == 1) token.plain = token.word.front().text;
    return token;
  }
  // "double quotes": variables are expanded, \" \\ \$ are themselves.
  bool Quoted(Token& token) {
    ++at_;
    std::string text;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_.substr(at_).starts_with("$(") || text_[at_] == '`') break;
      if (text_[at_] == '\\' && at_ + 1 < text_.size() &&
          std::string_view("\"\\$`").find(text_[at_ + 1]) != std::string_view::npos) {
        token.word.push_back({std::exchange(text, {}), false, true});
        token.word.push_back({std::string(1, text_[at_ + 1]), true, true});
        at_ += 2;
      } else {
        text += text_[at_++];
      }
    }
    if (at_ >= text_.size() || text_[at_] != '"') return ok_ = false;
    ++at_;
    token.word.push_back({std::move(text), false, true});
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { Advance(); }

  std::optional<ShellNodes> Script() {
    ShellNodes nodes = List({});
    if (!ok_ || !lexer_.ok() || token_.kind != Token::Kind::kEnd) return std::nullopt;
    return nodes;
  }

 private:
  static constexpr int kDepthMax = 8;

  void Advance() { token_ = lexer_.Next(); }
  bool Fail() { return ok_ = false; }
  bool Accept(std::string_view keyword) {
    if (token_.kind != Token::Kind::kWord || token_.plain != keyword) return false;
    Advance();
    return true;
  }
  void SkipSeparators() {
    while (token_.kind == Token::Kind::kSeparator) Advance();
  }

  // Commands up to the keyword `end` ("" is the end of the text), which is left standing.
  ShellNodes List(std::string_view end) {
    ShellNodes nodes;
    ShellNode::Joint joint = ShellNode::Joint::kAlways;
    while (ok_ && lexer_.ok()) {
      SkipSeparators();
      if (token_.kind == Token::Kind::kEnd) break;
      if (!end.empty() && token_.kind == Token::Kind::kWord && token_.plain == end) break;
      ShellNode node = Command();
      node.joint = joint;
      nodes.push_back(std::move(node));
      if (token_.kind == Token::Kind::kAnd) {
        joint = ShellNode::Joint::kIfOk;
        Advance();
      } else if (token_.kind == Token::Kind::kOr) {
        joint = ShellNode::Joint::kIfFailed;
        Advance();
      } else if (token_.kind == Token::Kind::kSeparator) {
        joint = ShellNode::Joint::kAlways;
      } else if (token_.kind != Token::Kind::kEnd && token_.plain != end) {
        Fail();
      }
    }
    return nodes;
  }

  ShellNode Command() {
    if (Accept("while")) return ForEver("true", ":");
    if (Accept("until")) return ForEver("false", "false");
    if (Accept("for")) return For();
    ShellNode node;
    while (ok_ && lexer_.ok()) {
      if (token_.kind == Token::Kind::kRedirect) {
        Redirect(node);
      } else if (token_.kind == Token::Kind::kWord) {
        AddWord(node);
      } else {
        break;
      }
    }
    if (node.words.empty() && node.assignments.empty()) Fail();
    static const std::vector<std::string_view> kOthers = {
        "if", "then", "else", "fi", "do", "done", "case", "esac", "{", "}", "function"};
    if (!node.words.empty() && node.words.front().size() == 1 &&
        !node.words.front().front().is_quoted &&
        std::find(kOthers.begin(), kOthers.end(), node.words.front().front().text) !=
            kOthers.end()) {
      Fail();
    }
    return node;
  }

  void Redirect(ShellNode& node) {
    const std::string redirect = token_.plain;
    Advance();
    if (redirect == "2>&1" || redirect == "1>&2" || redirect == ">&2") return;  // Both are the log.
    if (token_.kind != Token::Kind::kWord) {
      Fail();
      return;
    }
    const bool is_log = token_.plain == "/dev/stdout" || token_.plain == "/dev/stderr" ||
                        token_.plain == "/proc/1/fd/1" || token_.plain == "/proc/1/fd/2";
    if (!is_log && !redirect.starts_with("2")) node.is_silent = true;
    Advance();
  }

  void AddWord(ShellNode& node) {
    const ShellWord& word = token_.word;
    if (node.words.empty() && !word.empty() && !word.front().is_quoted) {
      const std::string& text = word.front().text;
      const std::size_t equals = text.find('=');
      const bool is_assignment =
          equals != std::string::npos && equals > 0 &&
          std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals),
                      IsNameCharacter);
      if (is_assignment) {
        ShellWord value = word;
        value.front().text.erase(0, equals + 1);
        node.assignments.emplace_back(text.substr(0, equals), std::move(value));
        Advance();
        return;
      }
    }
    node.words.push_back(word);
    Advance();
  }

  ShellNode ForEver(std::string_view condition, std::string_view other_condition) {
    ShellNode node;
    node.kind = ShellNode::Kind::kForEver;
    if (!Accept(condition) && !Accept(other_condition)) Fail();
    Body(node);
    return node;
  }

  ShellNode For() {
    ShellNode node;
    node.kind = ShellNode::Kind::kFor;
    node.variable = token_.plain;
    if (node.variable.empty()) Fail();
    Advance();
    if (!Accept("in")) Fail();
    while (token_.kind == Token::Kind::kWord) {
      node.words.push_back(token_.word);
      Advance();
    }
    Body(node);
    return node;
  }

  void Body(ShellNode& node) {
    if (++depth_ > kDepthMax) Fail();
    SkipSeparators();
    if (!Accept("do")) Fail();
    if (ok_) node.body = List("done");
    if (!Accept("done")) Fail();
    --depth_;
  }

  Lexer lexer_;
  Token token_;
  bool ok_ = true;
  int depth_ = 0;
};

}  // namespace

std::optional<ShellNodes> ParseShell(std::string_view text) { return Parser(text).Script(); }

}  // namespace nodes
