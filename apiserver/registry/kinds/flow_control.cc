// PriorityLevelConfigurations. Source: kubernetes/pkg/apis/flowcontrol, 1.36.
#include <cmath>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "flowcontrol.apiserver.k8s.io";

void DefaultLevel(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  if (Object* limited = IfObjectOf(spec, "limited")) {
    FillPointer(*limited, "nominalConcurrencyShares", 30);
    FillPointer(*limited, "lendablePercent", 0);
    if (Object* response = IfObjectOf(*limited, "limitResponse")) {
      if (Object* queuing = IfObjectOf(*response, "queuing")) {
        FillInt(*queuing, "handSize", 8);
        FillInt(*queuing, "queues", 64);
        FillInt(*queuing, "queueLengthLimit", 50);
      }
    }
  }
  if (Object* exempt = IfObjectOf(spec, "exempt")) {
    FillPointer(*exempt, "nominalConcurrencyShares", 0);
    FillPointer(*exempt, "lendablePercent", 0);
  }
}

// What dealing a hand of queues takes of a hash. Source: k8s.io/apiserver/pkg/util/shufflesharding.
constexpr int kHashBitsMax = 60;
double EntropyBits(std::int64_t queues, std::int64_t hand) {
  return std::ceil(std::log2(static_cast<double>(queues)) * static_cast<double>(hand));
}

void CheckQueuing(const Object& queuing, const FieldPath& path, Violations& out) {
  constexpr std::int64_t kQueuesMax = 10'000'000;
  const std::int64_t queues = IntOf(queuing, "queues");
  const std::int64_t hand = IntOf(queuing, "handSize");
  const std::int64_t length = IntOf(queuing, "queueLengthLimit");
  if (length <= 0) out.Invalid(path.Child("queueLengthLimit"), length, "must be positive");
  if (queues <= 0) {
    out.Invalid(path.Child("queues"), queues, "must be positive");
  } else if (queues > kQueuesMax) {
    out.Invalid(path.Child("queues"), queues, "must not be greater than 10000000");
  }
  if (hand <= 0) {
    out.Invalid(path.Child("handSize"), hand, "must be positive");
  } else if (hand > queues) {
    out.Invalid(path.Child("handSize"), hand,
                "should not be greater than queues (" + std::to_string(queues) + ")");
  } else if (queues > 0 && EntropyBits(queues, hand) > kHashBitsMax) {
    out.Invalid(path.Child("handSize"), hand,
                "required entropy bits of deckSize " + std::to_string(queues) + " and handSize " +
                    std::to_string(hand) + " should not be greater than " +
                    std::to_string(kHashBitsMax));
  }
}

void CheckLimited(const Object& limited, const FieldPath& path, Violations& out) {
  const std::int64_t shares = IntOf(limited, "nominalConcurrencyShares");
  if (shares < 0) {
    out.Invalid(path.Child("nominalConcurrencyShares"), shares, "must be a non-negative integer");
  }
  const Object& response = ObjectOf(limited, "limitResponse");
  const FieldPath response_path = path.Child("limitResponse");
  const std::string_view type = TextOf(response, "type");
  const bool has_queuing = IsSet(response, "queuing");
  const FieldPath queuing_path = response_path.Child("queuing");
  if (type.empty()) {
    out.Required(response_path.Child("type"));
  } else if (type == "Reject") {
    if (has_queuing) {
      out.Forbidden(queuing_path, "must be nil if limited.limitResponse.type is not Limited");
    }
  } else if (type == "Queue") {
    if (has_queuing) {
      CheckQueuing(ObjectOf(response, "queuing"), queuing_path, out);
    } else {
      out.Required(queuing_path, "must not be empty if limited.limitResponse.type is Limited");
    }
  } else {
    out.NotSupported(response_path.Child("type"), type, {"Queue", "Reject"});
  }
  const std::int64_t lendable = IntOf(limited, "lendablePercent");
  if (lendable < 0 || lendable > 100) {
    out.Invalid(path.Child("lendablePercent"), lendable, "must be between 0 and 100, inclusive");
  }
  if (IsSet(limited, "borrowingLimitPercent") && IntOf(limited, "borrowingLimitPercent") < 0) {
    out.Invalid(path.Child("borrowingLimitPercent"), limited.at("borrowingLimitPercent"),
                "if specified, must be a non-negative integer");
  }
}

void ValidateLevel(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  const std::string_view type = TextOf(spec, "type");
  if ((name == "exempt") != (type == "Exempt")) {
    out.Invalid(path.Child("type"), type, "must be 'Exempt' if and only if `name` is 'exempt'");
  }
  const bool has_limited = IsSet(spec, "limited");
  const bool has_exempt = IsSet(spec, "exempt");
  if (type == "Exempt") {
    if (has_limited) out.Forbidden(path.Child("limited"), "must be nil if the type is not Limited");
  } else if (type == "Limited") {
    if (has_exempt) out.Forbidden(path.Child("exempt"), "must be nil if the type is Limited");
    if (has_limited) {
      CheckLimited(ObjectOf(spec, "limited"), path.Child("limited"), out);
    } else {
      out.Required(path.Child("limited"), "must not be empty when type is Limited");
    }
  } else if (type.empty()) {
    out.Required(path.Child("type"));
  } else {
    out.NotSupported(path.Child("type"), type, {"Exempt", "Limited"});
  }
  const Object exempt{{"type", "Exempt"}};
  if (name == "exempt" && !SameExcept(spec, exempt, {"exempt"})) {
    out.Invalid(path, InternalForm("flowcontrol.PriorityLevelConfigurationSpec", spec),
                "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value");
  }
}

void ValidateLevelUpdate(const Object& object, const Object&, Violations& out) {
  ValidateLevel(object, out);
}

constexpr std::string_view kStatusReset[] = {"metadata", "spec"};
const KindRules kLevelStatus{.group = kGroup,
                             .resource = "prioritylevelconfigurations",
                             .subresource = "status",
                             .update_metadata = UpdateMetadata::kNone,
                             .reset = kStatusReset};
constexpr const KindRules* kLevelParts[] = {&kLevelStatus};

}  // namespace

const KindRules kPriorityLevelConfigurationRules{.group = kGroup,
                                                 .resource = "prioritylevelconfigurations",
                                                 .defaults = DefaultLevel,
                                                 .has_status = true,
                                                 .generation = GenerationRule::kSpec,
                                                 .validate = ValidateLevel,
                                                 .validate_update = ValidateLevelUpdate,
                                                 .update_metadata = UpdateMetadata::kCreate,
                                                 .subresources = kLevelParts};

}  // namespace apiserver
