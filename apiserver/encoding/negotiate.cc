#include "apiserver/encoding/negotiate.h"

#include "apiserver/encoding/media_type.h"

namespace apiserver {
namespace {

constexpr std::string_view kProtobufSubtype = "vnd.kubernetes.protobuf";

// The serialisations in the order in which the reference registers them.
struct Serialisation {
  std::string_view subtype;
  Encoding encoding;
};
constexpr Serialisation kSerialisations[] = {
    {"json", Encoding::kJson}, {"yaml", Encoding::kYaml}, {kProtobufSubtype, Encoding::kProtobuf}};

bool IsOffered(const Serialisation& serialisation, const Offer& offer) {
  return serialisation.encoding != Encoding::kProtobuf || offer.has_protobuf;
}

// Step one: a route is chosen only when a clause names a producible type in full, or is `*/*`.
bool MatchesRoute(std::string_view header, const Offer& offer) {
  if (header.empty()) return true;
  while (!header.empty()) {
    const auto comma = header.find(',');
    std::string_view clause = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    clause = clause.substr(0, clause.find(';'));
    while (!clause.empty() && clause.front() == ' ') clause.remove_prefix(1);
    while (!clause.empty() && clause.back() == ' ') clause.remove_suffix(1);
    if (clause == "*/*" || clause == "application/json") return true;
    if (offer.is_json_only) continue;
    if (clause == "application/yaml" || clause == "application/vnd.kubernetes.protobuf")
      return true;
  }
  return false;
}

constexpr std::string_view kRouteRefusal = "406: Not Acceptable";

ApiError RouteError(const Offer& offer) {
  std::string text = std::string(kRouteRefusal) + "\n\nAvailable representations: application/json";
  if (!offer.is_json_only) text += ", application/yaml, application/vnd.kubernetes.protobuf";
  if (offer.is_watch || offer.is_list) {
    text += ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
  }
  ApiError error{406, "NotAcceptable", std::move(text), StatusDetails{}, {}};
  return error;
}

ApiError SerialisationError(std::string_view offered) {
  return {406,
          "NotAcceptable",
          "only the following media types are accepted: " + std::string(offered),
          std::nullopt,
          {}};
}

constexpr std::string_view kOffered =
    "application/json, application/yaml, application/vnd.kubernetes.protobuf";
constexpr std::string_view kOfferedToWatches =
    "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

// Whether the clause's parameters can be honoured; fills the view.
bool TakeParameters(const MediaType& clause, const Offer& offer, Accepted& accepted) {
  const std::string_view as = clause.Parameter("as");
  if (as.empty()) return true;
  if (!offer.has_views || clause.Parameter("g") != "meta.k8s.io") return false;
  const std::string_view version = clause.Parameter("v");
  if (version != "v1" && version != "v1beta1") return false;
  if (as == "Table") {
    if (!offer.has_tables) return false;
    accepted.view = View::kTable;
  } else if (as == "PartialObjectMetadata") {
    accepted.view = View::kPartialObjectMetadata;
  } else if (as == "PartialObjectMetadataList") {
    accepted.view = View::kPartialObjectMetadataList;
  } else {
    return false;
  }
  accepted.view_version = version;
  return true;
}

// As Go's ParseBool; what it can't read is false.
bool IsTrue(std::string_view text) {
  for (const std::string_view word : {"1", "t", "T", "true", "True", "TRUE"}) {
    if (text == word) return true;
  }
  return false;
}

bool IsPretty(const MediaType& clause, std::string_view user_agent, const std::string* parameter) {
  if (parameter != nullptr && !parameter->empty()) return IsTrue(*parameter);
  const std::string_view in_clause = clause.Parameter("pretty");
  if (!in_clause.empty()) return in_clause == "1" || in_clause == "true";
  // People at a terminal: the reference pretty-prints for these agents.
  return user_agent.starts_with("curl") || user_agent.starts_with("Wget") ||
         user_agent.starts_with("Mozilla/5.0");
}

bool Matches(const MediaType& clause, const Serialisation& serialisation) {
  if (clause.type == "*" && clause.subtype == "*") return true;
  return clause.type == "application" &&
         (clause.subtype == "*" || clause.subtype == serialisation.subtype);
}

}  // namespace

std::optional<ApiError> RefusedByRoute(std::string_view accept_header, const Offer& offer) {
  if (!offer.is_routed || MatchesRoute(accept_header, offer)) return std::nullopt;
  return RouteError(offer);
}

ErrorForm NegotiateErrors(std::string_view accept_header, std::string_view user_agent,
                          const std::string* pretty_parameter) {
  for (const MediaType& clause : ParseAccept(accept_header)) {
    if (!clause.Parameter("as").empty()) continue;
    for (const Serialisation& serialisation : kSerialisations) {
      if (!Matches(clause, serialisation)) continue;
      return {serialisation.encoding, IsPretty(clause, user_agent, pretty_parameter)};
    }
  }
  return {Encoding::kJson, true};
}

bool IsRouteRefusal(const ApiError& error) { return error.message.starts_with(kRouteRefusal); }

ApiResult<Accepted> NegotiateAnswer(std::string_view accept_header, const Offer& offer,
                                    std::string_view user_agent,
                                    const std::string* pretty_parameter) {
  if (auto refused = RefusedByRoute(accept_header, offer)) return std::move(*refused);
  for (const MediaType& clause : ParseAccept(accept_header)) {
    for (const Serialisation& serialisation : kSerialisations) {
      if (!IsOffered(serialisation, offer)) continue;
      if (!Matches(clause, serialisation)) continue;
      Accepted accepted;
      accepted.encoding = serialisation.encoding;
      if (!TakeParameters(clause, offer, accepted)) continue;
      // Tables have no protobuf.
      const bool is_protobuf = serialisation.encoding == Encoding::kProtobuf;
      if (is_protobuf && accepted.view == View::kTable) continue;
      if (offer.is_watch && serialisation.encoding == Encoding::kYaml) {
        return SerialisationError(kOfferedToWatches);
      }
      accepted.pretty = IsPretty(clause, user_agent, pretty_parameter);
      return accepted;
    }
  }
  return SerialisationError(kOffered);
}

}  // namespace apiserver
