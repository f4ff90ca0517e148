#include "apiserver/discovery/health_checks.h"
#include "apiserver/pipeline/documents.h"

namespace apiserver {
namespace {

Response TextResponse(int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

// Of all checks at once.
Response Verdict(std::string text) {
  Response response = TextResponse(200, std::move(text));
  response.headers = {{"X-Content-Type-Options", "nosniff"}};
  return response;
}

std::string VerboseReport(const std::string& endpoint, const std::string* excluded) {
  std::string text;
  for (const std::string_view check : HealthChecksOf(endpoint)) {
    const bool is_excluded = excluded != nullptr && *excluded == check;
    text += "[+]" + std::string(check) + (is_excluded ? " excluded: ok\n" : " ok\n");
  }
  return text + endpoint + " check passed\n";
}

}  // namespace

std::optional<Response> HandleHealth(const Request& request) {
  for (const char* name : {"healthz", "livez", "readyz"}) {
    const std::string endpoint = name;
    const std::string path = "/" + endpoint;
    if (request.path == path) {
      if (request.Query("verbose") == nullptr) return Verdict("ok");
      return Verdict(VerboseReport(endpoint, request.Query("exclude")));
    }
    if (!request.path.starts_with(path + "/")) continue;
    const std::string check = request.path.substr(path.size() + 1);
    for (const std::string_view known : HealthChecksOf(endpoint)) {
      if (check == known) return TextResponse(200, "ok");
    }
  }
  return std::nullopt;
}

}  // namespace apiserver
