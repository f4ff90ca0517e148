#include "apiserver/api/go_pattern.h"

#include <re2/re2.h>

namespace apiserver {

std::string_view GoPatternProblem(const re2::RE2& pattern) {
  switch (pattern.error_code()) {
    case re2::RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass:
      return "invalid character class";
    case re2::RE2::ErrorBadCharRange:
      return "invalid character class range";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case re2::RE2::ErrorPatternTooLarge:
      return "expression too large";
    case re2::RE2::NoError:
    case re2::RE2::ErrorInternal:
      break;
  }
  return "regexp/syntax: internal error";
}

std::unique_ptr<const re2::RE2> CompileGoPattern(std::string_view pattern) {
  // This RE2 does not know (?<name>...), Go does.
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) text += pattern[at++];
    text += pattern[at];
    const bool is_named = pattern.substr(at).starts_with("?<") && at > 0 &&
                          pattern[at - 1] == '(' && (at < 2 || pattern[at - 2] != '\\');
    if (is_named && !pattern.substr(at).starts_with("?<=") &&
        !pattern.substr(at).starts_with("?<!")) {
      text += 'P';
    }
  }
  return std::make_unique<const re2::RE2>(text, re2::RE2::Quiet);
}

std::string GoPatternError(const re2::RE2& pattern, std::string_view text) {
  const re2::RE2::ErrorCode code = pattern.error_code();
  const auto lookbehind = std::min(text.find("(?<="), text.find("(?<!"));
  if (code == re2::RE2::ErrorBadPerlOp && lookbehind != std::string_view::npos) {
    // Go reads it as a name.
    const auto end = text.find('>', lookbehind);
    const std::string_view name =
        text.substr(lookbehind, end == std::string_view::npos ? end : end + 1 - lookbehind);
    return "error parsing regexp: invalid named capture: `" + std::string(name) + "`";
  }
  std::string told = "error parsing regexp: " + std::string(GoPatternProblem(pattern));
  if (code == re2::RE2::ErrorTrailingBackslash) return told + ": ``";
  // Go shows the whole expression for what is missing at its end.
  const bool shows_whole =
      code == re2::RE2::ErrorMissingParen || code == re2::RE2::ErrorUnexpectedParen;
  return told + ": `" + (shows_whole ? std::string(text) : pattern.error_arg()) + "`";
}

}  // namespace apiserver
