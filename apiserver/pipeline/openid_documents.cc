#include "apiserver/pipeline/openid_documents.h"

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

constexpr std::string_view kKeysPath = "/openid/v1/jwks";
constexpr std::string_view kConfigurationPath = "/.well-known/openid-configuration";

Response Document(std::string text, std::string_view type) {
  Response response;
  response.content_type = std::string(type);
  response.headers = {{"Cache-Control", "public, max-age=3600"}};
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

std::string Configuration() {
  const Value document = {{"issuer", kTokenIssuer},
                          {"jwks_uri", std::string(kTokenIssuer) + std::string(kKeysPath)},
                          {"response_types_supported", Array{"id_token"}},
                          {"subject_types_supported", Array{"public"}},
                          {"id_token_signing_alg_values_supported", Array{"RS256"}}};
  return ToJson(document);
}

}  // namespace

DocumentHandler MakeOpenIdDocuments(std::shared_ptr<const Authenticator> authenticator) {
  return [authenticator =
              std::move(authenticator)](const Request& request) -> std::optional<Response> {
    if (request.method != "GET") return std::nullopt;
    if (request.path == kConfigurationPath) return Document(Configuration(), "application/json");
    if (request.path != kKeysPath) return std::nullopt;
    return Document(R"({"keys":[)" + authenticator->signer()->Jwk() + "]}",
                    "application/jwk-set+json");
  };
}

}  // namespace apiserver
