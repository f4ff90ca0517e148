#include "apiserver/pipeline/openid_documents.h"

#include "apiserver/api/json_write.h"
#include "apiserver/registry/routes.h"

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

std::string Configuration(const Authenticator& authenticator, const std::string& server_address) {
  const std::string& issuer = authenticator.terms().issuers.front();
  const std::string server = server_address.empty() ? issuer : "https://" + server_address;
  const Value document = {
      {"issuer", issuer},
      {"jwks_uri", server + std::string(kKeysPath)},
      {"response_types_supported", Array{"id_token"}},
      {"subject_types_supported", Array{"public"}},
      {"id_token_signing_alg_values_supported", Array{Value(authenticator.signer()->algorithm())}}};
  return ToJson(document);
}

}  // namespace

DocumentHandler MakeOpenIdDocuments(std::shared_ptr<const Authenticator> authenticator,
                                    std::string server_address) {
  return [authenticator = std::move(authenticator), server_address = std::move(server_address)](
             const Request& request) -> std::optional<Response> {
    if (request.path != kConfigurationPath && request.path != kKeysPath) return std::nullopt;
    if (request.method != "GET") return ErrorResponse(NoSuchMethodError());
    if (request.path == kConfigurationPath) {
      return Document(Configuration(*authenticator, server_address), "application/json");
    }
    return Document(R"({"keys":[)" + authenticator->signer()->Jwks() + "]}",
                    "application/jwk-set+json");
  };
}

}  // namespace apiserver
