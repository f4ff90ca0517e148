// An API object at rest: compact JSON bytes and the few fields that everything needs.
//
// Invariants:
// (1) Immutable once made, so it may be shared by the store, watchers, informers and I/O threads.
// (2) `json` is the whole object in its storage version (apiVersion, kind, metadata with
// resourceVersion, ...)
//     without metadata.managedFields; those are `managed_fields`, a JSON array or "".
// (3) `offsets` say where managedFields belong in `json` and where the resourceVersion lies.
// (4) No spare capacity: 150,000 pods lie in memory at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/api/json_span.h"
#include "apiserver/api/resource.h"
#include "sim/time.h"

namespace apiserver {

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  bool is_controller = false;
  bool block_owner_deletion = false;
  bool operator==(const OwnerReference&) const = default;
};

// The parts of metadata that are needed without parsing.
struct ObjectMeta {
  std::string name;
  std::string namespace_;
  std::string uid;
  Revision revision = 0;
  std::int64_t generation = 0;
  std::vector<std::pair<std::string, std::string>> labels;  // sorted by key
  std::vector<OwnerReference> owners;
  std::vector<std::string> finalizers;
  std::string creation_timestamp;                 // RFC 3339, as shown
  std::optional<std::string> deletion_timestamp;  // RFC 3339; set: being deleted
  std::optional<std::int64_t> deletion_grace_period_seconds;

  ObjectKey key() const { return {namespace_, name}; }
  bool is_deleting() const { return deletion_timestamp.has_value(); }
  // The value of label `key`, or nullptr.
  const std::string* Label(std::string_view key) const;
  // The owner with controller: true, or nullptr.
  const OwnerReference* Controller() const;
};

class StoredObject {
 public:
  // Places within the bytes at rest.
  struct Offsets {
    std::uint32_t managed_fields = 0;  // where `"managedFields":[...]` with its comma belongs
    std::uint32_t revision = 0;        // of the first digit of metadata.resourceVersion
  };

  // Takes `object` apart: serialises it once, with `revision` as its resourceVersion (none when 0).
  // Requires: `object` is an object with metadata.name; managedFields, when present, are an array.
  static std::shared_ptr<const StoredObject> Make(const Value& object, Revision revision);
  // The same from the parts of an object at rest (from the data file). Null when they are not such
  // an object.
  static std::shared_ptr<const StoredObject> FromBytes(std::string json, std::string managed_fields,
                                                       Offsets offsets);
  // This object under another resourceVersion, nothing else changed (DELETED events). Parses
  // nothing.
  std::shared_ptr<const StoredObject> WithRevision(Revision revision) const;

  // This object with the JSON `text` in place of the value at `span` of json(), under `revision`
  // and with other managedFields. Parses nothing. Requires: `span` is no part of metadata and lies
  // behind it.
  std::shared_ptr<const StoredObject> WithValue(JsonSpan span, std::string_view text,
                                                std::string managed_fields,
                                                Revision revision) const;

  const ObjectMeta& meta() const { return meta_; }
  ObjectKey key() const { return meta_.key(); }
  const std::string& json() const { return json_; }
  const std::string& managed_fields() const { return managed_fields_; }
  Offsets offsets() const { return offsets_; }

  // Appends the whole object, managedFields included, as clients see it.
  void AppendJson(std::string& out) const;
  // The size in bytes of what AppendJson appends.
  std::size_t json_size() const;

  // A fresh, writable value of the whole object, managedFields included, in `storage`.
  Value Parse(JsonStorage storage = {}) const;
  // A shared, read-only value without managedFields; parsed at most once while anybody holds it.
  // Threads: the kernel's only (I/O threads use Parse).
  std::shared_ptr<const Value> Peek() const;

 private:
  struct Parts;
  StoredObject() = default;
  std::string json_;
  std::string managed_fields_;
  Offsets offsets_;
  ObjectMeta meta_;
  mutable std::weak_ptr<const Value> peeked_;
};

using ObjectPtr = std::shared_ptr<const StoredObject>;
using SharedBytes = std::shared_ptr<const std::string>;

// Reads ObjectMeta from a parsed object (also one that is not stored yet; then revision is 0).
ObjectMeta ReadMeta(const Value& object);

}  // namespace apiserver
