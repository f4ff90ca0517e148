// Patches of a fixed pod: any body gives an object or an error, and a decoded result stays
// decodable.
//
// The first byte chooses the kind of patch, the rest is its body.
#include "apiserver/api/json_parse.h"
#include "apiserver/registry/patch/json_patch.h"
#include "apiserver/registry/patch/merge_patch.h"
#include "apiserver/registry/patch/strategic_merge.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/normalize.h"
#include "sim/check.h"

namespace {

constexpr std::string_view kPod =
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"a":"1"},"finalizers":["x/y","x/z"]},
"spec":{"containers":[{"name":"a","image":"i","args":["1","2"],"env":[{"name":"A","value":"1"}],
"ports":[{"containerPort":80}]},{"name":"b","image":"j"}],"nodeSelector":{"k":"v"},
"tolerations":[{"key":"t"}],"volumes":[{"name":"v","emptyDir":{}}]},"status":{"conditions":[{"type":"Ready","status":"True"}]}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  if (size == 0) return 0;
  static const Value kObject = ParseJson(kPod).value;
  const Type& type = *FindType("", "v1", "Pod");
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto patched = data[0] % 3 == 0   ? ApplyJsonPatch(kObject, body)
                       : data[0] % 3 == 1 ? ApplyMergePatch(kObject, body)
                                          : ApplyStrategicMergePatch(kObject, body, type);
  if (!patched.ok()) {
    SIM_CHECK(patched.error().code >= 400);
    return 0;
  }
  Value object = patched->object;
  if (!object.is_object()) return 0;
  if (Normalize(type, object).ok()) SIM_CHECK(Normalize(type, object).ok());
  return 0;
}
