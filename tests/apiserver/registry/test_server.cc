#include "tests/apiserver/registry/test_server.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/encoding/decode_request.h"
#include "apiserver/encoding/encode.h"

namespace apiserver {
namespace {

UserInfo Admin() { return {"admin", "admin-uid", {"system:masters", "system:authenticated"}, {}}; }

WireRequest Wire(const std::string& method, const std::string& target) {
  WireRequest wire;
  wire.method = method;
  wire.target = target;
  wire.accept = "application/json";
  wire.user_agent = "parity/1";
  return wire;
}

}  // namespace

TestServer::TestServer()
    : kernel_({.seed = 7}), server_(kernel_, {}, StrategyTable(), PrinterTable()) {}

TestServer::Answer TestServer::Run(std::unique_ptr<Request> request) {
  const Accepted accept = request->accept;
  const RequestInfo info = request->info;
  sim::Task<Response> task = server_.pipeline().Handle(std::move(request));
  const Response response = task.Take();
  Answer answer;
  answer.status = response.status;
  answer.warnings = response.warnings;
  answer.shown_revision = response.shown_revision;
  if (std::holds_alternative<std::shared_ptr<WatchStream>>(response.body)) return answer;
  JsonParseResult parsed = ParseJson(EncodeAnswer(accept, info, response).bytes);
  if (parsed.ok()) answer.body = std::move(parsed.value);
  return answer;
}

TestServer::Answer TestServer::Do(const std::string& method, const std::string& target,
                                  const std::string& body, const std::string& content_type,
                                  const std::string& accept) {
  WireRequest wire = Wire(method, target);
  wire.accept = accept;
  wire.body = body;
  wire.content_type = body.empty() ? "" : content_type;
  return Run(DecodeRequest(wire, Admin()));
}

TestServer::Answer TestServer::DoAs(const std::string& name, const std::string& method,
                                    const std::string& target) {
  UserInfo user{name, {}, {}, {}};
  user.groups.emplace_back(name == "system:anonymous" ? "system:unauthenticated"
                                                      : "system:authenticated");
  return Run(DecodeRequest(Wire(method, target), std::move(user)));
}

}  // namespace apiserver
