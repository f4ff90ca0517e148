// What /metrics tells of requests and of what is stored, under upstream's names and labels
// (k8s.io/apiserver/pkg/endpoints/metrics).
//
// Counts what comes in from outside; the loops inside do not use HTTP. Durations are of virtual
// time: what a request waited for, not what this machine took. Threads: the kernel's only.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/ports/request_handler.h"
#include "apiserver/store/store.h"
#include "apiserver/watch/event_tally.h"
#include "sim/kernel.h"

namespace apiserver {

class MetricText;
class ResourceTable;

// By what requests are told apart; upstream's labels in upstream's order.
struct RequestLabels {
  std::string_view verb;  // as metrics spell it: GET LIST WATCH POST PUT PATCH APPLY ... other
  std::string_view dry_run;
  std::string_view group;
  std::string_view version;
  std::string_view resource;
  std::string_view subresource;
  std::string_view scope;  // resource, namespace, cluster, or nothing
  auto operator<=>(const RequestLabels&) const = default;
};
// Of texts that the request holds.
RequestLabels LabelsOf(const Request& request);

class RequestMetrics final : public RequestHandler {
 public:
  // All outlive the metrics.
  RequestMetrics(sim::Kernel& kernel, RequestHandler& next, const Store& store,
                 const ResourceTable& resources)
      : kernel_(kernel), next_(next), store_(store), resources_(resources) {}

  // Hands on to the next handler and counts.
  sim::Task<Response> Handle(std::unique_ptr<Request> request) override;

  // Answers /metrics; nullopt for other paths, and for DELETE, which would reset.
  std::optional<Response> HandleDocument(const Request& request) const;
  std::string Text() const;

 private:
  // Upper bounds in seconds, as upstream has them.
  static constexpr std::array kBuckets = {0.005, 0.025, 0.05, 0.1,  0.2,  0.4,  0.6, 0.8,
                                          1.0,   1.25,  1.5,  2.0,  3.0,  4.0,  5.0, 6.0,
                                          8.0,   10.0,  15.0, 20.0, 30.0, 45.0, 60.0};
  // Nothing is shown of one without an answer.
  struct Series {
    std::map<int, std::uint64_t> by_code;
    std::array<std::uint64_t, kBuckets.size()> buckets{};  // not cumulative
    std::uint64_t count = 0;
    double seconds = 0;
    bool is_deprecated = false;
    std::vector<std::weak_ptr<WatchStream>> watches;  // some may have ended
    std::shared_ptr<EventTally> events;               // of the watches; null: there was none
  };
  // Groups and resources that nobody serves are the client's to invent.
  static constexpr std::size_t kSeriesMax = 4096;
  // Counts a request as in flight as long as it lives, dropped requests too.
  class InFlight;

  void WriteGauges(MetricText& text) const;
  void WriteDurations(MetricText& text) const;
  void WriteTotals(MetricText& text) const;
  void WriteWatches(MetricText& text) const;
  void WriteDeprecated(MetricText& text) const;
  void WriteObjects(MetricText& text) const;
  std::string_view Intern(std::string_view text) { return *texts_.emplace(text).first; }
  // The series stay where they are.
  std::pair<const RequestLabels, Series>& SeriesOf(const Request& request);
  void Finish(const RequestLabels& labels, Series& series, sim::Duration duration,
              const Response& response);

  sim::Kernel& kernel_;
  RequestHandler& next_;
  const Store& store_;
  const ResourceTable& resources_;
  std::set<std::string, std::less<>> texts_;  // what the labels of series_ refer to
  std::map<RequestLabels, Series> series_;
  std::uint64_t read_only_ = 0;
  std::uint64_t mutating_ = 0;
};

}  // namespace apiserver
