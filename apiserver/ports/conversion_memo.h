// How custom objects change between versions by a program outside, for code that can't wait.
//
// Who asks for an object and lacks the answer gives up (kAwaitsWebhook), fetches what is lacking,
// and does all of it again. An answer counts as long as exactly the same object is asked about.
// Invariant: no state of the server depends on a memo; each lives as long as one request, or as one
// turn of a watch. Threads: the kernel's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "sim/task.h"

namespace apiserver {

// spec.conversion.webhook of a definition.
struct ConversionWebhook {
  std::string definition;  // its name
  std::vector<std::string> review_versions;
  std::string url;  // "" for a Service
  std::string service_namespace;
  std::string service_name;
  std::string service_path;
  std::int64_t service_port = 443;
  std::string authorities_pem;
};

class ConversionMemo {
 public:
  virtual ~ConversionMemo() = default;
  // `object`, which is in another version, in `api_version`. Fails as upstream when the program
  // can't be called or its answer breaks the rules; with code kAwaitsWebhook when it is to be asked
  // first.
  virtual ApiResult<Value> Convert(const ConversionWebhook& webhook, const Value& object,
                                   const std::string& api_version) = 0;
  virtual bool is_lacking() const = 0;
  // Asks for everything that is lacking, together where the program and the version are the same.
  // The calls leave before this returns.
  virtual sim::Task<> Fetch() = 0;
};

class Conversions {
 public:
  virtual ~Conversions() = default;
  virtual std::unique_ptr<ConversionMemo> NewMemo() = 0;
};

}  // namespace apiserver
