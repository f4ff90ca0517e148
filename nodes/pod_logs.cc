#include "nodes/pod_logs.h"

#include <algorithm>

#include "nodes/container_run.h"

namespace nodes {
namespace {

using apiserver::ErrorResponse;
using apiserver::Response;

// How often a follower looks whether a silent container has ended.
constexpr sim::Duration kFollowPeriod = std::chrono::seconds(1);

Response TextResponse(std::string text) {
  Response response;
  response.content_type = "text/plain";
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

std::string WaitingReason(const ContainerRun& run) {
  switch (run.state()) {
    case ContainerState::kPullFailed:
    case ContainerState::kPullBackOff:
      return "trying and failing to pull image";
    case ContainerState::kWaiting:
      return "PodInitializing";
    default:
      return "ContainerCreating";
  }
}

// One run of a container that has printed something, or could have.
struct PrintedRun {
  const ContainerTrace* trace = nullptr;
  sim::Time started{};
  sim::Time until{};
};

std::optional<PrintedRun> ChooseRun(const ContainerRun& run, bool is_previous, sim::Time now) {
  const auto of_end = [](const ContainerEnd& end) {
    return PrintedRun{&end.trace, end.started, end.finished};
  };
  if (is_previous) {
    const bool is_between = !run.is_alive() && run.state() != ContainerState::kExited;
    const auto& end = is_between ? run.end() : run.last_end();
    return end ? std::optional(of_end(*end)) : std::nullopt;
  }
  if (run.is_alive()) return PrintedRun{&run.trace(), run.started(), now};
  return run.end() ? std::optional(of_end(*run.end())) : std::nullopt;
}

}  // namespace

PodLogs::~PodLogs() {
  for (auto& [id, follower] : followers_) {
    kernel_.Cancel(follower.event);
    follower.stream->SetOnDisconnect(nullptr);
  }
}

const ContainerRun* PodLogs::Find(const std::string& node, const apiserver::ObjectKey& pod,
                                  std::string_view container) const {
  const Kubelet* kubelet = pool_ != nullptr ? pool_->Find(node) : nullptr;
  return kubelet != nullptr ? kubelet->FindContainer(pod, container) : nullptr;
}

Response PodLogs::ReadLog(const apiserver::ObjectPtr& pod,
                          const apiserver::PodLogOptions& options) {
  const std::string node(apiserver::TextAt(*pod->Peek(), {"spec", "nodeName"}));
  const Kubelet* kubelet = pool_ != nullptr ? pool_->Find(node) : nullptr;
  const apiserver::ObjectKey key = pod->key();
  if (kubelet == nullptr || !kubelet->has_power()) {
    const std::string host = kubelet != nullptr ? kubelet->address() : node;
    apiserver::ApiError error;
    error.message = "Get \"https://" + host + ":10250/containerLogs/" + key.namespace_ + "/" +
                    key.name + "/" + options.container + "\": dial tcp " + host +
                    ":10250: connect: no route to host";
    return ErrorResponse(error);
  }
  if (kubelet->behaviour() == NodeBehaviour::kInstant) return TextResponse({});
  const ContainerRun* run = kubelet->FindContainer(key, options.container);
  const std::string place = "container \"" + options.container + "\" in pod \"" + key.name + "\"";
  const auto printed =
      run != nullptr ? ChooseRun(*run, options.previous, kernel_.now()) : std::nullopt;
  if (!printed) {
    return ErrorResponse(apiserver::BadRequestError(
        options.previous ? "previous terminated " + place + " not found"
                         : place + " is waiting to start: " +
                               (run != nullptr ? WaitingReason(*run) : "ContainerCreating")));
  }
  LogQuery query;
  query.has_timestamps = options.timestamps;
  query.since = options.since_time;
  if (options.since_seconds)
    query.since = kernel_.now() - std::chrono::seconds(*options.since_seconds);
  query.tail_lines = options.tail_lines;
  query.limit_bytes = options.limit_bytes;
  std::string text = LogText(LinesUntil(*printed->trace, printed->started, printed->until), query);
  // With a limit a follower would end when it is reached; what is there already is then enough.
  if (!options.follow || options.previous || options.limit_bytes || !run->is_alive()) {
    return TextResponse(std::move(text));
  }
  return Follow({.node = node,
                 .pod = key,
                 .container = options.container,
                 .container_id = run->container_id(),
                 .has_timestamps = options.timestamps,
                 .shown_until = kernel_.now(),
                 .stream = std::make_shared<apiserver::WatchStream>(kBacklogBytesMax),
                 .event = {}},
                std::move(text));
}

Response PodLogs::Follow(Follower follower, std::string text) {
  const FollowerId id = ++last_id_;
  const auto stream = follower.stream;
  if (!text.empty()) {
    stream->PushInitial(
        {.bytes = std::make_shared<const std::string>(std::move(text)), .shown_revision = 0});
  }
  stream->SetOnDisconnect([this, id] {
    const auto found = followers_.find(id);
    if (found == followers_.end()) return;
    kernel_.Cancel(found->second.event);
    followers_.erase(found);
  });
  const ContainerRun* run = Find(follower.node, follower.pod, follower.container);
  followers_.emplace(id, std::move(follower));
  Schedule(id, run);
  Response response;
  response.content_type = "text/plain";
  response.body = std::make_shared<apiserver::LogStream>(stream);
  return response;
}

void PodLogs::Schedule(FollowerId id, const ContainerRun* run) {
  Follower& follower = followers_.at(id);
  sim::Time next = kernel_.now() + kFollowPeriod;
  if (run != nullptr) {
    const auto line = NextLineAfter(run->trace(), run->started(), follower.shown_until);
    if (line) next = std::min(next, std::max(*line, kernel_.now()));
  }
  // That somebody looks keeps no run going.
  follower.event = kernel_.At(
      next, sim::Lane::kCheck, "logs.follow", follower.pod.Text(), [this, id] { Continue(id); },
      sim::Work::kHousekeeping);
}

void PodLogs::Continue(FollowerId id) {
  Follower& follower = followers_.at(id);
  const ContainerRun* run = Find(follower.node, follower.pod, follower.container);
  const bool is_alive =
      run != nullptr && run->is_alive() && run->container_id() == follower.container_id;
  std::vector<LogLine> lines;
  if (is_alive) {
    lines = LinesUntil(run->trace(), run->started(), kernel_.now());
  } else if (run != nullptr) {
    // The run that was followed is the last one that ended, if it is still known.
    for (const auto* end : {&run->end(), &run->last_end()}) {
      if (*end && (*end)->container_id == follower.container_id) {
        lines = LinesUntil((*end)->trace, (*end)->started, (*end)->finished);
      }
    }
  }
  std::erase_if(lines, [&](const LogLine& line) { return line.time <= follower.shown_until; });
  follower.shown_until = kernel_.now();
  bool has_room = true;
  if (!lines.empty()) {
    LogQuery query;
    query.has_timestamps = follower.has_timestamps;
    has_room = follower.stream->Push(
        {.bytes = std::make_shared<const std::string>(LogText(lines, query)), .shown_revision = 0});
  }
  if (is_alive && has_room) return Schedule(id, run);
  follower.stream->SetOnDisconnect(nullptr);
  follower.stream->Finish();
  followers_.erase(id);
}

}  // namespace nodes
