// Values as YAML text, laid out as go-yaml 2 does it: indent 2, lines folded at blanks beyond
// column 80.
#include <algorithm>
#include <cmath>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/yaml.h"
#include "apiserver/api/yaml_scalar.h"

namespace apiserver {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kSimpleKeyMax = 128;

std::string_view View(const boost::json::string& text) { return {text.data(), text.size()}; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// 2026-01-01, 2026-1-1 10:00:00, 2026-01-01T10:00:00.5Z: what YAML 1.1 reads as a timestamp.
bool IsTimestamp(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&](std::size_t least, std::size_t most) {
    const std::size_t begin = at;
    while (at < text.size() && at - begin < most && IsDigit(text[at])) ++at;
    return at - begin >= least;
  };
  const auto literal = [&](char c) { return at < text.size() && text[at] == c && ++at; };
  if (!digits(4, 4) || !literal('-') || !digits(1, 2) || !literal('-') || !digits(1, 2))
    return false;
  if (at == text.size()) return true;
  const bool has_zone = literal('T') || literal('t');
  if (!has_zone && !literal(' ')) return false;
  if (!digits(1, 2) || !literal(':') || !digits(1, 2) || !literal(':') || !digits(1, 2))
    return false;
  if (literal('.') && !digits(1, 9)) return false;
  if (!has_zone) return at == text.size();
  if (literal('Z')) return at == text.size();
  return (literal('+') || literal('-')) && digits(2, 2) && literal(':') && digits(2, 2) &&
         at == text.size();
}

// 1:30, which old YAML reads as 90.
bool IsBase60(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && IsDigit(text[0]) && text.find(':') != std::string_view::npos &&
         text.find_first_not_of("0123456789_:.") == std::string_view::npos;
}

struct Shape {
  bool is_plain = true;
  bool is_single_quoted = true;
  bool is_block = true;
};

bool IsPrintableAt(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c < 0x80) return c == '\n' || (c >= 0x20 && c != 0x7f);
  if (c == 0xc2) return at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0;
  return !text.substr(at).starts_with("\xef\xbb\xbf") && c != 0xf0;
}

bool IsBlank(std::string_view text, std::size_t at) {
  return at >= text.size() || text[at] == ' ' || text[at] == '\t' || text[at] == '\n';
}

bool IsIndicatorAt(std::string_view text, std::size_t at) {
  const char c = text[at];
  const bool before_blank = IsBlank(text, at + 1);
  if (at == 0) {
    if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos) return true;
    return (c == '?' || c == ':' || c == '-') && before_blank;
  }
  return (c == ':' && before_blank) || (c == '#' && IsBlank(text, at - 1));
}

Shape Analyze(std::string_view text) {
  Shape shape;
  bool has_indicator = text.starts_with("---") || text.starts_with("...");
  bool has_special = false;
  bool space_then_break = false;
  bool break_then_space = false;
  bool has_break = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) continue;
    has_indicator = has_indicator || IsIndicatorAt(text, at);
    has_special = has_special || !IsPrintableAt(text, at);
    const char previous = at == 0 ? 'x' : text[at - 1];
    if (text[at] == '\n') {
      has_break = true;
      space_then_break = space_then_break || previous == ' ';
    } else if (text[at] == ' ') {
      break_then_space = break_then_space || previous == '\n';
    }
  }
  const auto is_edge = [](char c) { return c == ' ' || c == '\n'; };
  const bool has_edge = !text.empty() && (is_edge(text.front()) || is_edge(text.back()));
  shape.is_block = !text.empty() && text.back() != ' ' && !space_then_break && !has_special;
  shape.is_single_quoted = !break_then_space && !space_then_break && !has_special;
  shape.is_plain = shape.is_single_quoted && !has_edge && !has_break && !has_indicator;
  return shape;
}

