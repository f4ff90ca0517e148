#include "apiserver/api/object.h"

#include <boost/json/monotonic_resource.hpp>
#include <charconv>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kManagedFieldsMember = "\"managedFields\":";
constexpr std::string_view kRevisionMember = "\"resourceVersion\":\"";

std::string_view TextOf(const Value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

std::string_view KeyOf(const Object::value_type& member) { return member.key(); }

// Where resourceVersion belongs when the object has none yet. Built-in types keep Go struct order,
// which begins with `name`; custom resources are sorted, where creationTimestamp or annotations
// come before it.
bool ComesBeforeRevision(std::string_view key, bool is_sorted) {
  if (is_sorted) return key < "resourceVersion";
  return key == "name" || key == "generateName" || key == "namespace" || key == "selfLink" ||
         key == "uid";
}

std::uint32_t OffsetIn(const std::string& text) {
  SIM_CHECK(text.size() <= UINT32_MAX);
  return static_cast<std::uint32_t>(text.size());
}

struct RevisionDigits {
  explicit RevisionDigits(Revision revision)
      : end(std::to_chars(digits, digits + sizeof digits, revision).ptr) {}
  std::string_view text() const { return {digits, static_cast<std::size_t>(end - digits)}; }
  char digits[20];
  char* end;
};

std::vector<OwnerReference> ReadOwners(const Value& references) {
  std::vector<OwnerReference> owners;
  const Array* array = references.if_array();
  if (array == nullptr) return owners;
  owners.reserve(array->size());
  for (const Value& reference : *array) {
    owners.push_back({.api_version = std::string(TextAt(reference, {"apiVersion"})),
                      .kind = std::string(TextAt(reference, {"kind"})),
                      .name = std::string(TextAt(reference, {"name"})),
                      .uid = std::string(TextAt(reference, {"uid"})),
                      .is_controller = BoolAt(reference, {"controller"}),
                      .block_owner_deletion = BoolAt(reference, {"blockOwnerDeletion"})});
  }
  return owners;
}

std::vector<std::pair<std::string, std::string>> ReadLabels(const Value& labels) {
  std::vector<std::pair<std::string, std::string>> result;
  const Object* object = labels.if_object();
  if (object == nullptr) return result;
  result.reserve(object->size());
  for (const auto& member : *object) result.emplace_back(KeyOf(member), TextOf(member.value()));
  std::sort(result.begin(), result.end());
  return result;
}

Revision ReadRevision(std::string_view text) {
  Revision revision = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  return error == std::errc() && end == text.data() + text.size() ? revision : 0;
}

void ReadMember(std::string_view key, const Value& value, ObjectMeta& meta) {
  if (key == "name") {
    meta.name = TextOf(value);
  } else if (key == "namespace") {
    meta.namespace_ = TextOf(value);
  } else if (key == "uid") {
    meta.uid = TextOf(value);
  } else if (key == "resourceVersion") {
    meta.revision = ReadRevision(TextOf(value));
  } else if (key == "generation") {
    meta.generation = value.is_int64() ? value.get_int64() : 0;
  } else if (key == "creationTimestamp") {
    meta.creation_timestamp = TextOf(value);
  } else if (key == "deletionTimestamp") {
    if (value.is_string()) meta.deletion_timestamp = TextOf(value);
  } else if (key == "deletionGracePeriodSeconds") {
    if (value.is_int64()) meta.deletion_grace_period_seconds = value.get_int64();
  } else if (key == "labels") {
    meta.labels = ReadLabels(value);
  } else if (key == "ownerReferences") {
    meta.owners = ReadOwners(value);
  } else if (key == "finalizers" && value.is_array()) {
    meta.finalizers.reserve(value.get_array().size());
    for (const Value& finalizer : value.get_array())
      meta.finalizers.emplace_back(TextOf(finalizer));
  }
}

// A parsed object and the memory that it lives in.
struct Peeked {
  explicit Peeked(std::size_t bytes) : arena(bytes) {}
  boost::json::monotonic_resource arena;
  Value value;
};

// Values take about this many times the bytes of their text; the arena grows when a guess is short.
constexpr std::size_t kValueBytesPerTextByte = 3;

}  // namespace

