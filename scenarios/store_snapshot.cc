#include "scenarios/store_snapshot.h"

#include "sim/byte_codec.h"

namespace scenarios {
namespace {

using apiserver::Change;
using apiserver::ChangePtr;
using apiserver::GroupResource;
using apiserver::ObjectPtr;

constexpr std::uint8_t kNone = 0;
constexpr std::uint8_t kSome = 1;

void WriteObject(const ObjectPtr& object, sim::ByteWriter& writer) {
  if (object == nullptr) {
    writer.U8(kNone);
    return;
  }
  writer.U8(kSome).Text(object->json()).Text(object->managed_fields());
  writer.U32(object->offsets().managed_fields).U32(object->offsets().revision);
}

// Null where there is none; nothing when the bytes hold no object.
std::optional<ObjectPtr> ReadObject(sim::ByteReader& reader) {
  if (reader.U8() == kNone) return ObjectPtr();
  std::string json(reader.Text());
  std::string managed_fields(reader.Text());
  apiserver::StoredObject::Offsets offsets;
  offsets.managed_fields = reader.U32();
  offsets.revision = reader.U32();
  if (!reader.ok()) return std::nullopt;
  ObjectPtr object =
      apiserver::StoredObject::FromBytes(std::move(json), std::move(managed_fields), offsets);
  if (object == nullptr) return std::nullopt;
  return object;
}

GroupResource ReadResource(sim::ByteReader& reader) {
  GroupResource resource;
  resource.group = reader.Text();
  resource.resource = reader.Text();
  return resource;
}

ChangePtr ReadChange(sim::ByteReader& reader) {
  auto change = std::make_shared<Change>();
  change->type = static_cast<apiserver::ChangeType>(reader.U8());
  change->revision = static_cast<apiserver::Revision>(reader.I64());
  change->time = sim::Time(sim::Duration(reader.I64()));
  change->resource = ReadResource(reader);
  auto object = ReadObject(reader);
  auto previous = ReadObject(reader);
  if (!object || *object == nullptr || !previous) return nullptr;
  change->object = std::move(*object);
  change->previous = std::move(*previous);
  return change;
}

}  // namespace

std::string PackStore(const apiserver::Store& store) {
  sim::ByteWriter writer;
  writer.I64(static_cast<std::int64_t>(store.revision()));
  writer.I64(static_cast<std::int64_t>(store.compacted_revision()));
  for (const GroupResource& resource : store.Resources()) {
    store.Visit(resource, {}, [&](const ObjectPtr& object) {
      writer.U8(kSome).Text(resource.group).Text(resource.resource);
      WriteObject(object, writer);
      return true;
    });
  }
  writer.U8(kNone);
  const auto history = store.ChangesAfter(store.compacted_revision());
  writer.U32(static_cast<std::uint32_t>(history->size()));
  for (const ChangePtr& change : *history) {
    writer.U8(static_cast<std::uint8_t>(change->type));
    writer.I64(static_cast<std::int64_t>(change->revision));
    writer.I64(change->time.time_since_epoch().count());
    writer.Text(change->resource.group).Text(change->resource.resource);
    WriteObject(change->object, writer);
    WriteObject(change->previous, writer);
  }
  return writer.Take();
}

sim::Result<void> RestoreStore(std::string_view bytes, apiserver::Store& store) {
  const sim::Error malformed{"the recording's snapshot is malformed"};
  sim::ByteReader reader(bytes);
  const auto revision = static_cast<apiserver::Revision>(reader.I64());
  const auto compacted = static_cast<apiserver::Revision>(reader.I64());
  std::vector<std::pair<GroupResource, ObjectPtr>> objects;
  while (reader.U8() == kSome) {
    GroupResource resource = ReadResource(reader);
    auto object = ReadObject(reader);
    if (!object || *object == nullptr) return malformed;
    objects.emplace_back(std::move(resource), std::move(*object));
  }
  std::vector<ChangePtr> history;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
    ChangePtr change = ReadChange(reader);
    if (change == nullptr) return malformed;
    history.push_back(std::move(change));
  }
  if (!reader.is_done()) return malformed;
  store.Restore(revision, compacted, std::move(objects), std::move(history));
  return {};
}

}  // namespace scenarios
