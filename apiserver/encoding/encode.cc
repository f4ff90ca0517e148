#include "apiserver/encoding/encode.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/yaml.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/protobuf.h"

namespace apiserver {
namespace {

constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";

std::string_view ContentTypeOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kJson:
      return "application/json";
    case Encoding::kYaml:
      return "application/yaml";
    case Encoding::kProtobuf:
      return kProtobufType;
  }
  SIM_CHECK(false);
  return {};
}

// A value with kind and apiVersion, as the negotiated serialisation.
std::string EncodeValue(const Accepted& accept, const Value& value) {
  std::string out;
  switch (accept.encoding) {
    case Encoding::kJson:
      if (accept.pretty) {
        AppendJsonPretty(value, out);
        return out;
      }
      AppendJson(value, out);
      out += '\n';
      return out;
    case Encoding::kYaml:
      return ToYaml(value);
    case Encoding::kProtobuf: {
      const auto [group, version] = SplitApiVersion(TextAt(value, {"apiVersion"}));
      // Old kinds of discovery say no version.
      const Type* type = FindType(group, version.empty() ? "v1" : version, TextAt(value, {"kind"}));
      SIM_CHECK_MSG(type != nullptr, TextAt(value, {"kind"}));
      EncodeProtobufObject(*type, value, out);
      return out;
    }
  }
  SIM_CHECK(false);
  return out;
}

// Appends a stored object as an item of a typed list, where kind and apiVersion are not repeated.
void AppendItem(const StoredObject& object, std::string& out) {
  const std::size_t begin = out.size();
  object.AppendJson(out);
  const std::size_t metadata = out.find("\"metadata\":", begin);
  SIM_CHECK(metadata != std::string::npos);
  out.erase(begin + 1, metadata - begin - 1);
}

void AppendListMeta(const ObjectList& list, std::string& out) {
  out += R"("metadata":{)";
  const std::string revision = "\"resourceVersion\":\"" + std::to_string(list.revision) + "\"";
  if (list.is_custom) {  // Unstructured: members sorted, `continue` always there.
    out += "\"continue\":";
    AppendJsonString(list.continue_token, out);
    if (list.remaining_item_count) {
      out += ",\"remainingItemCount\":" + std::to_string(*list.remaining_item_count);
    }
    out += "," + revision + "}";
    return;
  }
  out += revision;
  if (!list.continue_token.empty()) {
    out += ",\"continue\":";
    AppendJsonString(list.continue_token, out);
  }
  if (list.remaining_item_count) {
    out += ",\"remainingItemCount\":" + std::to_string(*list.remaining_item_count);
  }
  out += "}";
}

template <class AppendOne>
void AppendItems(const ObjectList& list, std::string& out, AppendOne append_one) {
  out += "\"items\":[";
  bool first = true;
  for (const ObjectPtr& item : list.items) {
    if (!first) out += ',';
    first = false;
    append_one(*item);
  }
  out += "]";
}

void AppendTypeMeta(std::string_view kind, std::string_view api_version, std::string& out) {
  out += "{\"kind\":\"";
  out += kind;
  out += "\",\"apiVersion\":\"";
  out += api_version;
  out += "\",";
}

std::string ListJson(const ObjectList& list) {
  std::size_t size = 256;
  for (const ObjectPtr& item : list.items) size += item->json_size() + 1;
  std::string out;
  out.reserve(size);
  const std::string list_kind = list.list_kind.empty() ? list.kind.kind + "List" : list.list_kind;
  if (list.is_custom) {
    out += "{\"apiVersion\":\"" + list.kind.api_version() + "\",";
    AppendItems(list, out, [&out](const StoredObject& item) { item.AppendJson(out); });
    out += ",\"kind\":\"" + list_kind + "\",";
    AppendListMeta(list, out);
  } else {
    AppendTypeMeta(list_kind, list.kind.api_version(), out);
    AppendListMeta(list, out);
    out += ',';
    AppendItems(list, out, [&out](const StoredObject& item) { AppendItem(item, out); });
  }
  out += "}";
  return out;
}

std::string PartialListJson(const ObjectList& list, std::string_view view_version) {
  std::string out;
  AppendTypeMeta("PartialObjectMetadataList", "meta.k8s.io/" + std::string(view_version), out);
  ObjectList typed;  // The list of a Go type, whatever is in it.
  typed.revision = list.revision;
  typed.continue_token = list.continue_token;
  typed.remaining_item_count = list.remaining_item_count;
  AppendListMeta(typed, out);
  out += ',';
  if (list.items.empty()) return out += "\"items\":null}";
  AppendItems(list, out, [&](const StoredObject& item) {
    AppendJson(ToPartialObjectMetadata(item, view_version, {}), out);
  });
  out += "}";
  return out;
}

// JSON text as the negotiated serialisation.
std::string Transcode(const Accepted& accept, std::string json) {
  if (accept.encoding == Encoding::kJson && !accept.pretty) {
    json += '\n';
    return json;
  }
  boost::json::monotonic_resource arena;
  const JsonParseResult parsed = ParseJson(json, &arena);
  SIM_CHECK_MSG(parsed.ok(), parsed.error);
  return EncodeValue(accept, parsed.value);
}

