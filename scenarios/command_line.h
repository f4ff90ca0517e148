// The command line: a contract (see `orrery help`).
#pragma once

namespace scenarios {

// Returns the process's exit status: 0 all well, 1 an expectation failed, 2 bad usage or bad file,
// 3 a replay or a repeated run differed.
int RunCommandLine(int argc, char** argv);

}  // namespace scenarios
