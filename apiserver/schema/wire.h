// Writes protobuf's wire format: varints, texts, nested messages.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace apiserver {

inline constexpr std::uint32_t kWireVarint = 0;
inline constexpr std::uint32_t kWireFixed64 = 1;
inline constexpr std::uint32_t kWireBytes = 2;

inline void AppendVarint(std::uint64_t number, std::string& out) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

inline void AppendWireTag(std::uint32_t number, std::uint32_t wire, std::string& out) {
  AppendVarint(std::uint64_t{number} << 3 | wire, out);
}

inline void AppendWireText(std::uint32_t number, std::string_view text, std::string& out) {
  AppendWireTag(number, kWireBytes, out);
  AppendVarint(text.size(), out);
  out += text;
}

inline void AppendWireInteger(std::uint32_t number, std::int64_t value, std::string& out) {
  AppendWireTag(number, kWireVarint, out);
  AppendVarint(static_cast<std::uint64_t>(value), out);
}

inline void AppendWireDouble(std::uint32_t number, double value, std::string& out) {
  AppendWireTag(number, kWireFixed64, out);
  char bytes[8];
  std::memcpy(bytes, &value, 8);  // The wire is little-endian, as every machine we build for.
  out.append(bytes, 8);
}

// A nested message: its length stands before what `write` appends, and most lengths take one byte.
template <class Write>
void AppendWireMessage(std::uint32_t number, std::string& out, Write write) {
  AppendWireTag(number, kWireBytes, out);
  const std::size_t start = out.size();
  out += '\0';
  write();
  const std::uint64_t size = out.size() - start - 1;
  if (size < 0x80) {
    out[start] = static_cast<char>(size);
    return;
  }
  std::string length;
  AppendVarint(size, length);
  out.replace(start, 1, length);
}

}  // namespace apiserver
