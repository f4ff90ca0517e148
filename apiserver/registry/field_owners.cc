#include "apiserver/registry/field_owners.h"

namespace apiserver {

void RecordUpdate(Call& call, const WriteOptions& options, const Value* live, Value& object) {
  (void)call;
  (void)options;
  Object& metadata = MetadataOf(object);
  const Value* sent = metadata.if_contains("managedFields");
  if (sent != nullptr && sent->is_array()) return;
  const Value* before = live == nullptr ? nullptr : FindPath(*live, {"metadata", "managedFields"});
  if (before != nullptr) {
    metadata["managedFields"] = *before;
  } else {
    metadata.erase("managedFields");
  }
}

}  // namespace apiserver
