#include "apiserver/encoding/decode_request.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/api/yaml.h"
#include "apiserver/encoding/media_type.h"
#include "apiserver/encoding/negotiate.h"
#include "apiserver/pipeline/request_info.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/protobuf.h"

namespace apiserver {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool HasBrokenEscape(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    if (i + 2 >= text.size() || HexDigit(text[i + 1]) < 0 || HexDigit(text[i + 2]) < 0) return true;
  }
  return false;
}

void DecodeTarget(std::string_view target, Request& request) {
  const auto question = target.find('?');
  request.path = PercentDecode(target.substr(0, question), false);
  if (question == std::string_view::npos) return;
  std::string_view query = target.substr(question + 1);
  while (!query.empty()) {
    const auto ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    query = ampersand == std::string_view::npos ? std::string_view() : query.substr(ampersand + 1);
    // As Go does, pairs that can't be unescaped are left out.
    if (pair.empty() || HasBrokenEscape(pair)) continue;
    const auto equals = pair.find('=');
    std::string value;
    if (equals != std::string_view::npos) value = PercentDecode(pair.substr(equals + 1), true);
    request.query.emplace_back(PercentDecode(pair.substr(0, equals), true), std::move(value));
  }
}

// A built-in resource's row for what the request addresses, or null (custom resources, unknown
// ones).
const ResourceInfo* Builtin(const RequestInfo& info) {
  return info.is_resource ? FindResource(info.group, info.version, info.resource) : nullptr;
}

// Endpoints whose routes promise any form of answer.
bool IsConnection(std::string_view subresource) {
  for (std::string_view name : {"log", "exec", "attach", "portforward", "proxy"}) {
    if (subresource == name) return true;
  }
  return false;
}

// Endpoints for which upstream has no printer.
bool LacksTables(const RequestInfo& info) {
  const std::string& below = info.subresource;
  if (below == "status") {
    return info.resource == "customresourcedefinitions" || info.resource == "apiservices" ||
           info.resource == "resourceclaims";
  }
  return below == "token" || below == "eviction" || below == "binding" || below == "approval" ||
         below == "finalize" || below == "ephemeralcontainers" || below == "resize";
}

void Negotiate(const WireRequest& wire, const ResourceInfo* resource, Request& request) {
  Offer offer;
  offer.is_watch = request.info.verb == "watch";
  const bool is_api = request.info.is_resource;
  if (is_api && resource == nullptr) offer.has_protobuf = false;
  offer.is_list = request.info.verb == "list";
  offer.is_routed = resource != nullptr && !IsConnection(request.info.subresource);
  if (!is_api) offer.has_views = false;
  if (resource != nullptr) offer.has_views = resource->HasVerb("get") || resource->HasVerb("list");
  offer.has_tables = !LacksTables(request.info);
  const std::string* pretty = request.Query("pretty");
  ApiResult<Accepted> accepted = NegotiateAnswer(wire.accept, offer, wire.user_agent, pretty);
  if (accepted.ok()) request.accept = *accepted;
  request.accept.errors = NegotiateErrors(wire.accept, wire.user_agent, pretty);
  if (!is_api) return;  // Documents refuse in their own ways.
  if (!accepted.ok()) request.accept_error = accepted.error();
}

std::string SummarizeBody(const std::string& body) {
  constexpr std::size_t kShownMax = 30;
  if (body.empty()) return "<empty>";
  if (body.front() == '{') {
    return body.size() > kShownMax ? body.substr(0, kShownMax) + " ..." : body;
  }
  const std::string shown = body.substr(0, kShownMax);
  std::string hex;
  for (const char c : shown) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[(static_cast<unsigned char>(c) >> 4) & 0xf];
    hex += kDigits[static_cast<unsigned char>(c) & 0xf];
  }
  return body.size() > kShownMax ? hex + " ..." : hex;
}

// Words of upstream's transformDecodeError; deletions and subresources without a kind show the bare
// problem.
ApiError DecodeProblem(const Request& request, std::string_view kind, const std::string& problem) {
  if (kind.empty() || request.method == "DELETE") return BadRequestError(problem);
  return BadRequestError("the object provided is unrecognized (must be of type " +
                         std::string(kind) + "): " + problem + " (" + SummarizeBody(request.body) +
                         ")");
}

std::string_view ExpectedKind(const Request& request, const ResourceInfo* resource) {
  if (resource == nullptr) return {};
  if (request.info.subresource.empty()) return resource->kind;
  const SubresourceInfo* subresource = resource->FindSubresource(request.info.subresource);
  return subresource == nullptr ? std::string_view() : subresource->kind;
}

