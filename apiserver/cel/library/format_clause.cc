#include "apiserver/cel/library/format_clause.h"

#include <charconv>

#include "apiserver/api/go_text.h"

namespace apiserver::cel {

FormatClause ParseFormatClause(std::string_view text) {
  FormatClause clause;
  std::size_t at = 0;
  if (text[0] == '.') {
    while (++at < text.size() && text[at] >= '0' && text[at] <= '9') continue;
    if (at >= text.size()) {
      clause.error = "error while parsing precision: could not find end of precision specifier";
      return clause;
    }
    const auto read = std::from_chars(text.data() + 1, text.data() + at, clause.precision);
    if (read.ec != std::errc() || clause.precision > FormatClause::kPrecisionMax) {
      const bool is_large = read.ec != std::errc::invalid_argument;
      clause.error =
          "error while parsing precision: error while converting precision to integer: "
          "strconv.Atoi: parsing " +
          GoQuote(text.substr(1, at - 1)) +
          (is_large ? ": value out of range" : ": invalid syntax");
      return clause;
    }
  }
  clause.letter = text[at];
  clause.size = at + 1;
  if (std::string_view("sdfebxXo").find(clause.letter) == std::string_view::npos) {
    clause.error = "unrecognized formatting clause \"" + std::string(1, clause.letter) + "\"";
  }
  return clause;
}

}  // namespace apiserver::cel
