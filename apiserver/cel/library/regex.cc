// matches, and Kubernetes' find and findAll (k8s.io/apiserver pkg/cel/library/regex.go).
#include <re2/re2.h>

#include "apiserver/api/go_pattern.h"
#include "apiserver/cel/code_points.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/library/pattern.h"
#include "apiserver/cel/lists.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {

Pattern::Pattern(std::unique_ptr<re2::RE2> compiled, std::size_t code_points)
    : compiled_(std::move(compiled)), code_points_(static_cast<std::int64_t>(code_points)) {}
Pattern::~Pattern() = default;

namespace {

constexpr std::int64_t kPatternMemoryMax = 8 << 20;

bool IsPattern(const Value& value) {
  return value.kind() == Kind::kOpaque && dynamic_cast<const Pattern*>(&value.as_opaque());
}

// Calls `use` with the compiled pattern; an error value when it does not compile.
template <typename Use>
Value WithRegex(Arena& arena, const Value& pattern, std::string_view error_prefix, Use use) {
  if (IsPattern(pattern)) return use(OpaqueAs<Pattern>(pattern).regex());
  if (pattern.kind() != Kind::kString) return NoSuchOverload(pattern);
  const auto compiled = CompileRegex(pattern.as_text());
  if (!compiled.ok()) {
    return NewError(arena, std::string(error_prefix) + compiled.error().message);
  }
  return use(**compiled);
}

constexpr std::string_view kIllegal = "Illegal regex: ";

Value Matches(Arena& arena, const Value* a) {
  return WithRegex(arena, a[1], "", [&](const re2::RE2& regex) {
    return Value::Bool(re2::RE2::PartialMatch(a[0].as_text(), regex));
  });
}

// The match from byte `from` on, or nothing.
bool FindFrom(const re2::RE2& regex, std::string_view text, std::size_t from,
              re2::StringPiece* match) {
  return regex.Match(text, from, text.size(), re2::RE2::UNANCHORED, match, 1);
}

Value Find(Arena& arena, const Value* a) {
  if (a[0].kind() != Kind::kString) return NoSuchOverload(a[0]);
  return WithRegex(arena, a[1], kIllegal, [&](const re2::RE2& regex) {
    re2::StringPiece match;
    if (!FindFrom(regex, a[0].as_text(), 0, &match)) return Value::String("");
    return Value::String({match.data(), match.size()});
  });
}

// As Go's FindAllString: an empty match right after a match does not count. `limit` < 0: all.
Value FindUpTo(Arena& arena, const Value& text_value, const Value& pattern, std::int64_t limit) {
  if (text_value.kind() != Kind::kString) return NoSuchOverload(text_value);
  return WithRegex(arena, pattern, kIllegal, [&](const re2::RE2& regex) {
    const std::string_view text = text_value.as_text();
    GrowingList found;
    std::size_t at = 0;
    const char* last_end = nullptr;
    re2::StringPiece match;
    while (at <= text.size() && (limit < 0 || found.size() < limit) &&
           FindFrom(regex, text, at, &match)) {
      const char* end = match.data() + match.size();
      const bool counts = !match.empty() || match.data() != last_end;
      if (counts) found.Append(Value::String({match.data(), match.size()}), arena);
      last_end = end;
      at = static_cast<std::size_t>(end - text.data());
      if (match.empty()) at += at < text.size() ? CodePointAt(text, at).length : 1;
    }
    return NewList(arena, found.elements());
  });
}

Value FindAll(Arena& arena, const Value* a) { return FindUpTo(arena, a[0], a[1], -1); }
Value FindAllLimited(Arena& arena, const Value* a) {
  return FindUpTo(arena, a[0], a[1], a[2].as_int());
}

constexpr Implementation kRows[] = {
    {"matches", Matches, KindBits({Kind::kString})},
    {"string_find_string", Find},
    {"string_find_all_string", FindAll},
    {"string_find_all_string_int", FindAllLimited},
};

}  // namespace

sim::Result<std::unique_ptr<re2::RE2>> CompileRegex(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryMax);
  auto compiled = std::make_unique<re2::RE2>(text, options);
  if (compiled->ok()) return compiled;
  return sim::Error{"error parsing regexp: " + std::string(GoPatternProblem(*compiled)) + ": `" +
                    compiled->error_arg() + "`"};
}

Value CompilePattern(std::string_view text, Arena& arena) {
  auto compiled = CompileRegex(text);
  if (!compiled.ok()) return NewError(arena, compiled.error().message);
  return Value::Of(
      static_cast<const Opaque*>(arena.New<Pattern>(std::move(*compiled), CountCodePoints(text))));
}

std::span<const Implementation> RegexImplementations() { return kRows; }

}  // namespace apiserver::cel