void TakeJson(JsonParseResult parsed, std::string_view kind, std::string_view prefix,
              Request& request) {
  if (!parsed.ok()) {
    request.decode_error = DecodeProblem(request, kind, std::string(prefix) + parsed.error);
    return;
  }
  for (const std::string& path : parsed.duplicate_fields) {
    request.duplicate_fields.push_back("duplicate field \"" + path + "\"");
  }
  for (std::string& sentence : parsed.strict_errors) {
    request.duplicate_fields.push_back(std::move(sentence));
  }
  if (parsed.value.is_null()) parsed.value.emplace_object();
  if (!parsed.value.is_object()) {
    const char* got = parsed.value.is_array()    ? "array"
                      : parsed.value.is_string() ? "string"
                      : parsed.value.is_bool()   ? "bool"
                                                 : "number";
    request.decode_error = DecodeProblem(
        request, kind,
        "couldn't get version/kind; json parse error: json: cannot unmarshal " + std::string(got) +
            " into Go value of type struct { APIVersion string "
            "\"json:\\\"apiVersion,omitempty\\\"\"; "
            "Kind string \"json:\\\"kind,omitempty\\\"\" }");
    return;
  }
  request.object = std::move(parsed.value);
}

// The type that a protobuf body names, or null: options may come in any group-version.
const Type* EnvelopeType(const ProtobufEnvelope& envelope) {
  const auto [group, version] = SplitApiVersion(envelope.api_version);
  return FindType(group, version, envelope.kind);
}

void DecodeProtobufBody(std::string_view kind, Request& request) {
  request.is_protobuf = true;
  const sim::Result<ProtobufEnvelope> envelope = DecodeProtobufEnvelope(request.body);
  if (!envelope.ok()) {
    request.decode_error = DecodeProblem(request, kind, envelope.error().message);
    return;
  }
  const Type* type = EnvelopeType(*envelope);
  if (type == nullptr) {
    request.decode_error = DecodeProblem(
        request, kind,
        "no kind \"" + std::string(envelope->kind) + "\" is registered for version \"" +
            std::string(envelope->api_version) + "\" in scheme \"pkg/runtime/scheme.go:111\"");
    return;
  }
  sim::Result<Value> decoded = DecodeProtobufObject(*type, *envelope, request.arena.get());
  if (!decoded.ok()) {
    request.decode_error = DecodeProblem(request, kind, decoded.error().message);
    return;
  }
  request.object = std::move(*decoded);
}

// A missing Content-Type is JSON for objects; patches must name theirs, to the letter.
std::string ContentTypeOf(const WireRequest& wire) {
  if (wire.method == "PATCH") {
    const std::string text = wire.content_type.substr(0, wire.content_type.find(';'));
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }
  return wire.content_type.empty() ? "application/json" : ParseContentType(wire.content_type);
}

bool HasObjectBody(const Request& request) {
  return request.method == "POST" || request.method == "PUT" ||
         (request.method == "DELETE" && !request.body.empty());
}

void DecodeBody(const ResourceInfo* resource, Request& request) {
  request.arena = std::make_unique<boost::json::monotonic_resource>(request.body.size() * 4 + 1024);
  const std::string_view kind = ExpectedKind(request, resource);
  constexpr std::string_view kJsonProblem = "couldn't get version/kind; json parse error: ";
  if (request.content_type == "application/json") {
    return TakeJson(ParseJson(request.body, request.arena.get()), kind, kJsonProblem, request);
  }
  if (request.content_type == "application/yaml") {
    return TakeJson(ParseYaml(request.body, request.arena.get()), kind, "", request);
  }
  if (request.content_type == "application/vnd.kubernetes.protobuf" && resource != nullptr) {
    return DecodeProtobufBody(kind, request);
  }
  request.decode_error = UnsupportedMediaTypeError(
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json, application/yaml, application/vnd.kubernetes.protobuf");
}

}  // namespace

bool HasBrokenPath(std::string_view target) {
  return HasBrokenEscape(target.substr(0, target.find('?')));
}

std::string PercentDecode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::unique_ptr<Request> DecodeRequest(const WireRequest& wire, UserInfo user) {
  auto request = std::make_unique<Request>();
  request->method = wire.method;
  DecodeTarget(wire.target, *request);
  request->info = ReadRequestInfo(request->method, request->path, request->query);
  request->user = std::move(user);
  request->impersonation = wire.impersonation;
  request->user_agent = wire.user_agent;
  request->if_none_match = wire.if_none_match;
  request->body = wire.body;
  request->accept_header = wire.accept;
  const ResourceInfo* resource = Builtin(request->info);
  Negotiate(wire, resource, *request);
  request->content_type = ContentTypeOf(wire);
  if (request->info.is_resource && HasObjectBody(*request)) DecodeBody(resource, *request);
  return request;
}

}  // namespace apiserver