const std::string* ObjectMeta::Label(std::string_view key) const {
  const auto found =
      std::lower_bound(labels.begin(), labels.end(), key,
                       [](const auto& label, std::string_view k) { return label.first < k; });
  return found != labels.end() && found->first == key ? &found->second : nullptr;
}

const OwnerReference* ObjectMeta::Controller() const {
  for (const OwnerReference& owner : owners) {
    if (owner.is_controller) return &owner;
  }
  return nullptr;
}

ObjectMeta ReadMeta(const Value& object) {
  ObjectMeta meta;
  const Value* metadata = Find(object, "metadata");
  if (metadata == nullptr || !metadata->is_object()) return meta;
  for (const auto& member : metadata->get_object()) ReadMember(KeyOf(member), member.value(), meta);
  return meta;
}

// What one pass over an object writes.
struct StoredObject::Parts {
  std::string json;
  std::string managed_fields;
  Offsets offsets;

  void AppendKey(std::string_view key) {
    if (json.back() != '{') json += ',';
    AppendJsonString(key, json);
    json += ':';
  }

  // An object that is not stored (of a dry run) shows none.
  void AppendRevision(Revision revision) {
    if (revision == 0) return;
    if (json.back() != '{') json += ',';
    json += kRevisionMember;
    offsets.revision = OffsetIn(json);
    json += RevisionDigits(revision).text();
    json += '"';
  }

  void AppendMetadata(const Object& metadata, Revision revision) {
    const bool is_sorted = !metadata.empty() && KeyOf(*metadata.begin()) != "name";
    json += '{';
    bool is_revision_pending = true;
    bool is_managed_pending = true;
    for (const auto& member : metadata) {
      const std::string_view key = KeyOf(member);
      if (is_revision_pending &&
          (key == "resourceVersion" || !ComesBeforeRevision(key, is_sorted))) {
        AppendRevision(revision);
        is_revision_pending = false;
      }
      if (key == "resourceVersion") continue;
      if (key == "managedFields") {
        offsets.managed_fields = OffsetIn(json);
        is_managed_pending = false;
        const Array* fields = member.value().if_array();
        if (fields != nullptr && !fields->empty())
          apiserver::AppendJson(member.value(), managed_fields);
        continue;
      }
      AppendKey(key);
      apiserver::AppendJson(member.value(), json);
    }
    if (is_revision_pending) AppendRevision(revision);
    if (is_managed_pending) offsets.managed_fields = OffsetIn(json);
    json += '}';
  }
};

ObjectPtr StoredObject::Make(const Value& object, Revision revision) {
  Parts parts;
  parts.json.reserve(4096);
  parts.json += '{';
  const Value* metadata = nullptr;
  for (const auto& member : object.get_object()) {
    parts.AppendKey(KeyOf(member));
    if (KeyOf(member) == "metadata") {
      metadata = &member.value();
      parts.AppendMetadata(metadata->get_object(), revision);
    } else {
      apiserver::AppendJson(member.value(), parts.json);
    }
  }
  parts.json += '}';
  SIM_CHECK(metadata != nullptr);
  std::shared_ptr<StoredObject> stored(new StoredObject);
  stored->json_ = std::string_view(parts.json);
  stored->managed_fields_ = std::string_view(parts.managed_fields);
  stored->offsets_ = parts.offsets;
  stored->meta_ = ReadMeta(object);
  stored->meta_.revision = revision;
  return stored;
}

ObjectPtr StoredObject::FromBytes(std::string json, std::string managed_fields, Offsets offsets) {
  boost::json::monotonic_resource arena(json.size() * kValueBytesPerTextByte);
  const JsonParseResult parsed = ParseJson(json, &arena);
  if (!parsed.ok()) return nullptr;
  ObjectMeta meta = ReadMeta(parsed.value);
  const RevisionDigits digits(meta.revision);
  const std::string_view text = json;
  if (meta.name.empty() || meta.revision == 0 || offsets.managed_fields >= text.size() ||
      offsets.managed_fields == 0 || offsets.revision >= text.size() ||
      text.substr(offsets.revision, digits.text().size() + 1) != std::string(digits.text()) + '"') {
    return nullptr;
  }
  std::shared_ptr<StoredObject> stored(new StoredObject);
  stored->json_ = std::move(json);
  stored->managed_fields_ = std::move(managed_fields);
  stored->offsets_ = offsets;
  stored->meta_ = std::move(meta);
  return stored;
}

