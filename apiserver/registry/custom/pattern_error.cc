#include "apiserver/registry/custom/pattern_error.h"

#include <re2/re2.h>

namespace apiserver {
namespace {

const char* GoWords(re2::RE2::ErrorCode code) {
  switch (code) {
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

}  // namespace

std::string GoPatternError(const re2::RE2& pattern) {
  const re2::RE2::ErrorCode code = pattern.error_code();
  std::string text = std::string("error parsing regexp: ") + GoWords(code);
  if (code == re2::RE2::ErrorTrailingBackslash) return text + ": ``";
  // Go shows the whole expression for what is missing at its end.
  const bool shows_whole =
      code == re2::RE2::ErrorMissingParen || code == re2::RE2::ErrorUnexpectedParen;
  return text + ": `" + (shows_whole ? pattern.pattern() : pattern.error_arg()) + "`";
}

}  // namespace apiserver
