#include "apiserver/registry/reads.h"

#include <charconv>

#include "apiserver/api/go_text.h"
#include "apiserver/ports/admission_memo.h"
#include "apiserver/registry/continue_token.h"
#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/table.h"

namespace apiserver {
namespace {

constexpr std::string_view kListTooOld = "The resourceVersion for the provided list is too old.";
constexpr std::string_view kContinueTooOld =
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list "
    "without the continue parameter";
constexpr std::string_view kGoOnInconsistently =
    ", or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the "
    "provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the "
    "time the first chunk was returned and now may show up in the list.";

// From where, and as of when, a list is taken.
struct ListPlan {
  std::optional<Revision> at;  // a state of the past; unset: the newest
  std::optional<ObjectKey> after;
  std::int64_t limit = 0;
};

ApiError ContinueExpired(const ContinueToken& token, const std::string& namespace_) {
  ApiError error = ExpiredError(std::string(kContinueTooOld) + std::string(kGoOnInconsistently));
  error.continue_token = EncodeContinueToken({-1, token.after}, namespace_);
  return error;
}

ApiResult<ListPlan> PlanContinued(const Call& call, const ListOptions& options,
                                  const std::string& namespace_) {
  ApiResult<ContinueToken> token =
      DecodeContinueToken(options.continue_token, namespace_, call.resource.is_namespaced);
  if (!token) return std::move(token.error());
  if (!options.resource_version.empty() && options.resource_version != "0") {
    return BadRequestError("specifying resource version is not allowed when using continue");
  }
  ListPlan plan;
  plan.limit = options.limit;
  plan.after = token->after;
  if (token->revision < 0) return plan;
  const auto revision = static_cast<Revision>(token->revision);
  const Store& store = call.parts.store;
  if (revision < store.compacted_revision()) return ContinueExpired(*token, namespace_);
  if (revision > store.revision()) return RevisionTooLargeError(revision, store.revision());
  plan.at = revision;
  return plan;
}

ApiResult<ListPlan> Plan(const Call& call, const ListOptions& options,
                         const std::string& namespace_) {
  if (!options.continue_token.empty()) return PlanContinued(call, options, namespace_);
  ListPlan plan;
  plan.limit = options.limit;
  if (options.resource_version.empty()) return plan;
  ApiResult<Revision> revision = ReadRevision(options.resource_version, 400);
  if (!revision) return std::move(revision.error());
  const Store& store = call.parts.store;
  if (*revision > store.revision()) return RevisionTooLargeError(*revision, store.revision());
  if (*revision == 0) {
    plan.limit = 0;
    return plan;
  }
  const bool is_exact = options.resource_version_match == "Exact" ||
                        (options.resource_version_match.empty() && options.limit > 0);
  if (!is_exact) return plan;
  if (*revision < store.compacted_revision()) return ExpiredError(kListTooOld);
  plan.at = *revision;
  return plan;
}

// Takes matching objects until the limit; counts what is left only when nothing is selected.
// Objects that are not converted yet count as matching: the list is made again when they are.
class Collector {
 public:
  Collector(const Call& call, const Selection& selection, std::int64_t limit, ObjectList& list)
      : call_(call), selection_(selection), limit_(limit), list_(list) {}
  bool Take(const ObjectPtr& stored) {
    if (IsFull() && selection_.is_empty()) {
      ++remaining_;
      return true;
    }
    ObjectPtr object = stored;
    if (call_.resource.is_custom()) {
      ApiResult<ObjectPtr> shown = ShownForm(call_.parts.conversion_memo, call_.resource, stored);
      if (!shown) {
        if (!problem_ || problem_->code == kAwaitsWebhook) problem_ = std::move(shown.error());
        list_.items.push_back(stored);
        return !IsFull();
      }
      object = std::move(*shown);
    }
    if (!selection_.Matches(*object)) return true;
    if (IsFull()) {
      ++remaining_;
      return selection_.is_empty();
    }
    list_.items.push_back(object);
    return true;
  }
  std::int64_t remaining() const { return remaining_; }
  // Why the list can't be shown.
  const std::optional<ApiError>& problem() const { return problem_; }

 private:
  bool IsFull() const {
    return limit_ > 0 && static_cast<std::int64_t>(list_.items.size()) == limit_;
  }

