#include "apiserver/cel/compile.h"

#include "apiserver/cel/checker.h"
#include "apiserver/cel/literal_checks.h"

namespace apiserver::cel {

Compiled Compile(const Environment& environment, std::string_view text) {
  const Source source(text);
  Issues issues;
  Compiled out;
  const Parsed parsed = Parse(
      source,
      {.has_bind = environment.has_bind_macro, .has_escaped_names = environment.has_escaped_names},
      issues);
  if (issues.empty()) out.expression = Check(parsed, environment, issues);
  if (issues.empty() && environment.is_homogeneous_literals) CheckLiterals(*out.expression, issues);
  if (!issues.empty()) {
    out.expression = nullptr;
    out.error = issues.Text(source);
  }
  return out;
}

}  // namespace apiserver::cel
