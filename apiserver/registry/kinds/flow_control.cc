// FlowSchemas and PriorityLevelConfigurations. Source: kubernetes/pkg/apis/flowcontrol, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "flowcontrol.apiserver.k8s.io";

void DefaultSchema(Object& object) {
  FillInt(EnsureObject(object, "spec"), "matchingPrecedence", 1000);
}

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

void CheckQueuing(const Object& queuing, const FieldPath& path, Violations& out) {
  constexpr std::int64_t kQueuesMax = 10'000'000;
  const std::int64_t queues = IntOf(queuing, "queues");
  const std::int64_t hand = IntOf(queuing, "handSize");
  const std::int64_t length = IntOf(queuing, "queueLengthLimit");
  if (length <= 0) out.Invalid(path.Child("queueLengthLimit"), length, "must be positive");
  if (hand <= 0) out.Invalid(path.Child("handSize"), hand, "must be positive");
  if (queues <= 0) {
    out.Invalid(path.Child("queues"), queues, "must be positive");
  } else if (queues > kQueuesMax) {
    out.Invalid(path.Child("queues"), queues, "must not be greater than 10000000");
  } else if (hand > queues) {
    out.Invalid(path.Child("handSize"), hand,
                "should not be greater than queues (" + std::to_string(queues) + ")");
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

void CheckSubject(const Object& subject, const FieldPath& path, Violations& out) {
  const std::string_view kind = TextOf(subject, "kind");
  const auto need = [&](std::string_view name) {
    if (!IsSet(subject, name)) {
      out.Required(path.Child(name), std::string(name) + " is required when subject kind is '" +
                                         std::string(kind) + "'");
    }
  };
  if (kind == "ServiceAccount") {
    need("serviceAccount");
  } else if (kind == "User") {
    need("user");
  } else if (kind == "Group") {
    need("group");
  } else {
    out.NotSupported(path.Child("kind"), kind, {"Group", "ServiceAccount", "User"});
  }
}

void ValidateSchema(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  constexpr std::int64_t kPrecedenceMax = 10000;
  const std::int64_t precedence = IntOf(spec, "matchingPrecedence");
  if (precedence <= 0) {
    out.Invalid(path.Child("matchingPrecedence"), precedence, "must be a positive value");
  }
  if (precedence > kPrecedenceMax) {
    out.Invalid(path.Child("matchingPrecedence"), precedence, "must not be greater than 10000");
  }
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  if (precedence == 1 && name != "exempt") {
    out.Invalid(path.Child("matchingPrecedence"), precedence,
                "only the schema named 'exempt' may have matchingPrecedence 1");
  }
  if (IsSet(spec, "distinguisherMethod")) {
    const Object& method = ObjectOf(spec, "distinguisherMethod");
    const FieldPath method_path = path.Child("distinguisherMethod");
    CheckOneOf(TextOf(method, "type"), {"ByNamespace", "ByUser"}, method_path.Child("type"), out);
  }
  const Object& level = ObjectOf(spec, "priorityLevelConfiguration");
  const FieldPath level_path = path.Child("priorityLevelConfiguration");
  if (CheckRequiredText(level, "name", level_path, out)) {
    CheckDnsSubdomain(TextOf(level, "name"), level_path.Child("name"), out);
  }
  const FieldPath rules_path = path.Child("rules");
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(spec, "rules")) {
    const FieldPath rule_path = rules_path.Index(index++);
    const Array& subjects = ArrayOf(rule, "subjects");
    const FieldPath subjects_path = rule_path.Child("subjects");
    if (subjects.empty()) out.Required(subjects_path, "subjects must contain at least one value");
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      CheckSubject(AsObject(subjects[i]), subjects_path.Index(i), out);
    }
    if (ArrayOf(rule, "resourceRules").empty() && ArrayOf(rule, "nonResourceRules").empty()) {
      out.Required(rule_path,
                   "at least one of resourceRules and nonResourceRules has to be non-empty");
    }
  }
}

void ValidateSchemaUpdate(const Object& object, const Object&, Violations& out) {
  ValidateSchema(object, out);
}

constexpr std::string_view kStatusReset[] = {"metadata", "spec"};
const KindRules kSchemaStatus{.group = kGroup,
                              .resource = "flowschemas",
                              .subresource = "status",
                              .update_metadata = UpdateMetadata::kNone,
                              .reset = kStatusReset};
constexpr const KindRules* kSchemaParts[] = {&kSchemaStatus};
const KindRules kLevelStatus{.group = kGroup,
                             .resource = "prioritylevelconfigurations",
                             .subresource = "status",
                             .update_metadata = UpdateMetadata::kNone,
                             .reset = kStatusReset};
constexpr const KindRules* kLevelParts[] = {&kLevelStatus};

}  // namespace

const KindRules kFlowSchemaRules{.group = kGroup,
                                 .resource = "flowschemas",
                                 .defaults = DefaultSchema,
                                 .has_status = true,
                                 .generation = GenerationRule::kSpec,
                                 .validate = ValidateSchema,
                                 .validate_update = ValidateSchemaUpdate,
                                 .update_metadata = UpdateMetadata::kCreate,
                                 .subresources = kSchemaParts};
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
