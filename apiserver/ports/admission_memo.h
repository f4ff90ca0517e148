// What a write that webhooks are asked about keeps while it waits for them.
//
// The registry never waits: when an answer is missing it says which, gives up, and is called again
// once the answer is there. Each pass is a write as any other, so nothing is held while others
// change the same objects. Threads: the kernel's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/ports/outside_caller.h"
#include "sim/time.h"

namespace apiserver {

struct AdmissionMemo {
  struct Review {
    std::string uid;  // of the AdmissionReview, which the answer repeats
    std::optional<sim::Result<OutsideAnswer>> answer{};
  };
  std::map<std::string, Review> reviews{};  // by what was asked
  struct Wanted {
    std::string key;
    OutsideCall call;
  };
  std::vector<Wanted> wanted{};         // what this pass lacks
  std::map<std::string, int> counts{};  // how often this pass came to each webhook

  // When the request came: all passes write the same times.
  sim::Time started{};

  // What a new object was given at the first pass: it is the same in all.
  std::string uid{};
  std::string name{};
  std::string creation_timestamp{};
};

// The code of the error with which a pass gives up.
inline constexpr int kAwaitsWebhook = -1;

}  // namespace apiserver
