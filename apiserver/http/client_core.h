// What the HTTPS client and its connections share. Threads: the I/O thread's, but for what IoCore
// opens to others.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <string>
#include <vector>

#include "apiserver/http/https_client.h"
#include "apiserver/http/io_core.h"
#include "apiserver/http/outside_url.h"
#include "apiserver/http/verify_peer.h"

namespace apiserver {

// A call on its way.
struct OutsideJob {
  std::uint64_t id = 0;
  OutsideCall call;
  OutsideUrl url;
  sim::Time now{};
  OutsideEdge::Answered answered;
};

// A connection to a callee: carries one call at a time.
class OutsideConnection : public CoreMember {
 public:
  // Carries `job` to its answer, over the open connection or one that is made first.
  virtual void Carry(OutsideJob job) = 0;
  virtual bool is_fresh_enough() const = 0;
  // Nobody waits for the call any more: no answer, no connection.
  virtual void Forget() = 0;
};

// Who is called under which rules of trust; its connections are alike.
struct Callee {
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_client};
  std::shared_ptr<const TrustStore> trust;
  std::vector<std::shared_ptr<OutsideConnection>> idle;  // the newest last
};

struct ClientCore final : IoCore, std::enable_shared_from_this<ClientCore> {
  ClientCore(HttpsClient::Gate given_gate, const HttpsClientLimits& given_limits);

  IoLane& lane() { return *lanes().front(); }
  void Begin(OutsideJob job);
  // On a new connection.
  void BeginFresh(OutsideJob job, std::shared_ptr<Callee> callee);
  void Drop(std::uint64_t id);
  // The call has its answer, or why there is none.
  void Settle(OutsideJob& job, sim::Result<OutsideAnswer> answer);
  void Keep(const std::shared_ptr<Callee>& callee, std::shared_ptr<OutsideConnection> connection);
  // Lets go of kept connections, which hold their callee and the core.
  void ForgetCallees();

  const HttpsClient::Gate gate;
  const HttpsClientLimits limits;
  HttpActivity activity;

 private:
  // Errors: the client certificate or its key is bad.
  sim::Result<std::shared_ptr<Callee>> CalleeOf(const OutsideJob& job);

  std::map<std::string, std::shared_ptr<Callee>> callees_;
  std::map<std::uint64_t, std::weak_ptr<OutsideConnection>> under_way_;
};

std::shared_ptr<OutsideConnection> MakeOutsideConnection(std::shared_ptr<ClientCore> core,
                                                         std::shared_ptr<Callee> callee);

}  // namespace apiserver
