#include "apiserver/api/yaml_errors.h"

#include <algorithm>
#include <cstdint>

namespace apiserver {
namespace {

constexpr std::string_view kNoContent = "did not find expected node content";
constexpr std::string_view kNoToken = "found character that cannot start any token";

// Who finds it counts lines in its own way: the scanner from 1, the parser from 0. Neither names
// the first line.
enum class Finder : std::uint8_t { kScanner, kParser };

struct Wording {
  std::string_view ours;  // part of our library's message
  std::string_view theirs;
  Finder finder;
};

constexpr Wording kWordings[] = {
    {"end of sequence flow", "did not find expected ',' or ']'", Finder::kParser},
    {"end of map flow", "did not find expected ',' or '}'", Finder::kParser},
    {"end of map not found", "did not find expected key", Finder::kParser},
    {"end of sequence not found", "did not find expected '-' indicator", Finder::kParser},
    {"illegal flow end", kNoContent, Finder::kParser},
    {"illegal map value", "mapping values are not allowed in this context", Finder::kScanner},
    {"illegal block entry", "block sequence entries are not allowed in this context",
     Finder::kScanner},
    {"illegal map key", "mapping keys are not allowed in this context", Finder::kScanner},
    {"unknown token", kNoToken, Finder::kScanner},
    {"illegal tab", kNoToken, Finder::kScanner},
    {"illegal EOF", "found unexpected end of stream", Finder::kScanner},
    {"unknown escape character", "found unknown escape character", Finder::kScanner},
    {"scanning hex number", "did not find expected hexdecimal number", Finder::kScanner},
    {"end of verbatim tag", "did not find the expected '>'", Finder::kScanner},
    {"unexpected character in block scalar", "did not find expected comment or line break",
     Finder::kScanner},
    {"zero indentation", "found an indentation indicator equal to 0", Finder::kScanner},
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The last character before the end that means something, or 0.
char LastCharacter(std::string_view text) {
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text.empty() ? '\0' : text.back();
}

bool IsIndentedByTab(std::string_view text, std::size_t offset) {
  const std::size_t end = std::min(offset, text.size());
  const std::size_t before = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t content = text.find_first_not_of(" \t", start);
  return text.substr(start, content == std::string_view::npos ? content : content - start)
             .find('\t') != std::string_view::npos;
}

// What the innermost open bracket before `offset` waits for.
std::string_view WantedInFlow(std::string_view text, std::size_t offset) {
  std::string open;
  for (const char c : text.substr(0, offset)) {
    if (c == '[' || c == '{') open.push_back(c);
    if ((c == ']' || c == '}') && !open.empty()) open.pop_back();
  }
  const char last = LastCharacter(text.substr(0, offset));
  const bool lacks_content = last == '[' || last == '{' || last == ',' || last == ':';
  if (open.empty() || lacks_content) return kNoContent;
  return open.back() == '[' ? "did not find expected ',' or ']'"
                            : "did not find expected ',' or '}'";
}

std::string AliasAt(std::string_view text, std::size_t offset) {
  std::size_t start = text.find('*', std::min(offset, text.size()));
  if (start == std::string_view::npos) start = text.rfind('*');
  if (start == std::string_view::npos) return {};
  const std::size_t end = text.find_first_of(" \t\r\n,]}", start);
  return std::string(text.substr(start + 1, end == std::string_view::npos ? end : end - start - 1));
}

}  // namespace

std::string YamlErrorText(std::string_view text, const std::string& what, const YamlPlace& place) {
  if (what.find("referenced anchor is not defined") != std::string::npos) {
    return "yaml: unknown anchor '" + AliasAt(text, place.offset) + "' referenced";
  }
  const Wording* found = nullptr;
  for (const Wording& wording : kWordings) {
    if (found == nullptr && what.find(wording.ours) != std::string::npos) found = &wording;
  }
  if (found == nullptr) return "yaml: line " + std::to_string(place.line + 1) + ": " + what;
  std::string_view words = found->theirs;
  if (found->ours == "illegal flow end") words = WantedInFlow(text, place.offset);
  int line = place.line;
  const bool is_at_end = text.find_first_not_of(" \t\r\n", place.offset) == std::string_view::npos;
  if (found->finder == Finder::kParser && is_at_end) {
    const char last = LastCharacter(text);
    const bool lacks_content = last == '[' || last == '{' || last == ',' || last == ':';
    if (lacks_content && what.find("flow") != std::string::npos) words = kNoContent;
    // The end is at the beginning of a line of its own.
    line = 0;
    for (const char c : text) line += c == '\n' ? 1 : 0;
    if (!text.empty() && text.back() != '\n') ++line;
  }
  if (found->theirs.starts_with("mapping values") && IsIndentedByTab(text, place.offset)) {
    words = kNoToken;
  }
  std::string error = "yaml: ";
  if (line > 0) {
    error += "line " + std::to_string(found->finder == Finder::kScanner ? line + 1 : line) + ": ";
  }
  return error.append(words);
}

}  // namespace apiserver
