#include "apiserver/api/base64.h"

#include <array>
#include <cstdint>

namespace apiserver {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> MakeDecodeTable() {
  std::array<std::int8_t, 256> table{};
  for (auto& entry : table) entry = -1;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}

constexpr std::array<std::int8_t, 256> kDecode = MakeDecodeTable();

sim::Error IllegalAt(std::size_t index) {
  return {"illegal base64 data at input byte " + std::to_string(index)};
}

// After the first '=' of a group with `filled` digits: the offence's index, or npos when the
// padding is right.
std::size_t CheckPadding(std::string_view text, std::size_t at, int filled) {
  if (filled < 2) return at;
  std::size_t next = at + 1;
  const auto skip_breaks = [&] {
    while (next < text.size() && (text[next] == '\n' || text[next] == '\r')) ++next;
  };
  if (filled == 2) {
    skip_breaks();
    if (next == text.size()) return text.size();
    if (text[next] != '=') return next - 1;
    ++next;
  }
  skip_breaks();
  return next < text.size() ? next : std::string_view::npos;
}

}  // namespace

sim::Result<std::string> DecodeBase64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  int filled = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || text[i] == '\r') continue;
    if (text[i] == '=') {
      const std::size_t offence = CheckPadding(text, i, filled);
      if (offence != std::string_view::npos) return IllegalAt(offence);
      group <<= 6 * (4 - filled);
      out += static_cast<char>(group >> 16);
      if (filled == 3) out += static_cast<char>(group >> 8 & 0xFF);
      return out;
    }
    const std::int8_t digit = kDecode[static_cast<unsigned char>(text[i])];
    if (digit < 0) return IllegalAt(i);
    group = group << 6 | static_cast<std::uint32_t>(digit);
    if (++filled < 4) continue;
    for (const int shift : {16, 8, 0}) out += static_cast<char>(group >> shift & 0xFF);
    group = 0;
    filled = 0;
  }
  if (filled != 0) return IllegalAt(text.size() - static_cast<std::size_t>(filled));
  return out;
}

void AppendBase64(std::string_view bytes, std::string& out) {
  std::size_t i = 0;
  const auto byte = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[index]));
  };
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (const int shift : {18, 12, 6, 0}) out += kAlphabet[group >> shift & 63];
  }
  if (bytes.size() - i == 1) {
    const std::uint32_t group = byte(i) << 16;
    out += kAlphabet[group >> 18 & 63];
    out += kAlphabet[group >> 12 & 63];
    out += "==";
  } else if (bytes.size() - i == 2) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8;
    out += kAlphabet[group >> 18 & 63];
    out += kAlphabet[group >> 12 & 63];
    out += kAlphabet[group >> 6 & 63];
    out += '=';
  }
}

}  // namespace apiserver
