#include "sim/byte_codec.h"

#include <utility>

#include "sim/check.h"

namespace sim {

ByteWriter& ByteWriter::Number(std::uint64_t number, int size) {
  for (int index = 0; index < size; ++index, number >>= 8) {
    bytes_.push_back(static_cast<char>(number & 0xff));
  }
  return *this;
}

ByteWriter& ByteWriter::Text(std::string_view text) {
  SIM_CHECK(text.size() <= UINT32_MAX);
  U32(static_cast<std::uint32_t>(text.size()));
  return Rest(text);
}

std::uint64_t ByteReader::Number(std::size_t size) {
  if (bytes_.size() < size) is_ok_ = false;
  if (!is_ok_) return 0;
  std::uint64_t number = 0;
  for (std::size_t index = size; index-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes_[index]);
  }
  bytes_.remove_prefix(size);
  return number;
}

std::string_view ByteReader::Text() {
  const std::uint32_t size = U32();
  if (bytes_.size() < size) is_ok_ = false;
  if (!is_ok_) return {};
  const std::string_view text = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return text;
}

std::string_view ByteReader::Rest() {
  if (!is_ok_) return {};
  return std::exchange(bytes_, {});
}

}  // namespace sim
