#include "apiserver/watch/remote_watch.h"

#include "apiserver/api/errors.h"

namespace apiserver {
namespace {

// Initial events go out in pieces of about this size.
constexpr std::size_t kInitialChunkBytes = std::size_t{256} << 10;

}  // namespace

RemoteWatch::RemoteWatch(sim::Kernel& kernel, const Store& store, SharedEvents& shared,
                         std::uint64_t number, sim::Duration latency_max,
                         RemoteWatchOptions options, std::function<void()> ended)
    : Watcher(kernel, {.name = options.watcher, .number = number}, latency_max),
      store_(store),
      shared_(shared),
      options_(std::move(options)),
      ended_(std::move(ended)),
      stream_(std::make_shared<WatchStream>(options_.backlog_bytes_max)),
      deadline_(kernel.now() + options_.timeout) {
  timeout_event_ = kernel.At(
      deadline_, sim::Lane::kWatch, "watch.timeout", label(), [this] { Close(); },
      sim::Work::kHousekeeping);
  bookmarked_revision_ = options_.start_after.value_or(0);
}

RemoteWatch::~RemoteWatch() {
  kernel().Cancel(timeout_event_);
  kernel().Cancel(bookmark_event_);
  kernel().Cancel(converted_event_);
}

bool RemoteWatch::Matches(const ObjectPtr& object) const {
  return object != nullptr && (!options_.matches || options_.matches(*object));
}

void RemoteWatch::Begin() {
  if (options_.refusal) return Fail(*options_.refusal);
  if (!options_.start_after) {
    BeginWithObjects();
  } else if (*options_.start_after < store_.compacted_revision()) {
    return Fail(TooOldError(*options_.start_after));
  } else {
    SendChangesAfter(*options_.start_after);
  }
  if (options_.allow_bookmarks) ArmBookmark();
}

// In the words of upstream's watch cache, which all resources have but Events.
ApiError RemoteWatch::TooOldError(Revision asked) const {
  if (options_.resource.resource == "events") {
    return ExpiredError("The resourceVersion for the provided watch is too old.");
  }
  return ExpiredError("too old resource version: " + std::to_string(asked) + " (" +
                      std::to_string(store_.compacted_revision()) + ")");
}

void RemoteWatch::Fail(const ApiError& error) {
  std::string bytes;
  options_.encoder->AppendError(error, bytes);
  stream_->PushInitial({std::make_shared<const std::string>(std::move(bytes)), store_.revision()});
  Close();
}

void RemoteWatch::BeginWithObjects() {
  std::vector<ObjectPtr> present = Present();
  if (options_.converter == nullptr) return SendInitialEvents(present, store_.revision());
  conversion_ = {.is_initial = true, .revision = store_.revision()};
  await_converted_ = AwaitConverted(options_.converter->Convert(std::move(present)));
}

std::vector<ObjectPtr> RemoteWatch::Present() const {
  std::vector<ObjectPtr> present;
  if (!options_.name.empty()) {
    const ObjectPtr object = store_.Find(options_.resource, {options_.namespace_, options_.name});
    if (object != nullptr) present.push_back(object);
    return present;
  }
  store_.Visit(options_.resource, {.namespace_ = options_.namespace_},
               [&](const ObjectPtr& object) {
                 present.push_back(object);
                 return true;
               });
  return present;
}

void RemoteWatch::SendInitialEvents(const std::vector<ObjectPtr>& present, Revision revision) {
  std::string bytes;
  const auto flush = [&] {
    if (bytes.empty()) return;
    stream_->PushInitial({std::make_shared<const std::string>(std::move(bytes)), revision});
    bytes.clear();
  };
  const auto send = [&](WatchEvent event) {
    event.is_first = !std::exchange(has_sent_, true);
    const std::size_t begin = bytes.size();
    options_.encoder->AppendEvent(event, bytes);
    Count(bytes.size() - begin);
    if (bytes.size() >= kInitialChunkBytes) flush();
  };
  for (const ObjectPtr& object : present) {
    if (!Matches(object)) continue;
    send({.type = WatchEventType::kAdded, .revision = object->meta().revision, .object = object});
  }
  bookmarked_revision_ = revision;
  if (options_.allow_bookmarks) {
    send({.type = WatchEventType::kBookmark,
          .revision = revision,
          .is_end_of_initial_events = true});
  }
  flush();
}

void RemoteWatch::SendChangesAfter(Revision revision) {
  const auto changes = store_.ChangesAfter(revision);
  for (const ChangePtr& change : *changes) {
    const ObjectMeta& meta = change->object->meta();
    if (change->resource != options_.resource) continue;
    if (!options_.namespace_.empty() && meta.namespace_ != options_.namespace_) continue;
    if (!options_.name.empty() && meta.name != options_.name) continue;
    Deliver(change);
  }
}

void RemoteWatch::Deliver(const ChangePtr& change) {
  // A start revision of the future skips until it is reached.
  if (options_.start_after && change->revision <= *options_.start_after) return;
  if (options_.converter == nullptr) return SendChange(*change);
  waiting_.push_back(change);
  if (!conversion_) ConvertWaiting();
}

void RemoteWatch::SendChange(const Change& change) {
  const bool did_match = Matches(change.previous);
  const bool does_match = change.type != ChangeType::kDeleted && Matches(change.object);
  if (does_match) {
    Send({.type = did_match ? WatchEventType::kModified : WatchEventType::kAdded,
          .revision = change.revision,
          .object = change.object});
  } else if (did_match) {
    Send({.type = WatchEventType::kDeleted,
          .revision = change.revision,
          .object = change.type == ChangeType::kDeleted
                        ? change.object
                        : change.previous->WithRevision(change.revision)});
  }
}

void RemoteWatch::ConvertWaiting() {
  conversion_.emplace();
  conversion_->changes = std::exchange(waiting_, {});
  std::vector<ObjectPtr> objects;
  for (const ChangePtr& change : conversion_->changes) {
    objects.push_back(change->object);
    if (change->previous != nullptr) objects.push_back(change->previous);
  }
  await_converted_ = AwaitConverted(options_.converter->Convert(std::move(objects)));
}

// Only keeps the result: what it leads to may end the watch, and this task with it.
sim::Task<> RemoteWatch::AwaitConverted(sim::Task<ApiResult<std::vector<ObjectPtr>>> conversion) {
  converted_ = co_await conversion;
  converted_event_ =
      kernel().At(kernel().now(), sim::Lane::kWatch, "watch.converted", label(), [this] {
        const std::shared_ptr<Watcher> alive = shared_from_this();
        SendConverted(std::move(*std::exchange(converted_, std::nullopt)));
      });
}

void RemoteWatch::SendConverted(ApiResult<std::vector<ObjectPtr>> converted) {
  const Conversion done = std::move(*std::exchange(conversion_, std::nullopt));
  if (!converted) return Fail(converted.error());
  if (done.is_initial) SendInitialEvents(*converted, done.revision);
  auto next = converted->begin();
  for (const ChangePtr& change : done.changes) {
    Change shown = *change;
    shown.object = *next++;
    if (shown.previous != nullptr) shown.previous = *next++;
    SendChange(shown);
  }
  if (!waiting_.empty()) ConvertWaiting();
}

void RemoteWatch::SendBookmark(Revision revision, bool is_end_of_initial_events) {
  bookmarked_revision_ = revision;
  WatchEvent event{.type = WatchEventType::kBookmark, .revision = revision};
  event.is_end_of_initial_events = is_end_of_initial_events;
  Send(event);
}

void RemoteWatch::Send(const WatchEvent& source) {
  if (is_closed_) return;
  WatchEvent event = source;
  event.is_first = !std::exchange(has_sent_, true);
  SharedBytes bytes;
  if (event.type == WatchEventType::kBookmark) {
    std::string text;
    options_.encoder->AppendEvent(event, text);
    bytes = std::make_shared<const std::string>(std::move(text));
  } else {
    bytes = shared_.Encode(event, *options_.encoder);
  }
  Count(bytes->size());
  if (stream_->Push({std::move(bytes), event.revision})) return;
  // The watch stays until its client has gone: when a backlog is full is the machine's doing, and
  // must leave no trace in the order of events.
  is_closed_ = true;
  stream_->Finish();
}

void RemoteWatch::Count(std::size_t event_bytes) {
  if (EventTally* tally = stream_->tally()) tally->Add(event_bytes);
}

void RemoteWatch::Close() {
  const std::shared_ptr<Watcher> alive = shared_from_this();
  is_closed_ = true;
  stream_->Finish();
  stream_->SetOnDisconnect(nullptr);
  kernel().Cancel(timeout_event_);
  kernel().Cancel(bookmark_event_);
  kernel().Cancel(converted_event_);
  waiting_.clear();
  End();
  ended_();
}

void RemoteWatch::ArmBookmark() {
  sim::Time due = kernel().now() + kWatchBookmarkPeriod;
  const sim::Time last = deadline_ - kWatchBookmarkBeforeTimeout;
  if (last > kernel().now()) due = std::min(due, last);
  if (due >= deadline_) return;
  bookmark_event_ = kernel().At(
      due, sim::Lane::kWatch, "watch.bookmark", label(),
      [this] {
        const Revision revision = DeliveredRevision(store_.revision());
        if (!conversion_ && revision > bookmarked_revision_) SendBookmark(revision, false);
        ArmBookmark();
      },
      sim::Work::kHousekeeping);
}

}  // namespace apiserver
