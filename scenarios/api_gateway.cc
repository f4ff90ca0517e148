#include "scenarios/api_gateway.h"

#include "apiserver/encoding/wire_record.h"
#include "apiserver/ports/log_stream.h"
#include "apiserver/watch/watch_stream.h"
#include "sim/byte_codec.h"
#include "sim/digest.h"

namespace scenarios {

using apiserver::Request;
using apiserver::Response;

namespace {

// Nobody reads: a stream that nobody reads is never behind.
void DropAnswer(Response response) {
  if (const auto* watch = std::get_if<std::shared_ptr<apiserver::WatchStream>>(&response.body)) {
    (*watch)->Cancel();
  } else if (const auto* log = std::get_if<std::shared_ptr<apiserver::LogStream>>(&response.body)) {
    (*log)->stream()->Cancel();
  }
}

}  // namespace

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
  apiserver::Authentication who = authenticator_.Authenticate(credentials);
  if (refuses_anonymous_ && !who.error && who.user.name == "system:anonymous") {
    who.error = apiserver::UnauthorizedError();
  }
  return who;
}

std::uint64_t ApiGateway::Submit(apiserver::WireRequest wire, std::unique_ptr<Request> request,
                                 Reply reply) {
  const auto program = program_of_ ? program_of_(request->user) : std::nullopt;
  const std::uint64_t id = program ? IdOf(*program, wire) : ++last_id_;
  sim::Input input;
  input.kind = "request.receive";
  input.bytes = apiserver::PackWireRecord(id, request->user, wire);
  if (program) {
    input.round = sim::RoundKey{.program = *program,
                                .verb = wire.method,
                                .target = wire.target,
                                .content_type = wire.content_type,
                                .body = wire.body,
                                .number = id};
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
  input.run = [this, id] { Drop(id); };
  if (const auto program = ProgramOfId(id)) {
    // In the order of a round, as what it cancels.
    input.round = sim::RoundKey{.program = *program, .verb = "cancel", .number = id};
  }
  inbox_.Push(std::move(input));
}

// Requests of a program are known by what they ask, and how often that was asked before: in which
// order those of several connections arrive is the machine's.
std::uint64_t ApiGateway::IdOf(std::uint32_t program, const apiserver::WireRequest& wire) {
  sim::Digest content;
  for (const std::string* text : {&wire.method, &wire.target, &wire.content_type, &wire.body}) {
    content.Add(*text);
  }
  content.Add(program);
  {
    const std::lock_guard lock(ids_mutex_);
    content.Add(++counts_[content.value()]);
  }
  constexpr std::uint64_t kContentBits = (std::uint64_t{1} << kProgramShift) - 1;
  return (std::uint64_t{program} + 1) << kProgramShift | (content.value() & kContentBits);
}

void ApiGateway::Drop(std::uint64_t id) {
  if (const auto stream = streams_.extract(id)) {
    if (const auto open = stream.mapped().lock()) open->Disconnect();
    return;
  }
  const auto found = running_.find(id);
  if (found == running_.end()) return;  // It was answered before.
  const sim::TaskScope::Id task = found->second;
  running_.erase(found);
  tasks_.Cancel(task);
}

// A client that leaves a stream ends what fills it.
void ApiGateway::KeepStream(std::uint64_t id, const Response& response) {
  std::shared_ptr<apiserver::WatchStream> stream;
  if (const auto* watch = std::get_if<std::shared_ptr<apiserver::WatchStream>>(&response.body)) {
    stream = *watch;
  } else if (const auto* log = std::get_if<std::shared_ptr<apiserver::LogStream>>(&response.body)) {
    stream = (*log)->stream();
  }
  if (stream == nullptr) return;
  // Streams that ended by themselves are swept out when half of the entries may be such.
  if (streams_.size() >= streams_max_) {
    std::erase_if(streams_, [](const auto& entry) { return entry.second.expired(); });
    streams_max_ = 2 * streams_.size() + 64;
  }
  streams_[id] = stream;
}

void ApiGateway::AddDecoders(sim::InputDecoders& decoders) {
  decoders.Add("request.receive", [this](std::string_view bytes) -> sim::Result<sim::Callback> {
    auto record = apiserver::UnpackWireRecord(bytes);
    if (!record.ok()) return record.error();
    auto request = apiserver::DecodeRequest(record->request, std::move(record->user));
    return sim::Callback([this, id = record->id, request = std::move(request)]() mutable {
      Receive(id, std::move(request), &DropAnswer);
    });
  });
  decoders.Add("request.cancel", [this](std::string_view bytes) -> sim::Result<sim::Callback> {
    sim::ByteReader reader(bytes);
    const std::uint64_t id = reader.U64();
    if (!reader.is_done()) return sim::Error{"a malformed request.cancel"};
    return sim::Callback([this, id] { Drop(id); });
  });
}

void ApiGateway::WhenDurable(apiserver::Revision revision, std::function<void()> ready) {
  if (gate_) {
    gate_(revision, std::move(ready));
  } else {
    ready();
  }
}

void ApiGateway::Receive(std::uint64_t id, std::unique_ptr<Request> request, Reply reply) {
  if (on_receive_) on_receive_(request->user, request->info);
  const sim::TaskScope::Id task = tasks_.Spawn(Run(id, std::move(request), std::move(reply)));
  if (task != 0) running_[id] = task;
}

sim::Task<> ApiGateway::Run(std::uint64_t id, std::unique_ptr<Request> request, Reply reply) {
  std::optional<Answered> answered;
  if (on_answer_) answered = Answered{request->user, request->info, request->path, 0};
  Response response = co_await handler_.Handle(std::move(request));
  running_.erase(id);
  if (answered) {
    answered->status = response.status;
    on_answer_(*answered);
  }
  KeepStream(id, response);
  reply(std::move(response));
}

}  // namespace scenarios
