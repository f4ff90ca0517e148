#include "scenarios/api_gateway.h"

#include "apiserver/encoding/wire_record.h"
#include "sim/byte_codec.h"

namespace scenarios {

using apiserver::Request;
using apiserver::Response;

ApiGateway::ApiGateway(sim::Inbox& inbox, apiserver::RequestHandler& handler,
                       apiserver::Authenticator authenticator, DurabilityGate gate,
                       ProgramOf program_of)
    : inbox_(inbox),
      handler_(handler),
      authenticator_(std::move(authenticator)),
      gate_(std::move(gate)),
      program_of_(std::move(program_of)) {}

apiserver::Authentication ApiGateway::Authenticate(
    const apiserver::Credentials& credentials) const {
  return authenticator_.Authenticate(credentials);
}

std::uint64_t ApiGateway::Submit(apiserver::WireRequest wire, std::unique_ptr<Request> request,
                                 Reply reply) {
  const std::uint64_t id = ++last_id_;
  sim::Input input;
  input.kind = "request.receive";
  input.bytes = apiserver::PackWireRecord(id, request->user, wire);
  if (program_of_) {
    if (const auto program = program_of_(request->user)) {
      input.round = sim::RoundKey{.program = *program,
                                  .verb = wire.method,
                                  .target = wire.target,
                                  .content_type = wire.content_type,
                                  .body = wire.body};
    }
  }
  input.run = [this, id, request = std::move(request), reply = std::move(reply)]() mutable {
    Receive(id, std::move(request), std::move(reply));
  };
  inbox_.Push(std::move(input));
  return id;
}

void ApiGateway::Cancel(std::uint64_t id) {
  sim::Input input;
  input.kind = "request.cancel";
  input.bytes = sim::ByteWriter().U64(id).Take();
  input.run = [this, id] {
    const auto found = running_.find(id);
    if (found == running_.end()) return;  // It was answered before.
    const sim::TaskScope::Id task = found->second;
    running_.erase(found);
    tasks_.Cancel(task);
  };
  inbox_.Push(std::move(input));
}

void ApiGateway::WhenDurable(apiserver::Revision revision, std::function<void()> ready) {
  if (gate_) {
    gate_(revision, std::move(ready));
  } else {
    ready();
  }
}

void ApiGateway::Receive(std::uint64_t id, std::unique_ptr<Request> request, Reply reply) {
  const sim::TaskScope::Id task = tasks_.Spawn(Run(id, std::move(request), std::move(reply)));
  if (task != 0) running_[id] = task;
}

sim::Task<> ApiGateway::Run(std::uint64_t id, std::unique_ptr<Request> request, Reply reply) {
  Response response = co_await handler_.Handle(std::move(request));
  running_.erase(id);
  reply(std::move(response));
}

}  // namespace scenarios
