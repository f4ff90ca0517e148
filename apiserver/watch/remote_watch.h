// A watch request of a client outside: what it asked for, and how changes become its events.
//
// Rules: /api-concepts "Efficient detection of changes", and k8s.io/apiserver/pkg/storage/cacher.
// (1) Without a start revision: ADDED for every matching object in key order; then, with bookmarks,
// a BOOKMARK
//     annotated k8s.io/initial-events-end; then changes.
// (2) With one: the changes after it. Older than the history: an ERROR event with a 410 Status, and
// the end. (3) An object that begins to match is ADDED; one that stops to match is DELETED, as it
// last matched but with the
//     revision of the change. A DELETED object has the revision of its deletion.
// (4) Bookmarks come each minute and two seconds before the timeout, and only when the revision has
// moved since the
//     start or the last bookmark.
// (5) A conversion that fails is an ERROR event, and the end.
// (6) A client that falls behind its backlog gets the end of the stream.
// Threads: the kernel's only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apiserver/store/store.h"
#include "apiserver/watch/shared_events.h"
#include "apiserver/watch/watch_encoder.h"
#include "apiserver/watch/watch_stream.h"
#include "apiserver/watch/watcher.h"
#include "sim/task.h"

namespace apiserver {

// Bytes that may wait for one client beyond the initial events: some thousand pods.
inline constexpr std::size_t kWatchBacklogBytesMax = std::size_t{16} << 20;
inline constexpr sim::Duration kWatchBookmarkPeriod = std::chrono::minutes(1);
inline constexpr sim::Duration kWatchBookmarkBeforeTimeout = std::chrono::seconds(2);

// Rewrites objects before a watch looks at them.
class WatchConverter {
 public:
  virtual ~WatchConverter() = default;
  // As many objects in the same order, or why there are none.
  virtual sim::Task<ApiResult<std::vector<ObjectPtr>>> Convert(
      std::vector<ObjectPtr> objects) const = 0;
};

struct RemoteWatchOptions {
  std::string watcher;  // names the latency stream and the events: the client
  GroupResource resource;
  std::string namespace_;  // "" = all
  std::string name;        // "" = all; needs a namespace unless the resource is cluster-scoped
  // Whether an object is selected; empty = all are. Namespace and name need not be looked at again.
  std::function<bool(const StoredObject&)> matches;
  std::optional<Revision>
      start_after;  // unset: initial events (requests with no revision or with 0)
  // Sent as the only event: what upstream finds out only once the stream is open.
  std::optional<ApiError> refusal{};
  bool allow_bookmarks = false;
  sim::Duration timeout = std::chrono::minutes(30);
  std::shared_ptr<const WatchEncoder> encoder;
  // Null: objects are shown as they are. Else events wait, in their order, for what is converted.
  std::shared_ptr<const WatchConverter> converter{};
  std::size_t backlog_bytes_max = kWatchBacklogBytesMax;
};

class RemoteWatch final : public Watcher {
 public:
  // `ended` is called once, from a kernel event, when nothing will follow.
  RemoteWatch(sim::Kernel& kernel, const Store& store, SharedEvents& shared, std::uint64_t number,
              sim::Duration latency_max, RemoteWatchOptions options, std::function<void()> ended);
  ~RemoteWatch() override;

  const RemoteWatchOptions& options() const { return options_; }
  const std::shared_ptr<WatchStream>& stream() const { return stream_; }
  // The client is gone.
  void Disconnect() { Close(); }

 private:
  void Begin() override;
  void Deliver(const ChangePtr& change) override;

  void BeginWithObjects();
  // What the watch begins with, when it begins with objects.
  std::vector<ObjectPtr> Present() const;
  void SendInitialEvents(const std::vector<ObjectPtr>& present, Revision revision);
  void SendChangesAfter(Revision revision);
  void SendChange(const Change& change);
  // Takes all that waits and sends it once it is converted.
  void ConvertWaiting();
  sim::Task<> AwaitConverted(sim::Task<ApiResult<std::vector<ObjectPtr>>> conversion);
  void SendConverted(ApiResult<std::vector<ObjectPtr>> converted);
  void Fail(const ApiError& error);
  ApiError TooOldError(Revision asked) const;
  void SendBookmark(Revision revision, bool is_end_of_initial_events);
  void Send(const WatchEvent& event);
  void Count(std::size_t event_bytes);
  void Close();
  void ArmBookmark();
  bool Matches(const ObjectPtr& object) const;

  // Changes, and the objects of the beginning, on their way through the converter.
  struct Conversion {
    bool is_initial = false;
    Revision revision = 0;  // of the initial objects
    std::vector<ChangePtr> changes{};
  };

  const Store& store_;
  SharedEvents& shared_;
  const RemoteWatchOptions options_;
  const std::function<void()> ended_;
  const std::shared_ptr<WatchStream> stream_;
  const sim::Time deadline_;
  Revision bookmarked_revision_ = 0;  // of the start or the last bookmark
  bool has_sent_ = false;
  bool is_closed_ = false;  // the stream has its end; what follows is not sent
  std::vector<ChangePtr> waiting_;
  std::optional<Conversion> conversion_;  // under way
  std::optional<ApiResult<std::vector<ObjectPtr>>> converted_;
  sim::Task<> await_converted_;
  sim::EventId converted_event_;
  sim::EventId timeout_event_;
  sim::EventId bookmark_event_;
};

}  // namespace apiserver
