#include "apiserver/api/json_parse.h"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace apiserver {
namespace {

namespace bj = boost::json;

// Builds values; strings and numbers that arrive in parts are gathered first.
struct BuildHandler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  explicit BuildHandler(JsonStorage storage)
      : stack(bj::storage_ptr(), stack_buffer, sizeof stack_buffer) {
    stack.reset(std::move(storage));
  }

  unsigned char stack_buffer[8192];
  bj::value_stack stack;
  std::size_t key_count = 0;
  std::string part;
  std::string number_out_of_range;

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t n, bj::error_code&) {
    stack.push_array(n);
    return true;
  }
  bool on_object_begin(bj::error_code&) { return true; }
  bool on_object_end(std::size_t n, bj::error_code&) {
    key_count += n;
    stack.push_object(n);
    return true;
  }
  bool on_string_part(bj::string_view s, std::size_t, bj::error_code&) {
    part.append(s.data(), s.size());
    return true;
  }
  bool on_string(bj::string_view s, std::size_t, bj::error_code&) {
    WithText(s, [this](bj::string_view text) { stack.push_string(text); });
    return true;
  }
  bool on_key_part(bj::string_view s, std::size_t n, bj::error_code& ec) {
    return on_string_part(s, n, ec);
  }
  bool on_key(bj::string_view s, std::size_t, bj::error_code&) {
    WithText(s, [this](bj::string_view text) { stack.push_key(text); });
    return true;
  }
  bool on_number_part(bj::string_view s, bj::error_code&) {
    part.append(s.data(), s.size());
    return true;
  }
  bool on_int64(std::int64_t i, bj::string_view, bj::error_code&) {
    part.clear();
    stack.push_int64(i);
    return true;
  }
  bool on_uint64(std::uint64_t u, bj::string_view, bj::error_code&) {
    part.clear();
    stack.push_double(static_cast<double>(u));
    return true;
  }
  // The parser's own double may be one unit off; the text is read again, exactly.
  bool on_double(double rough, bj::string_view s, bj::error_code&) {
    part.append(s.data(), s.size());
    double exact = 0;
    const auto read = std::from_chars(part.data(), part.data() + part.size(), exact);
    if (read.ec == std::errc::result_out_of_range) {
      exact = 0;
      if (std::abs(rough) > 1 && number_out_of_range.empty()) number_out_of_range = part;
    }
    if (exact == 0) exact = 0;  // No sign: "-0" would be read as an integer the next time.
    part.clear();
    stack.push_double(exact);
    return true;
  }
  bool on_bool(bool b, bj::error_code&) {
    stack.push_bool(b);
    return true;
  }
  bool on_null(bj::error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  template <class Push>
  void WithText(bj::string_view last, Push push) {
    std::string_view text{last.data(), last.size()};
    if (!part.empty()) {
      part.append(text);
      text = part;
    }
    if (IsValidUtf8(text)) {
      push({text.data(), text.size()});
    } else {
      push(ReplaceInvalidUtf8(text));
    }
    part.clear();
  }
};

std::size_t CountKeys(const Value& value) {
  std::size_t count = 0;
  if (const Object* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += CountKeys(member.value());
  } else if (const Array* array = value.if_array()) {
    for (const Value& item : *array) count += CountKeys(item);
  }
  return count;
}

// Walks the text a second time, only when keys are known to repeat.
struct DuplicateHandler : BuildHandler {
  using BuildHandler::BuildHandler;

  struct Level {
    bool is_object = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string, std::less<>> seen;
  };
  std::vector<Level> levels;
  std::vector<std::string> found;

  std::string Path() const {
    std::string path;
    for (const Level& level : levels) {
      if (level.is_object) {
        if (!path.empty()) path += '.';
        path += level.key;
      } else {
        path += '[' + std::to_string(level.index) + ']';
      }
    }
    return path;
  }
  void Ended() {
    if (!levels.empty() && !levels.back().is_object) ++levels.back().index;
  }
  bool on_array_begin(bj::error_code&) {
    levels.push_back({});
    return true;
  }
  bool on_array_end(std::size_t n, bj::error_code& ec) {
    levels.pop_back();
    Ended();
    return BuildHandler::on_array_end(n, ec);
  }
  bool on_object_begin(bj::error_code&) {
    levels.push_back({.is_object = true, .index = 0, .key = {}, .seen = {}});
    return true;
  }
  bool on_object_end(std::size_t n, bj::error_code& ec) {
    levels.pop_back();
    Ended();
    return BuildHandler::on_object_end(n, ec);
  }
  bool on_key(bj::string_view s, std::size_t n, bj::error_code& ec) {
    std::string key = part + std::string(s.data(), s.size());
    if (!IsValidUtf8(key)) key = ReplaceInvalidUtf8(key);
    Level& level = levels.back();
    level.key = key;
    if (!level.seen.insert(std::move(key)).second && found.size() < kDuplicateFieldsMax) {
      std::string path = Path();
      if (std::find(found.begin(), found.end(), path) == found.end()) {
        found.push_back(std::move(path));
      }
    }
    return BuildHandler::on_key(s, n, ec);
  }
  bool on_string(bj::string_view s, std::size_t n, bj::error_code& ec) {
    Ended();
    return BuildHandler::on_string(s, n, ec);
  }
  bool on_int64(std::int64_t i, bj::string_view s, bj::error_code& ec) {
    Ended();
    return BuildHandler::on_int64(i, s, ec);
  }
  bool on_uint64(std::uint64_t u, bj::string_view s, bj::error_code& ec) {
    Ended();
    return BuildHandler::on_uint64(u, s, ec);
  }
  bool on_double(double d, bj::string_view s, bj::error_code& ec) {
    Ended();
    return BuildHandler::on_double(d, s, ec);
  }
  bool on_bool(bool b, bj::error_code& ec) {
    Ended();
    return BuildHandler::on_bool(b, ec);
  }
  bool on_null(bj::error_code& ec) {
    Ended();
    return BuildHandler::on_null(ec);
  }
};

