// Any bytes, read as any kind's message: never a crash, and what decodes is normal and encodes to
// what decodes alike.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "apiserver/api/json_write.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"
#include "apiserver/schema/table/kinds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  if (size < 2) return 0;
  const std::span<const KindRow> kinds = KindRows();
  const Type& type = *kinds[(data[0] | static_cast<std::size_t>(data[1]) << 8) % kinds.size()].type;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (const auto envelope = DecodeProtobufEnvelope(bytes); envelope.ok()) {
    if (!DecodeProtobufObject(type, *envelope).ok()) return 0;
  }
  const auto value = DecodeProtobuf(type, bytes);
  if (!value.ok()) return 0;
  Value normal = *value;
  if (!Normalize(type, normal).ok()) std::abort();
  std::string encoded;
  EncodeProtobuf(type, normal, encoded);
  const auto again = DecodeProtobuf(type, encoded);
  if (!again.ok() || ToJson(*again) != ToJson(normal)) std::abort();
  return 0;
}
