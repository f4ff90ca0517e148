#include "scenarios/runner/program_run.h"

#include "scenarios/api_gateway.h"
#include "scenarios/runner/program_host.h"

namespace scenarios {

sim::Result<void> RunWithPrograms(const Scenario& scenario, ScenarioSession& session,
                                  const ScenarioRunOptions& options, RoleCollector* roles) {
  auto directory = TemporaryDirectory::Make();
  if (!directory.ok()) return directory.error();
  sim::Driver driver(session.kernel(), {.pace = sim::Pace::kUnbounded});
  driver.StopOnSignals();
  // Not a stream of the kernel: a replay takes the order from the recording.
  sim::Random order(options.seed, 0, "rounds");
  sim::Rounds rounds(options.seed == 0 ? nullptr : &order);
  const Identities identities = MakeIdentities(scenario, options.seed);
  ApiGateway gateway(driver.inbox(), session.cluster().handler(),
                     apiserver::Authenticator(identities.tokens, session.identity().token_signer),
                     {}, [&identities, &scenario](const apiserver::UserInfo& user) {
                       return PlaceOf(user, scenario, identities);
                     });
  gateway.SetOnReceive(
      [&session](const apiserver::UserInfo& user, const apiserver::RequestInfo& info) {
        session.runner().OnRequest(user, info);
      });
  if (roles != nullptr) {
    gateway.SetOnAnswer([roles](const ApiGateway::Answered& answered) { roles->Note(answered); });
  }
  auto server = apiserver::HttpServer::Start(
      {.address = "127.0.0.1",
       .port = 0,
       .threads = 0,
       .serving = session.identity().serving,
       .client_authorities_pem = session.identity().authority.certificate_pem,
       .is_repeatable = true},
      gateway);
  if (!server.ok()) return server.error();
  driver.SetRounds(&rounds, &(*server)->release_gate());
  driver.SetSockets((*server)->sockets());
  {
    ProgramHost host(
        scenario, session, driver, rounds, ProgramHost::Places{directory->path(), options.trails},
        options.seed, [&session](const std::string& program, const std::string& threads) {
          session.runner().Fail("program " + program +
                                " computed for 30s of CPU time without a rest: " + threads);
        });
    host.Serve(**server, identities);
    if (auto begun = session.Begin(&host); !begun.ok()) return begun;
    const sim::StopReason reason = driver.Run([&] {
      if (options.progress) {
        options.progress(session.runner().current_step(), session.kernel().now());
      }
      return session.runner().is_done();
    });
    if (reason == sim::StopReason::kStuckProgram) {
      session.runner().Fail("program " + driver.stuck_program() +
                            " was not quiet for a minute of real time");
    }
    if (reason == sim::StopReason::kSignal) return sim::Error{"interrupted"};
  }
  server->reset();
  return {};
}

}  // namespace scenarios
