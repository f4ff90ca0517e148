#include "apiserver/http/https_client.h"

#include "apiserver/http/client_core.h"
#include "apiserver/http/even_hello.h"
#include "apiserver/http/outside_texts.h"

namespace apiserver {
namespace {

using boost::system::error_code;

constexpr char kBrokenBody[] = "unexpected error when reading response body.";

// What makes two calls share connections.
std::string CalleeKey(const OutsideJob& job) {
  const OutsideTls& tls = job.call.tls;
  std::string key = job.url.is_tls ? "s" : "p";
  for (const std::string* part :
       {&job.url.host, &job.url.port, &job.call.dial_address, &tls.server_name,
        &tls.authorities_pem, &tls.client_certificate_pem, &tls.client_key_pem}) {
    key += *part;
    key += '\0';
  }
  return key + (tls.skips_verification ? '1' : '0');
}

}  // namespace

ClientCore::ClientCore(HttpsClient::Gate given_gate, const HttpsClientLimits& given_limits)
    : IoCore(1, given_limits.connections_max), gate(std::move(given_gate)), limits(given_limits) {}

sim::Result<std::shared_ptr<Callee>> ClientCore::CalleeOf(const OutsideJob& job) {
  const std::string key = CalleeKey(job);
  if (const auto found = callees_.find(key); found != callees_.end()) return found->second;
  auto callee = std::make_shared<Callee>();
  const OutsideTls& tls = job.call.tls;
  SSL_CTX* context = callee->tls.native_handle();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (limits.has_even_hello) UseEvenHello(context);
  if (job.url.is_tls && !tls.skips_verification) {
    callee->trust = TrustStore::Make(tls.authorities_pem);
  }
  if (!tls.client_certificate_pem.empty()) {
    error_code error;
    callee->tls.use_certificate_chain(boost::asio::buffer(tls.client_certificate_pem), error);
    if (!error) {
      callee->tls.use_private_key(boost::asio::buffer(tls.client_key_pem),
                                  boost::asio::ssl::context::pem, error);
    }
    if (error) return sim::Error{"tls: failed to find any PEM data in certificate input"};
  }
  if (callees_.size() >= limits.callees_max) ForgetCallees();
  callees_[key] = callee;
  return callee;
}

void ClientCore::ForgetCallees() {
  for (const auto& [key, callee] : callees_) callee->idle.clear();
  callees_.clear();
}

void ClientCore::Begin(OutsideJob job) {
  auto url = ParseOutsideUrl(job.call.url);
  if (!url.ok()) return Settle(job, url.error());
  job.url = std::move(url).value();
  auto callee = CalleeOf(job);
  if (!callee.ok()) return Settle(job, callee.error());
  auto& idle = (*callee)->idle;
  while (!idle.empty()) {
    const std::shared_ptr<OutsideConnection> kept = std::move(idle.back());
    idle.pop_back();
    if (!kept->is_fresh_enough()) continue;
    under_way_[job.id] = kept;
    return kept->Carry(std::move(job));
  }
  BeginFresh(std::move(job), *callee);
}

void ClientCore::BeginFresh(OutsideJob job, std::shared_ptr<Callee> callee) {
  const auto connection = MakeOutsideConnection(shared_from_this(), std::move(callee));
  if (!Join(connection.get())) return Settle(job, sim::Error{"too many connections outside"});
  under_way_[job.id] = connection;
  connection->Carry(std::move(job));
}

void ClientCore::Drop(std::uint64_t id) {
  const auto found = under_way_.extract(id);
  if (!found) return;
  if (const auto connection = found.mapped().lock()) connection->Forget();
}

void ClientCore::Settle(OutsideJob& job, sim::Result<OutsideAnswer> answer) {
  under_way_.erase(job.id);
  const auto answered = std::exchange(job.answered, nullptr);
  if (answered == nullptr || is_stopped()) return;
  // client-go shows an answer that broke off without what was asked.
  if (!answer.ok() && !answer.error().message.starts_with(kBrokenBody)) {
    answer.error().message = OutsideRequestText(job.call) + ": " + answer.error().message;
  }
  answered(std::move(answer));
}

void ClientCore::Keep(const std::shared_ptr<Callee>& callee,
                      std::shared_ptr<OutsideConnection> connection) {
  if (is_stopped() || callee->idle.size() >= limits.idle_per_callee_max) return;
  callee->idle.push_back(std::move(connection));
}

HttpsClient::HttpsClient(Gate gate, HttpsClientLimits limits)
    : core_(std::make_shared<ClientCore>(std::move(gate), limits)) {
  core_->Start();
}

HttpsClient::~HttpsClient() {
  core_->JoinThreads();
  core_->Stop();
  core_->ForgetCallees();
}

void HttpsClient::Send(std::uint64_t id, OutsideCall call, sim::Time now, Answered answered) {
  ++core_->activity.busy;
  ++core_->activity.moves;
  const Revision shown = call.shown_revision;
  auto job =
      std::make_shared<OutsideJob>(OutsideJob{id, std::move(call), {}, now, std::move(answered)});
  auto leave = [core = core_, job] {
    core->Post(core->lane(), [core, job] {
      core->Begin(std::move(*job));
      --core->activity.busy;
      ++core->activity.moves;
    });
  };
  core_->gate ? core_->gate(shown, std::move(leave)) : leave();
}

void HttpsClient::Drop(std::uint64_t id) {
  core_->Post(core_->lane(), [core = core_, id] { core->Drop(id); });
}

namespace {

// What is posted while a handler runs comes after the look at the sockets that follows it, and what
// that look finds comes after the next post.
constexpr int kPassPosts = 3;

void PassAgain(const std::shared_ptr<ClientCore>& core, int count, std::function<void()> done) {
  core->Post(core->lane(), [core, count, done = std::move(done)]() mutable {
    count == 0 ? done() : PassAgain(core, count - 1, std::move(done));
  });
}

}  // namespace

void HttpsClient::AfterPass(std::function<void()> done) {
  PassAgain(core_, kPassPosts, std::move(done));
}

const HttpActivity& HttpsClient::activity() const { return core_->activity; }

}  // namespace apiserver