// Counts members up to those that are sought.
struct PositionHandler : DuplicateHandler {
  using DuplicateHandler::DuplicateHandler;

  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();
  struct Sought {
    std::string path;
    std::size_t mentions_before = 0;
    std::size_t position = kNowhere;
  };
  std::vector<Sought> sought;
  std::set<std::string, std::less<>> names;  // how their paths end
  std::size_t count = 0;

  void Seek(const std::string& path, std::size_t mentions_before) {
    sought.push_back({path, mentions_before});
    names.insert(path.substr(path.rfind('.') + 1));
  }
  bool on_key(bj::string_view s, std::size_t n, bj::error_code& ec) {
    if (!DuplicateHandler::on_key(s, n, ec)) return false;
    ++count;
    const std::string& key = levels.back().key;
    if (!names.contains(std::string_view(key).substr(key.rfind('.') + 1))) return true;
    const std::string path = Path();
    for (Sought& one : sought) {
      if (one.path != path || one.position != kNowhere) continue;
      if (one.mentions_before == 0) one.position = count;
      if (one.mentions_before > 0) --one.mentions_before;
    }
    return true;
  }
};

bj::parse_options Options(std::size_t depth_max) {
  bj::parse_options options;
  options.max_depth = depth_max;
  options.allow_invalid_utf8 = true;
  return options;
}

template <class Handler>
bool Feed(bj::basic_parser<Handler>& parser, std::string_view text) {
  bj::error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  return !ec && read == text.size();
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return (c | 0x20) - 'a' + 10;
}

// The code unit of the escape at `at`, or -1 when there is none.
int UnicodeEscape(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = 2; i < 6; ++i) unit = unit * 16 + HexDigit(text[at + i]);
  return unit;
}

// Rewrites what Go accepts and the parser does not: lone surrogates become U+FFFD, and exponents
// beyond its range become ones that are plainly out of range. Requires: `text` is well-formed.
std::string WithinParserLimits(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (in_string && c == '\\') {
      const int unit = UnicodeEscape(text, at);
      const int next = unit < 0 ? -1 : UnicodeEscape(text, at + 6);
      const bool is_pair = unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
      const std::size_t length = is_pair ? 12 : unit >= 0 ? 6 : 2;
      if (!is_pair && unit >= 0xd800 && unit < 0xe000) {
        out += "\\ufffd";
      } else {
        out.append(text, at, length);
      }
      at += length;
      continue;
    }
    if (c == '"') in_string = !in_string;
    out += c;
    ++at;
    if (in_string || (c != 'e' && c != 'E') || at >= text.size()) continue;
    const std::size_t digits = text[at] == '+' || text[at] == '-' ? at + 1 : at;
    std::size_t end = digits;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end - digits < 6) continue;
    out.append(text, at, digits - at);
    out += "9999";
    at = end;
  }
  return out;
}

JsonParseResult Failed(std::string error) { return {Value(), std::move(error), {}, {}}; }

}  // namespace

JsonParseResult ParseJson(std::string_view text, JsonStorage storage, JsonParseLimits limits) {
  bj::basic_parser<BuildHandler> parser(Options(limits.depth_max), storage);
  std::string mended;
  std::optional<bj::basic_parser<BuildHandler>> second;
  BuildHandler* handler = &parser.handler();
  if (!Feed(parser, text)) {
    std::string error = JsonSyntaxError(text, limits.depth_max);
    if (!error.empty()) return Failed(std::move(error));
    mended = WithinParserLimits(text);
    text = mended;
    second.emplace(Options(limits.depth_max), storage);
    if (!Feed(*second, text)) return Failed("invalid JSON input");
    handler = &second->handler();
  }
  if (!handler->number_out_of_range.empty()) {
    return Failed("json: cannot unmarshal number " + handler->number_out_of_range +
                  " into Go value of type float64");
  }
  JsonParseResult result{handler->stack.release(), {}, {}, {}};
  if (CountKeys(result.value) != handler->key_count) {
    bj::basic_parser<DuplicateHandler> finder(Options(limits.depth_max), bj::storage_ptr());
    if (Feed(finder, text)) result.duplicate_fields = std::move(finder.handler().found);
  }
  return result;
}

MemberPositions FindMembers(std::string_view text, const std::vector<std::string>& paths,
                            const std::vector<std::string>& duplicate_paths) {
  bj::basic_parser<PositionHandler> parser(Options(kJsonDepthMax), bj::storage_ptr());
  PositionHandler& handler = parser.handler();
  for (const std::string& path : paths) handler.Seek(path, 0);
  for (const std::string& path : duplicate_paths) handler.Seek(path, 1);
  Feed(parser, text);
  MemberPositions positions;
  for (std::size_t i = 0; i < handler.sought.size(); ++i) {
    (i < paths.size() ? positions.paths : positions.duplicate_paths)
        .push_back(handler.sought[i].position);
  }
  return positions;
}

}  // namespace apiserver
