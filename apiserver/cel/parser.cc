#include "apiserver/cel/parser.h"

#include "apiserver/cel/grammar.h"

namespace apiserver::cel {

Parsed Parse(const Source& source, const ParseOptions& options, Issues& issues) {
  if (source.size() > kTextPointsMax) {
    issues.Report(kNoPosition, "expression code point size exceeds limit: size: " +
                                   std::to_string(source.size()) + ", limit " +
                                   std::to_string(kTextPointsMax));
    return {};
  }
  return Grammar(source, options, issues).Start();
}

}  // namespace apiserver::cel
