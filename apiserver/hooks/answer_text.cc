#include "apiserver/hooks/answer_text.h"

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"

namespace apiserver {

std::string KindText(const std::string& api_version, const std::string& kind) {
  const auto [group, version] = SplitApiVersion(api_version);
  return std::string(group) + "/" + std::string(version) + ", Kind=" + kind;
}

std::string FailureText(const OutsideAnswer& answer) {
  if (answer.status >= 200 && answer.status <= 206) return {};
  const JsonParseResult body = ParseJson(answer.body);
  if (body.ok() && TextAt(body.value, {"kind"}) == "Status") {
    return std::string(TextAt(body.value, {"message"}));
  }
  switch (answer.status) {
    case 400:
      return "the server rejected our request for an unknown reason";
    case 401:
      return "the server has asked for the client to provide credentials";
    case 403:
      return answer.body.empty() ? "unknown" : answer.body;
    case 404:
      return "the server could not find the requested resource";
    case 405:
      return "the server does not allow this method on the requested resource";
    case 503:
      return "the server is currently unable to handle the request";
    case 504:
      return "the server was unable to return a response in the time allotted, but may still be "
             "processing the request";
    default:
      break;
  }
  if (answer.status >= 500) {
    return "an error on the server (" + GoQuote(answer.body.empty() ? "unknown" : answer.body) +
           ") has prevented the request from succeeding";
  }
  return "the server responded with the status code " + std::to_string(answer.status) +
         " but did not return more information";
}

}  // namespace apiserver
