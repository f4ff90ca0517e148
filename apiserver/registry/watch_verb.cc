#include "apiserver/registry/watch_verb.h"

#include "apiserver/encoding/encode.h"
#include "apiserver/ports/conversion_memo.h"
#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/custom/custom_resource.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/reads.h"
#include "apiserver/registry/selection.h"
#include "apiserver/registry/table.h"
#include "apiserver/watch/store_watch_hub.h"
#include "sim/random.h"

namespace apiserver {
namespace {

// Clients that name no timeout are sent away after this, up to twice of it.
constexpr std::int64_t kTimeoutSecondsMin = 1800;

std::string_view TypeText(WatchEventType type) {
  switch (type) {
    case WatchEventType::kAdded:
      return "ADDED";
    case WatchEventType::kModified:
      return "MODIFIED";
    case WatchEventType::kDeleted:
      return "DELETED";
    case WatchEventType::kBookmark:
      break;
  }
  return "BOOKMARK";
}

// Events of one served version in one media type and view.
class ObjectEncoder final : public WatchEncoder {
 public:
  ObjectEncoder(const Call& call, const TableForm& form)
      : resource_(call.resource),
        accept_(call.request.accept),
        form_(form),
        printer_(call.FindPrinter()),
        kernel_(call.parts.kernel) {
    // Tables show ages, so their bytes are of their moment and shared by nobody.
    if (accept_.view != View::kTable && !resource_.is_custom()) {
      key_ = resource_.kind.api_version() + " " +
             std::to_string(static_cast<int>(accept_.encoding)) +
             std::to_string(static_cast<int>(accept_.view)) + accept_.view_version +
             (accept_.pretty ? "p" : "");
    }
  }

  std::string_view key() const override { return key_; }
  bool is_first_special() const override { return accept_.view == View::kTable; }

  void AppendEvent(const WatchEvent& event, std::string& out) const override {
    // No event is a list: upstream fails to show it as one, and goes on.
    if (accept_.view == View::kPartialObjectMetadataList) return;
    const std::string_view type = TypeText(event.type);
    if (event.type == WatchEventType::kBookmark) {
      out += *EncodeWatchValue(accept_, type, Bookmark(event));
      return;
    }
    if (accept_.view == View::kTable) {
      TableForm form = form_;
      form.has_columns = event.is_first;
      const TableMeta meta{event.object->meta().revision, {}, {}};
      out += *EncodeWatchValue(
          accept_, type, MakeTable(resource_, printer_, form, meta, {event.object}, kernel_.now()));
      return;
    }
    out += *EncodeWatchEvent(accept_, type, ToServed(resource_, event.object), resource_.kind);
  }

  void AppendError(const ApiError& error, std::string& out) const override {
    out += *EncodeWatchValue(accept_, "ERROR", error.ToStatus());
  }

 private:
  Value Bookmark(const WatchEvent& event) const {
    Object object;
    const bool is_metadata = accept_.view == View::kPartialObjectMetadata ||
                             accept_.view == View::kPartialObjectMetadataList ||
                             accept_.view == View::kTable;
    object["kind"] = is_metadata ? "PartialObjectMetadata" : resource_.kind.kind;
    object["apiVersion"] =
        is_metadata ? "meta.k8s.io/" + accept_.view_version : resource_.kind.api_version();
    Object& metadata = object["metadata"].emplace_object();
    metadata["resourceVersion"] = std::to_string(event.revision);
    if (event.is_end_of_initial_events) {
      metadata["annotations"].emplace_object()["k8s.io/initial-events-end"] = "true";
    }
    Value value(std::move(object));
    if (accept_.view == View::kTable) {
      TableForm form = form_;
      form.has_columns = event.is_first;
      return MakeBookmarkTable(printer_, form, event.revision, std::move(value));
    }
    // Built-in kinds show the members that Go always writes ("spec": {}).
    if (!is_metadata) NormalizeObject(resource_.type, value, nullptr);
    return value;
  }

  const ApiResource resource_;
  const Accepted accept_;
  const TableForm form_;
  const TablePrinter* printer_;
  const sim::Kernel& kernel_;
  std::string key_;
};

// Custom objects in the version of the watch.
class CustomConverter final : public WatchConverter {
 public:
  explicit CustomConverter(const Call& call)
      : resource_(call.resource), conversions_(call.parts.conversions) {}