// Natural order: letters by letter, runs of digits by number.
bool KeyLess(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == b[i]) continue;
    const bool a_letter = IsLetter(a[i]);
    const bool b_letter = IsLetter(b[i]);
    if (a_letter && b_letter)
      return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
    if (a_letter || b_letter) return b_letter;
    std::uint64_t a_number = 0;
    std::uint64_t b_number = 0;
    if (a[i] == '0' || b[i] == '0') {
      for (std::size_t j = i; j > 0 && IsDigit(a[j - 1]); --j) {
        if (a[j - 1] != '0') {
          a_number = b_number = 1;
          break;
        }
      }
    }
    std::size_t a_end = i;
    std::size_t b_end = i;
    for (; a_end < a.size() && IsDigit(a[a_end]); ++a_end)
      a_number = a_number * 10 + (a[a_end] - '0');
    for (; b_end < b.size() && IsDigit(b[b_end]); ++b_end)
      b_number = b_number * 10 + (b[b_end] - '0');
    if (a_number != b_number) return a_number < b_number;
    if (a_end != b_end) return a_end < b_end;
    return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
  }
  return a.size() < b.size();
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out), line_begin_(out.size()) {}

  void Document(const Value& value) {
    if (IsBlockOf(value)) {
      Block(value, 0);
    } else {
      Inline(value, 0);
      Line();
    }
  }

 private:
  static bool IsBlockOf(const Value& value) {
    return (value.is_object() && !value.get_object().empty()) ||
           (value.is_array() && !value.get_array().empty());
  }
  void Line() {
    out_ += '\n';
    line_begin_ = out_.size();
  }
  void Indent(std::size_t indent) { out_.append(indent, ' '); }
  std::size_t column() const { return out_.size() - line_begin_; }

  // Writes a container whose first line is already indented; each line ends itself.
  void Block(const Value& value, std::size_t indent) {
    if (value.is_object()) {
      Mapping(value.get_object(), indent);
    } else {
      bool is_first = true;
      for (const Value& item : value.get_array()) {
        if (!is_first) Indent(indent);
        is_first = false;
        out_ += "- ";
        Nested(item, indent + 2, indent);
      }
    }
  }

  // An item after "- ": containers begin on the same line.
  void Nested(const Value& item, std::size_t indent, std::size_t parent_indent) {
    if (IsBlockOf(item)) {
      Block(item, indent);
    } else {
      Inline(item, parent_indent);
      Line();
    }
  }

  void Mapping(const Object& object, std::size_t indent) {
    std::vector<const boost::json::key_value_pair*> members;
    for (const auto& member : object) members.push_back(&member);
    const auto key = [](const boost::json::key_value_pair* member) {
      return std::string_view(member->key().data(), member->key().size());
    };
    // Upstream's order is not transitive for odd mixtures of digits and letters; this sort bears
    // it.
    std::stable_sort(members.begin(), members.end(),
                     [&](auto* a, auto* b) { return KeyLess(key(a), key(b)); });
    bool is_first = true;
    for (const auto* member : members) {
      if (!is_first) Indent(indent);
      is_first = false;
      if (key(member).size() > kSimpleKeyMax || key(member).find('\n') != std::string_view::npos) {
        LongMember(key(member), member->value(), indent);
        continue;
      }
      Text(key(member), indent, /*is_key=*/true);
      out_ += ':';
      const Value& value = member->value();
      if (IsBlockOf(value)) {
        Line();
        const std::size_t inner = value.is_array() ? indent : indent + 2;
        Indent(inner);
        Block(value, inner);
      } else {
        out_ += ' ';
        Inline(value, indent);
        Line();
      }
    }
  }

  // A key that is too long to be found again before its colon.
  void LongMember(std::string_view key, const Value& value, std::size_t indent) {
    out_ += "? ";
    Text(key, indent, /*is_key=*/false);
    Line();
    Indent(indent);
    out_ += ": ";
    Nested(value, indent + 2, indent);
  }

  void Inline(const Value& value, std::size_t indent) {
    switch (value.kind()) {
      case boost::json::kind::object:
        out_ += "{}";
        return;
      case boost::json::kind::array:
        out_ += "[]";
        return;
      case boost::json::kind::null:
        out_ += "null";
        return;
      case boost::json::kind::bool_:
        out_ += value.get_bool() ? "true" : "false";
        return;
      case boost::json::kind::int64:
        out_ += std::to_string(value.get_int64());
        return;
      case boost::json::kind::uint64:
        out_ += std::to_string(value.get_uint64());
        return;
      case boost::json::kind::double_:
        Number(value.get_double());
        return;
      case boost::json::kind::string:
        Text(View(value.get_string()), indent, false);
        return;
    }
  }

  void Number(double number) {
    if (std::floor(number) == number && std::abs(number) < 9e18) {
      out_ += std::to_string(static_cast<std::int64_t>(number));
    } else {
      out_ += GoFloat(number);
    }
  }

  void Text(std::string_view text, std::size_t indent, bool is_key) {
    const Shape shape = Analyze(text);
    const bool is_multiline = text.find('\n') != std::string_view::npos;
    if (is_multiline) {
      if (shape.is_block && !is_key) return Literal(text, indent + 2);
      return DoubleQuoted(text, indent + 2, is_key);
    }
    const bool reads_as_text = !ResolveYamlScalar(text) && !IsTimestamp(text) && !IsBase60(text) &&
                               text != "<<" && text != "=";
    if (!reads_as_text) return DoubleQuoted(text, indent + 2, is_key);
    if (shape.is_plain) return Folded(text, indent + 2, is_key, /*is_quoted=*/false);
    if (!shape.is_single_quoted) return DoubleQuoted(text, indent + 2, is_key);
    out_ += '\'';
    Folded(text, indent + 2, is_key, /*is_quoted=*/true);
    out_ += '\'';
  }

  bool FoldsAt(std::string_view text, std::size_t at) const {
    return text[at] == ' ' && at > 0 && at + 1 < text.size() && text[at - 1] != ' ' &&
           text[at + 1] != ' ' && column() > kWidth;
  }
  void Fold(std::size_t indent) {
    Line();
    Indent(indent);
  }

  void Folded(std::string_view text, std::size_t indent, bool is_key, bool is_quoted) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (!is_key && FoldsAt(text, at)) {
        Fold(indent);
        continue;
      }
      if (is_quoted && text[at] == '\'') out_ += '\'';
      out_ += text[at];
    }
  }

  void DoubleQuoted(std::string_view text, std::size_t indent, bool is_key) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    out_ += '"';
    for (std::size_t at = 0; at < text.size(); ++at) {
      const auto c = static_cast<unsigned char>(text[at]);
      if (!is_key && FoldsAt(text, at)) {
        Fold(indent);
        continue;
      }
      switch (c) {
        case '"':
          out_ += "\\\"";
          continue;
        case '\\':
          out_ += "\\\\";
          continue;
        case '\n':
          out_ += "\\n";
          continue;
        case '\t':
          out_ += "\\t";
          continue;
        case '\r':
          out_ += "\\r";
          continue;
        case '\a':
          out_ += "\\a";
          continue;
        case '\b':
          out_ += "\\b";
          continue;
        case '\v':
          out_ += "\\v";
          continue;
        case '\f':
          out_ += "\\f";
          continue;
        case 0x1b:
          out_ += "\\e";
          continue;
        case 0:
          out_ += "\\0";
          continue;
        default:
          break;
      }
      if (c < 0x20 || c == 0x7f) {
        out_ += "\\x";
        out_ += kHex[c >> 4];
        out_ += kHex[c & 0xf];
      } else {
        out_ += static_cast<char>(c);
      }
    }
    out_ += '"';
  }

  void Literal(std::string_view text, std::size_t indent) {
    out_ += '|';
    if (text.front() == ' ' || text.front() == '\n') out_ += '2';
    if (text.back() != '\n') {
      out_ += '-';
    } else if (text.size() == 1 || text[text.size() - 2] == '\n') {
      out_ += '+';
    }
    const std::size_t end = text.back() == '\n' ? text.size() - 1 : text.size();
    for (std::size_t at = 0; at <= end;) {
      const std::size_t stop = std::min(text.find('\n', at), end);
      Line();
      if (stop > at) {
        Indent(indent);
        out_.append(text, at, stop - at);
      }
      at = stop + 1;
    }
  }

  std::string& out_;
  std::size_t line_begin_;
};

}  // namespace

void AppendYaml(const Value& value, std::string& out) { Writer(out).Document(value); }

std::string ToYaml(const Value& value) {
  std::string out;
  AppendYaml(value, out);
  return out;
}

}  // namespace apiserver