  const Call& call_;
  const Selection& selection_;
  const std::int64_t limit_;
  ObjectList& list_;
  std::int64_t remaining_ = 0;
  std::optional<ApiError> problem_;
};

void Collect(const Call& call, const ListPlan& plan, const Selection& selection,
             Collector& collector) {
  const GroupResource& resource = call.resource.storage;
  const Store& store = call.parts.store;
  const bool has_key = !selection.name().empty() &&
                       (!selection.namespace_name().empty() || !call.resource.is_namespaced);
  const bool is_newest = !plan.at || *plan.at == store.revision();
  if (has_key && is_newest && !plan.after) {
    const ObjectPtr object = store.Find(resource, {selection.namespace_name(), selection.name()});
    if (object) collector.Take(object);
    return;
  }
  StoreRange range;
  range.namespace_ = selection.namespace_name();
  range.start_after = plan.after;
  if (is_newest) {
    store.Visit(resource, range, [&](const ObjectPtr& object) { return collector.Take(object); });
    return;
  }
  for (const ObjectPtr& object : store.ListAt(resource, range, *plan.at)) {
    if (!collector.Take(object)) return;
  }
}

}  // namespace

ApiError RevisionTooLargeError(Revision asked, Revision present) {
  ApiError error = TimeoutError("Too large resource version: " + std::to_string(asked) +
                                    ", current: " + std::to_string(present),
                                1);
  error.details->causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
  return error;
}

ApiResult<Revision> ReadRevision(const std::string& text, int parse_code) {
  Revision revision = 0;
  if (text.empty()) return revision;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (error == std::errc() && end == text.data() + text.size()) return revision;
  std::string message = "resourceVersion: Invalid value: " + GoQuote(text) +
                        ": strconv.ParseUint: parsing " + GoQuote(text) + ": invalid syntax";
  if (parse_code == 400) return BadRequestError("invalid resource version: " + message);
  return PlainError(std::move(message));
}

std::optional<ApiError> RefuseRevision(const Call& call) {
  const std::string* asked = call.request.Query("resourceVersion");
  if (asked == nullptr) return std::nullopt;
  ApiResult<Revision> revision = ReadRevision(*asked, 500);
  if (!revision) return std::move(revision.error());
  const Revision present = call.parts.store.revision();
  if (*revision <= present) return std::nullopt;
  ApiError error = RevisionTooLargeError(*revision, present);
  // Events have no watch cache upstream, whose error it is that says when to come again.
  if (call.resource.storage == GroupResource{"", "events"}) error.details->retry_after_seconds = 0;
  return error;
}

Response HandleGet(Call& call) {
  if (auto refused = RefuseRevision(call)) return ErrorResponse(*refused);
  ApiResult<ObjectPtr> object = call.FindShown(call.request.info.name);
  if (!object) return ErrorResponse(object.error());
  if (*object == nullptr) {
    return ErrorResponse(NotFoundError(call.group_resource(), call.request.info.name));
  }
  return ObjectResponse(call, 200, *object);
}

ApiResult<std::shared_ptr<const ObjectList>> ListObjects(Call& call, const ListOptions& options,
                                                         const Selection& selection) {
  const std::string& namespace_ = call.object_namespace();
  ApiResult<ListPlan> plan = Plan(call, options, namespace_);
  if (!plan) return std::move(plan.error());
  auto list = std::make_shared<ObjectList>();
  list->kind = call.resource.kind;
  list->list_kind = call.resource.list_kind;
  list->is_custom = call.resource.is_custom();
  list->revision = plan->at.value_or(call.parts.store.revision());
  Collector collector(call, selection, plan->limit, *list);
  Collect(call, *plan, selection, collector);
  if (collector.problem()) return *collector.problem();
  if (collector.remaining() > 0) {
    const auto revision = static_cast<std::int64_t>(list->revision);
    list->continue_token = EncodeContinueToken({revision, list->items.back()->key()}, namespace_);
    if (selection.is_empty()) list->remaining_item_count = collector.remaining();
  }
  return std::shared_ptr<const ObjectList>(std::move(list));
}

Response ListResponse(Call& call, std::shared_ptr<const ObjectList> list) {
  Response response;
  response.shown_revision = list->revision;
  response.kind = call.resource.kind;
  if (call.request.accept.view == View::kTable) {
    ApiResult<TableForm> form = ReadTableForm(call.request);
    if (!form) return ErrorResponse(form.error());
    const TableMeta meta{list->revision, list->continue_token, list->remaining_item_count};
    const Value table =
        MakeTable(call.resource, call.FindPrinter(), *form, meta, list->items, call.context.now);
    Response shown = ValueResponse(200, table);
    shown.shown_revision = list->revision;
    shown.warnings = std::move(call.warnings);
    return shown;
  }
  if (!call.resource.is_stored_as_served()) {
    auto served = std::make_shared<ObjectList>(*list);
    for (ObjectPtr& item : served->items) item = ToServed(call.resource, item);
    list = std::move(served);
  }
  response.body = std::move(list);
  response.warnings = std::move(call.warnings);
  return response;
}

Response HandleList(Call& call) {
  ApiResult<ListOptions> options = ReadListOptions(call.request, false);
  if (!options) return ErrorResponse(options.error());
  ApiResult<Selection> selection =
      Selection::Make(call.resource, call.object_namespace(), "", std::move(options->labels),
                      options->field_selector);
  if (!selection) return ErrorResponse(selection.error());
  ApiResult<std::shared_ptr<const ObjectList>> list = ListObjects(call, *options, *selection);
  if (!list) return ErrorResponse(list.error());
  return ListResponse(call, std::move(*list));
}

}  // namespace apiserver
