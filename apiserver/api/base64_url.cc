#include "apiserver/api/base64_url.h"

#include "apiserver/api/base64.h"

namespace apiserver {

std::string EncodeBase64Url(std::string_view bytes) {
  std::string out;
  AppendBase64(bytes, out);
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return out;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string plain;
  plain.reserve(text.size() + 3);
  for (const char c : text) {
    const bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_word && c != '-' && c != '_') return std::nullopt;
    plain += c == '-' ? '+' : c == '_' ? '/' : c;
  }
  while (plain.size() % 4 != 0) plain += '=';
  auto decoded = DecodeBase64(plain);
  if (!decoded.ok()) return std::nullopt;
  return std::move(decoded).value();
}

}  // namespace apiserver
