#include "apiserver/pipeline/request_metrics.h"

#include <algorithm>

#include "apiserver/pipeline/metric_text.h"
#include "apiserver/registry/deprecation.h"
#include "apiserver/watch/watch_stream.h"

namespace apiserver {
namespace {

// Sub-resources that hand the connection on.
constexpr std::array<std::string_view, 5> kConnecting = {"log", "exec", "attach", "portforward",
                                                         "proxy"};

std::string_view VerbOf(const Request& request) {
  const RequestInfo& info = request.info;
  if (info.is_resource &&
      std::find(kConnecting.begin(), kConnecting.end(), info.subresource) != kConnecting.end()) {
    return "CONNECT";
  }
  if (info.verb == "watch") return "WATCH";
  if (info.verb == "list") return "LIST";
  if (info.verb == "deletecollection") return "DELETECOLLECTION";
  if (info.verb == "patch") {
    const bool applies = request.content_type.starts_with("application/apply-patch+");
    return applies ? "APPLY" : "PATCH";
  }
  if (request.method == "HEAD") return "GET";
  for (const std::string_view known : {"GET", "POST", "PUT", "DELETE"}) {
    if (request.method == known) return known;
  }
  return "other";
}

std::string_view ScopeOf(const RequestInfo& info) {
  if (!info.is_resource) return "";
  if (!info.name.empty() || info.verb == "create") return "resource";
  return info.namespace_.empty() ? "cluster" : "namespace";
}

MetricLabels Shown(const RequestLabels& labels) {
  return {{"component", "apiserver"}, {"dry_run", labels.dry_run},
          {"group", labels.group},    {"resource", labels.resource},
          {"scope", labels.scope},    {"subresource", labels.subresource},
          {"verb", labels.verb},      {"version", labels.version}};
}

bool IsMutating(const Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

}  // namespace

RequestLabels LabelsOf(const Request& request) {
  RequestLabels labels;
  labels.verb = VerbOf(request);
  if (const std::string* dry_run = request.Query("dryRun")) {
    labels.dry_run = *dry_run == "All" || dry_run->empty() ? std::string_view(*dry_run) : "invalid";
  }
  labels.scope = ScopeOf(request.info);
  // Paths are the client's to choose; as labels they would grow without bound.
  if (!request.info.is_resource) return labels;
  labels.group = request.info.group;
  labels.version = request.info.version;
  labels.resource = request.info.resource;
  labels.subresource = request.info.subresource;
  return labels;
}

class RequestMetrics::InFlight {
 public:
  explicit InFlight(std::uint64_t& count) : count_(count) { ++count_; }
  ~InFlight() { --count_; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::uint64_t& count_;
};

std::pair<const RequestLabels, RequestMetrics::Series>& RequestMetrics::SeriesOf(
    const Request& request) {
  RequestLabels labels = LabelsOf(request);
  auto found = series_.find(labels);
  if (found != series_.end()) return *found;
  if (series_.size() >= kSeriesMax) {
    const std::string_view verb = labels.verb;
    labels = {};
    labels.verb = verb;
  }
  for (std::string_view* text : {&labels.verb, &labels.dry_run, &labels.group, &labels.version,
                                 &labels.resource, &labels.subresource, &labels.scope}) {
    *text = Intern(*text);
  }
  return *series_.try_emplace(labels).first;
}

sim::Task<Response> RequestMetrics::Handle(std::unique_ptr<Request> request) {
  auto& [labels, series] = SeriesOf(*request);
  const sim::Time began = kernel_.now();
  const InFlight in_flight(IsMutating(*request) ? mutating_ : read_only_);
  sim::Task<Response> task = next_.Handle(std::move(request));
  Response response = co_await std::move(task);
  Finish(labels, series, kernel_.now() - began, response);
  co_return response;
}

void RequestMetrics::Finish(const RequestLabels& labels, Series& series, sim::Duration duration,
                            const Response& response) {
  ++series.by_code[response.status];
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = std::lower_bound(kBuckets.begin(), kBuckets.end(), seconds);
  if (bucket != kBuckets.end()) {
    ++series.buckets[static_cast<std::size_t>(bucket - kBuckets.begin())];
  }
  ++series.count;
  series.seconds += seconds;
  // What is deprecated is always warned of.
  if (!series.is_deprecated && !response.warnings.empty()) {
    const ApiResource* asked = resources_.Find(labels.group, labels.version, labels.resource);
    series.is_deprecated = asked != nullptr && !DeprecationWarning(*asked).empty();
  }
  if (const auto* stream = std::get_if<std::shared_ptr<WatchStream>>(&response.body)) {
    std::erase_if(series.watches, [](const auto& watch) { return watch.expired(); });
    series.watches.push_back(*stream);
    if (series.events == nullptr) series.events = std::make_shared<EventTally>();
    (*stream)->SetTally(series.events);
  }
}

void RequestMetrics::WriteGauges(MetricText& text) const {
  text.Family("apiserver_current_inflight_requests", "gauge", "Requests that are being served.");
  text.Sample({{"request_kind", "mutating"}}, static_cast<double>(mutating_));
  text.Sample({{"request_kind", "readOnly"}}, static_cast<double>(read_only_));

  text.Family("apiserver_longrunning_requests", "gauge", "Watches that are open.");
  for (const auto& [labels, series] : series_) {
    const auto open = std::count_if(series.watches.begin(), series.watches.end(),
                                    [](const auto& watch) { return !watch.expired(); });
    MetricLabels shown = Shown(labels);
    std::erase_if(shown, [](const auto& label) { return label.first == "dry_run"; });
    if (!series.watches.empty()) text.Sample(shown, static_cast<double>(open));
  }
}

void RequestMetrics::WriteDurations(MetricText& text) const {
  text.Family("apiserver_request_duration_seconds", "histogram", "Virtual time until the answer.");
  for (const auto& [labels, series] : series_) {
    if (series.count == 0) continue;
    text.Histogram(Shown(labels), {kBuckets, series.buckets, series.count, series.seconds});
  }
}

void RequestMetrics::WriteTotals(MetricText& text) const {
  text.Family("apiserver_request_total", "counter", "Requests by what they asked and the answer.");
  for (const auto& [labels, series] : series_) {
    for (const auto& [code, count] : series.by_code) {
      MetricLabels shown = Shown(labels);
      const std::string code_text = std::to_string(code);
      shown.insert(shown.begin(), {"code", code_text});
      text.Sample(shown, static_cast<double>(count));
    }
  }
}

void RequestMetrics::WriteWatches(MetricText& text) const {
  // Not by scope and the rest, as requests are.
  std::map<std::array<std::string_view, 3>, EventTally> tallies;
  for (const auto& [labels, series] : series_) {
    if (series.events == nullptr || series.events->count == 0) continue;
    tallies[{labels.group, labels.resource, labels.version}] += *series.events;
  }
  const auto shown = [](const auto& key) {
    return MetricLabels{{"group", key[0]}, {"resource", key[1]}, {"version", key[2]}};
  };
  text.Family("apiserver_watch_events_sizes", "histogram", "Bytes of the events sent to watches.");
  for (const auto& [key, tally] : tallies) {
    text.Histogram(shown(key), {EventTally::kBounds, tally.buckets, tally.count,
                                static_cast<double>(tally.bytes)});
  }
  text.Family("apiserver_watch_events_total", "counter", "Events sent to watches.");
  for (const auto& [key, tally] : tallies) {
    text.Sample(shown(key), static_cast<double>(tally.count));
  }
}

void RequestMetrics::WriteDeprecated(MetricText& text) const {
  text.Family("apiserver_requested_deprecated_apis", "gauge",
              "Deprecated APIs that were requested.");
  std::set<std::array<std::string_view, 4>> requested;  // whatever the verb
  for (const auto& [labels, series] : series_) {
    if (!series.is_deprecated) continue;
    requested.insert({labels.group, labels.resource, labels.subresource, labels.version});
  }
  for (const auto& [group, resource, subresource, version] : requested) {
    // No release is known in which one that is served in 1.36 will be gone.
    text.Sample({{"group", group},
                 {"removed_release", ""},
                 {"resource", resource},
                 {"subresource", subresource},
                 {"version", version}},
                1);
  }
}

void RequestMetrics::WriteObjects(MetricText& text) const {
  text.Family("apiserver_resource_objects", "gauge", "Objects that are stored.");
  for (const GroupResource& resource : store_.Resources()) {
    text.Sample({{"group", resource.group}, {"resource", resource.resource}},
                static_cast<double>(store_.Count(resource)));
  }
  text.Family("apiserver_storage_objects", "gauge", "Objects that are stored, by full name.");
  for (const GroupResource& resource : store_.Resources()) {
    const std::string name = resource.Text();
    text.Sample({{"resource", name}}, static_cast<double>(store_.Count(resource)));
  }
}

std::string RequestMetrics::Text() const {
  MetricText text;
  WriteGauges(text);
  WriteDurations(text);
  WriteTotals(text);
  WriteWatches(text);
  WriteDeprecated(text);
  WriteObjects(text);
  return text.Take();
}

std::optional<Response> RequestMetrics::HandleDocument(const Request& request) const {
  if (request.path != "/metrics" || request.method == "DELETE") return std::nullopt;
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
  response.body = std::make_shared<const std::string>(Text());
  return response;
}

}  // namespace apiserver
