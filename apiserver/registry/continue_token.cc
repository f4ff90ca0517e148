#include "apiserver/registry/continue_token.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kVersion = "meta.k8s.io/v1";

std::string EncodeBase64(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      out += kAlphabet[(bits >> static_cast<unsigned>(bit_count)) & 0x3FU];
    }
  }
  if (bit_count > 0) out += kAlphabet[(bits << static_cast<unsigned>(6 - bit_count)) & 0x3FU];
  return out;
}

// The position of the first byte that is no base64, or npos.
std::size_t DecodeBase64(std::string_view text, std::string& out) {
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto value = kAlphabet.find(text[at]);
    if (value == std::string_view::npos) return at;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(bit_count)) & 0xFFU);
    }
  }
  return text.size() % 4 == 1 ? text.size() : std::string_view::npos;
}

ApiError Refused(std::string_view reason) {
  return BadRequestError("invalid continue token: " + std::string(reason));
}

// Upstream cleans the path: anything with empty, "." or ".." segments is refused.
bool IsCleanPath(std::string_view path) {
  while (true) {
    const auto slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string EncodeContinueToken(const ContinueToken& token, const std::string& list_namespace) {
  std::string start = list_namespace.empty() ? token.after.Text() : token.after.name;
  start += '\0';
  Object object;
  object["v"] = kVersion;
  object["rv"] = token.revision;
  object["start"] = start;
  return EncodeBase64(ToJson(object));
}

ApiResult<ContinueToken> DecodeContinueToken(std::string_view text,
                                             const std::string& list_namespace,
                                             bool is_namespaced) {
  std::string bytes;
  const std::size_t bad = DecodeBase64(text, bytes);
  if (bad != std::string_view::npos) {
    return Refused("continue key is not valid: illegal base64 data at input byte " +
                   std::to_string(bad));
  }
  const JsonParseResult parsed = ParseJson(bytes);
  if (!parsed.ok()) return Refused("continue key is not valid: " + parsed.error);
  const std::string version(TextAt(parsed.value, {"v"}));
  if (version != kVersion) {
    return Refused("continue key is not valid: server does not recognize this encoded version " +
                   version);
  }
  ContinueToken token;
  token.revision = IntAt(parsed.value, {"rv"});
  if (token.revision == 0) {
    return Refused(
        "continue key is not valid: incorrect encoded start resourceVersion (version "
        "meta.k8s.io/v1)");
  }
  const std::string start(TextAt(parsed.value, {"start"}));
  if (start.empty())
    return Refused("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)");
  std::string_view path(start);
  if (path.front() == '/') path.remove_prefix(1);
  if (!IsCleanPath(path)) return Refused("continue key is not valid: " + start);
  // The zero byte says "after"; a key without it would start at the object itself, which nobody
  // asks for.
  if (path.back() == '\0') path.remove_suffix(1);
  const auto slash = path.find('/');
  if (!list_namespace.empty()) {
    token.after = {list_namespace, std::string(path)};
  } else if (is_namespaced && slash != std::string_view::npos) {
    token.after = {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  } else if (is_namespaced) {
    token.after = {std::string(path), ""};
  } else {
    token.after = {"", std::string(path)};
  }
  return token;
}

}  // namespace apiserver
