// Programs that act as a service account: the account, its token, and whose requests are whose.
//
// Invariants:
// (1) The accounts are made in live runs and in replays, so that histories agree.
// (2) A program's token names the program, so that two of one account are told apart.
// Threads: the kernel's only.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/cluster.h"
#include "scenarios/language/scenario.h"

namespace scenarios {

// Makes the namespaces and accounts that programs name and that are not there. Errors: what the API
// server says.
sim::Result<void> MakeProgramAccounts(Cluster& cluster, const Scenario& scenario);

// A token of the program's account that lives as long as any scenario. Requires:
// program.service_account is "NAMESPACE/NAME", and MakeProgramAccounts was called.
std::string ProgramToken(Cluster& cluster, const apiserver::TokenSigner& signer, sim::Time now,
                         std::uint32_t place, const ProgramSpec& program);

// Writes what a pod of the account finds mounted (token, ca.crt, namespace) into `directory`, and
// answers the variables that say where the API server is.
sim::Result<std::vector<std::pair<std::string, std::string>>> WriteAccountFiles(
    const std::string& directory, const ProgramSpec& program, const std::string& token,
    const std::string& authority_pem, const std::string& server_url);

// Whether `user` is the program at `place`.
bool IsProgram(const apiserver::UserInfo& user, std::uint32_t place, const ProgramSpec& program);

}  // namespace scenarios
