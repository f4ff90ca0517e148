// JSON to protobuf and back: what is normal JSON of a kind comes back as the same bytes.
//
// Two bytes choose the kind, the rest is the object.
#include <cstdint>
#include <string>
#include <string_view>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/schema/conversion_problem.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"
#include "apiserver/schema/table/kinds.h"
#include "sim/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  if (size < 2) return 0;
  const std::span<const KindRow> kinds = KindRows();
  const Type& type = *kinds[(data[0] | static_cast<std::size_t>(data[1]) << 8) % kinds.size()].type;
  JsonParseResult sent = ParseJson({reinterpret_cast<const char*>(data) + 2, size - 2});
  if (!sent.ok() || !sent.value.is_object()) return 0;
  Value normal = std::move(sent.value);
  if (!Normalize(type, normal).ok()) return 0;
  // Protobuf does not hold the kind: the envelope does.
  normal.get_object().erase("kind");
  normal.get_object().erase("apiVersion");
  if (!Normalize(type, normal).ok()) return 0;
  std::string encoded;
  EncodeProtobuf(type, normal, encoded);
  auto decoded = DecodeProtobuf(type, encoded);
  SIM_CHECK(decoded.ok());
  Value again = *decoded;
  SIM_CHECK(Normalize(type, again).ok());
  SIM_CHECK_MSG(ToJson(again) == ToJson(normal), ToJson(again) + " was " + ToJson(normal));
  return 0;
}