  sim::Task<ApiResult<std::vector<ObjectPtr>>> Convert(
      std::vector<ObjectPtr> objects) const override {
    const std::unique_ptr<ConversionMemo> memo =
        conversions_ == nullptr ? nullptr : conversions_->NewMemo();
    for (;;) {
      ApiResult<std::vector<ObjectPtr>> shown = Shown(memo.get(), objects);
      if (memo == nullptr || !memo->is_lacking()) co_return shown;
      sim::Task<> fetched = memo->Fetch();
      co_await fetched;
    }
  }

 private:
  ApiResult<std::vector<ObjectPtr>> Shown(ConversionMemo* memo,
                                          const std::vector<ObjectPtr>& objects) const {
    std::vector<ObjectPtr> all;
    std::optional<ApiError> problem;
    for (const ObjectPtr& object : objects) {
      ApiResult<ObjectPtr> shown = ShownForm(memo, resource_, object);
      if (shown) {
        all.push_back(std::move(*shown));
      } else if (!problem) {
        problem = std::move(shown.error());
      }
    }
    if (problem) return std::move(*problem);
    return all;
  }

  const ApiResource resource_;
  Conversions* conversions_;
};

// Whether what lies in the store differs from what the watch shows.
bool NeedsConversion(const ApiResource& resource) {
  if (!resource.is_custom()) return false;
  const CustomResource& custom = *resource.custom;
  return custom.is_revised || custom.versions.size() > 1;
}

sim::Duration TimeoutOf(Call& call, const ListOptions& options) {
  std::int64_t seconds = options.timeout_seconds.value_or(0);
  if (seconds == 0)
    seconds = call.context.random.Uniform(kTimeoutSecondsMin, 2 * kTimeoutSecondsMin);
  return std::chrono::seconds(std::max<std::int64_t>(seconds, 0));
}

// Where a watch begins.
struct WatchStart {
  std::optional<Revision> after;    // unset: with the objects that are there
  std::optional<ApiError> refusal;  // in the stream
};

ApiResult<WatchStart> StartOf(const Call& call, const ListOptions& options) {
  WatchStart start;
  ApiResult<Revision> revision = ReadRevision(options.resource_version, 500);
  if (!revision) return std::move(revision.error());
  const Revision present = call.parts.store.revision();
  if (options.send_initial_events.value_or(false)) {
    if (*revision > present) start.refusal = RevisionTooLargeError(*revision, present);
    return start;
  }
  start.after = *revision == 0 ? present : *revision;
  return start;
}

}  // namespace

Response HandleWatch(Call& call) {
  ApiResult<ListOptions> options = ReadListOptions(call.request, true);
  if (!options) return ErrorResponse(options.error());
  ApiResult<Selection> selection =
      Selection::Make(call.resource, call.object_namespace(), call.request.info.name,
                      std::move(options->labels), options->field_selector);
  if (!selection) return ErrorResponse(selection.error());
  ApiResult<WatchStart> start = StartOf(call, *options);
  if (!start) return ErrorResponse(start.error());
  ApiResult<TableForm> form = ReadTableForm(call.request);
  if (!form) return ErrorResponse(form.error());

  RemoteWatchOptions watch;
  watch.watcher = call.request.user.name;
  watch.resource = call.resource.storage;
  watch.namespace_ = selection->namespace_name();
  if (!watch.namespace_.empty() || !call.resource.is_namespaced) watch.name = selection->name();
  auto shared = std::make_shared<const Selection>(std::move(*selection));
  watch.matches = [shared](const StoredObject& object) { return shared->Matches(object); };
  watch.start_after = start->after;
  watch.refusal = std::move(start->refusal);
  watch.allow_bookmarks = options->allow_watch_bookmarks;
  watch.timeout = TimeoutOf(call, *options);
  watch.encoder = std::make_shared<const ObjectEncoder>(call, *form);
  if (NeedsConversion(call.resource)) watch.converter = std::make_shared<CustomConverter>(call);

  Response response;
  response.body = call.parts.watch_hub.Watch(std::move(watch));
  response.content_type = WatchContentType(call.request.accept);
  response.kind = call.resource.kind;
  response.warnings = std::move(call.warnings);
  return response;
}

}  // namespace apiserver