ObjectPtr StoredObject::WithRevision(Revision revision) const {
  const RevisionDigits before(meta_.revision);
  const RevisionDigits after(revision);
  const std::size_t before_size = before.text().size();
  const std::size_t after_size = after.text().size();
  std::shared_ptr<StoredObject> stored(new StoredObject);
  stored->json_.reserve(json_.size() + after_size - before_size);
  stored->json_.append(json_, 0, offsets_.revision).append(after.text());
  stored->json_.append(json_, offsets_.revision + before_size);
  stored->managed_fields_ = managed_fields_;
  stored->offsets_ = offsets_;
  if (offsets_.managed_fields > offsets_.revision) {
    stored->offsets_.managed_fields += static_cast<std::uint32_t>(after_size - before_size);
  }
  stored->meta_ = meta_;
  stored->meta_.revision = revision;
  return stored;
}

ObjectPtr StoredObject::WithValue(JsonSpan span, std::string_view text, std::string managed_fields,
                                  Revision revision) const {
  SIM_CHECK(offsets_.revision < span.begin && offsets_.managed_fields <= span.begin &&
            span.begin + span.size < json_.size());
  const RevisionDigits before(meta_.revision);
  const RevisionDigits after(revision);
  const std::size_t behind_revision = offsets_.revision + before.text().size();
  std::shared_ptr<StoredObject> stored(new StoredObject);
  stored->json_.reserve(json_.size() + after.text().size() - before.text().size() + text.size() -
                        span.size);
  stored->json_.append(json_, 0, offsets_.revision).append(after.text());
  stored->json_.append(json_, behind_revision, span.begin - behind_revision).append(text);
  stored->json_.append(json_, span.begin + span.size);
  stored->managed_fields_ = std::move(managed_fields);
  stored->offsets_ = offsets_;
  if (offsets_.managed_fields > offsets_.revision) {
    stored->offsets_.managed_fields +=
        static_cast<std::uint32_t>(after.text().size() - before.text().size());
  }
  stored->meta_ = meta_;
  stored->meta_.revision = revision;
  return stored;
}

void StoredObject::AppendJson(std::string& out) const {
  if (managed_fields_.empty()) {
    out += json_;
    return;
  }
  out.append(json_, 0, offsets_.managed_fields);
  const bool is_first = json_[offsets_.managed_fields - 1] == '{';
  if (!is_first) out += ',';
  out += kManagedFieldsMember;
  out += managed_fields_;
  if (is_first) out += ',';
  out.append(json_, offsets_.managed_fields);
}

std::size_t StoredObject::json_size() const {
  if (managed_fields_.empty()) return json_.size();
  return json_.size() + 1 + kManagedFieldsMember.size() + managed_fields_.size();
}

Value StoredObject::Parse(JsonStorage storage) const {
  std::string whole;
  whole.reserve(json_size());
  AppendJson(whole);
  JsonParseResult parsed = ParseJson(whole, std::move(storage));
  SIM_CHECK_MSG(parsed.ok(), parsed.error);
  return std::move(parsed.value);
}

std::shared_ptr<const Value> StoredObject::Peek() const {
  if (auto peeked = peeked_.lock()) return peeked;
  auto peeked = std::make_shared<Peeked>(json_.size() * kValueBytesPerTextByte);
  JsonParseResult parsed = ParseJson(json_, &peeked->arena);
  SIM_CHECK_MSG(parsed.ok(), parsed.error);
  // Moved into place in the same storage: an assignment across storages would copy.
  new (&peeked->value) Value(std::move(parsed.value));
  std::shared_ptr<const Value> shared(peeked, &peeked->value);
  peeked_ = shared;
  return shared;
}

}  // namespace apiserver
