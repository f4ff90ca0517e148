// How inputs and recordings lie in bytes: little-endian numbers, and texts behind their length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

class ByteWriter {
 public:
  ByteWriter& U8(std::uint8_t number) { return Number(number, 1); }
  ByteWriter& U32(std::uint32_t number) { return Number(number, 4); }
  ByteWriter& U64(std::uint64_t number) { return Number(number, 8); }
  ByteWriter& I64(std::int64_t number) { return U64(static_cast<std::uint64_t>(number)); }
  // Requires: shorter than 4 GiB.
  ByteWriter& Text(std::string_view text);
  // Without a length: the last thing of a message.
  ByteWriter& Rest(std::string_view text) {
    bytes_ += text;
    return *this;
  }

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  ByteWriter& Number(std::uint64_t number, int size);
  std::string bytes_;
};

// Reading past the end, or a length beyond it, makes ok() false for good and gives zeros and empty
// texts.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t U8() { return static_cast<std::uint8_t>(Number(1)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(Number(4)); }
  std::uint64_t U64() { return Number(8); }
  std::int64_t I64() { return static_cast<std::int64_t>(U64()); }
  // Views into what was given to the constructor.
  std::string_view Text();
  std::string_view Rest();

  bool ok() const { return is_ok_; }
  // Everything was read, and there was enough.
  bool is_done() const { return is_ok_ && bytes_.empty(); }

 private:
  std::uint64_t Number(std::size_t size);
  std::string_view bytes_;
  bool is_ok_ = true;
};

}  // namespace sim
