// The escaping of property names that are no CEL identifiers (k8s.io/apiserver
// pkg/cel/escaping.go).
#include <algorithm>
#include <array>

#include "apiserver/cel/shape.h"

namespace apiserver::cel {
namespace {

constexpr std::array<std::string_view, 21> kReserved = {
    "true",     "false",  "null", "in",   "as",    "break",    "const",
    "continue", "else",   "for",  "if",   "let",   "import",   "loop",
    "package",  "return", "var",  "void", "while", "function", "namespace"};

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::optional<std::string> EscapeIdentifier(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return std::nullopt;
  if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
    return "__" + std::string(name) + "__";
  }
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    switch (name[i]) {
      case '.':
        out += "__dot__";
        break;
      case '-':
        out += "__dash__";
        break;
      case '/':
        out += "__slash__";
        break;
      default:
        if (!IsPlain(name[i])) return std::nullopt;
        if (name.substr(i, 2) == "__") {
          out += "__underscores__";
          ++i;
        } else {
          out += name[i];
        }
    }
  }
  return out;
}

}  // namespace apiserver::cel
