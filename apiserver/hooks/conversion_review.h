// The question that a conversion webhook is sent, and what its answer means: pure.
//
// Source of fields, rules and words:
// apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/ports/outside_caller.h"

namespace apiserver {

struct ConversionQuestion {
  std::string uid;
  std::string review_version;  // "v1" or "v1beta1"
  std::string api_version;     // wanted
  std::vector<Value> objects;  // in other versions
};

// The ConversionReview that asks.
std::string ConversionText(const ConversionQuestion& question);

// What has become of each object, in the order of the question; or why all of them fail. Of the
// metadata only labels and annotations are the webhook's to change.
ApiResult<std::vector<ApiResult<Value>>> ReadConversion(const ConversionQuestion& question,
                                                        const sim::Result<OutsideAnswer>& answer);

// "conversion webhook for GROUP/VERSION, Kind=KIND" with what followed: `object` is one of those
// asked about.
ApiError ConversionFailure(const Value& object, const std::string& what);

}  // namespace apiserver