std::string ObjectBytes(const Accepted& accept, const ObjectPtr& object) {
  if (accept.view == View::kPartialObjectMetadata) {
    boost::json::monotonic_resource arena;
    return EncodeValue(accept, ToPartialObjectMetadata(*object, accept.view_version, &arena));
  }
  std::string json;
  json.reserve(object->json_size() + 1);
  object->AppendJson(json);
  return Transcode(accept, std::move(json));
}

std::string ListBytes(const Accepted& accept, const ObjectList& list) {
  const bool partial = accept.view == View::kPartialObjectMetadata ||
                       accept.view == View::kPartialObjectMetadataList;
  return Transcode(accept, partial ? PartialListJson(list, accept.view_version) : ListJson(list));
}

// Upstream takes metadata out of an object before the conversion to a version that lacks some of
// its fields and has annotations for them.
void DropDerivedAnnotations(Value& object) {
  Value* metadata = Find(object, "metadata");
  Value* annotations = metadata == nullptr ? nullptr : Find(*metadata, "annotations");
  if (annotations == nullptr || !annotations->is_object()) return;
  const std::string_view kind = TextAt(object, {"kind"});
  const std::string_view version = TextAt(object, {"apiVersion"});
  Object& all = annotations->get_object();
  if (kind == "DaemonSet" && version == "apps/v1") {
    all.erase("deprecated.daemonset.template.generation");
  } else if (kind == "HorizontalPodAutoscaler" && version == "autoscaling/v1") {
    for (std::string_view name : {"metrics", "current-metrics", "conditions", "behavior"}) {
      all.erase("autoscaling.alpha.kubernetes.io/" + std::string(name));
    }
  } else {
    return;
  }
  if (all.empty()) metadata->get_object().erase("annotations");
}

SharedBytes JsonFrame(std::string_view type, std::string_view object_json) {
  auto frame = std::make_shared<std::string>();
  frame->reserve(object_json.size() + 32);
  *frame += "{\"type\":\"";
  *frame += type;
  *frame += "\",\"object\":";
  *frame += object_json;
  *frame += "}\n";
  return frame;
}

}  // namespace

EncodedBody EncodeAnswer(const Accepted& accept, const RequestInfo& info,
                         const Response& response) {
  const std::string content_type(ContentTypeOf(accept.encoding));
  if (const auto* object = std::get_if<ObjectPtr>(&response.body)) {
    return {content_type, ObjectBytes(accept, *object)};
  }
  if (const auto* list = std::get_if<std::shared_ptr<const ObjectList>>(&response.body)) {
    return {content_type, ListBytes(accept, **list)};
  }
  if (const auto* bytes = std::get_if<SharedBytes>(&response.body)) {
    if (response.content_type != "application/json") return {response.content_type, **bytes};
    if (response.status >= 400) {
      Accepted shown;
      shown.encoding = accept.errors.encoding;
      shown.pretty = accept.errors.pretty;
      return {std::string(ContentTypeOf(shown.encoding)), Transcode(shown, **bytes)};
    }
    if (!info.is_resource && !response.is_negotiated) return {response.content_type, **bytes};
    return {content_type, Transcode(accept, **bytes)};
  }
  return {response.content_type, {}};
}

SharedBytes EncodeWatchEvent(const Accepted& accept, std::string_view type, const ObjectPtr& object,
                             const GroupVersionKind& kind) {
  if (accept.view != View::kObject) {
    boost::json::monotonic_resource arena;
    return EncodeWatchValue(accept, type,
                            ToPartialObjectMetadata(*object, accept.view_version, &arena));
  }
  std::string json;
  object->AppendJson(json);
  if (accept.encoding != Encoding::kProtobuf) return JsonFrame(type, json);
  boost::json::monotonic_resource arena;
  const JsonParseResult parsed = ParseJson(json, &arena);
  SIM_CHECK_MSG(parsed.ok(), kind.kind);
  return EncodeWatchValue(accept, type, parsed.value);
}

SharedBytes EncodeWatchValue(const Accepted& accept, std::string_view type, const Value& object) {
  if (accept.encoding == Encoding::kProtobuf) {
    auto frame = std::make_shared<std::string>();
    EncodeProtobufWatchFrame(type, EncodeValue(accept, object), *frame);
    return frame;
  }
  return JsonFrame(type, ToJson(object));
}

std::string WatchContentType(const Accepted& accept) {
  return accept.encoding == Encoding::kProtobuf ? std::string(kProtobufType) + ";stream=watch"
                                                : "application/json";
}

Value ToPartialObjectMetadata(const StoredObject& object, std::string_view view_version,
                              JsonStorage storage) {
  Value whole = object.Parse(storage);
  Value partial(Object(), storage);
  Object& members = partial.get_object();
  members["kind"] = "PartialObjectMetadata";
  members["apiVersion"] = "meta.k8s.io/" + std::string(view_version);
  DropDerivedAnnotations(whole);
  members["metadata"] = std::move(whole.get_object()["metadata"]);
  return partial;
}

}  // namespace apiserver
