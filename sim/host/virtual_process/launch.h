// Starts a program under a supervisor: in namespaces of its own where the system allows it, traced,
// its trapped calls handed over, stopped before it becomes the program.
//
// The program is the second process of a process namespace, so that process numbers are the same in
// every run, and so that all of it ends when the first, a small reaper, does.
#pragma once

#include <sys/types.h>

#include "sim/host/virtual_process/protocol.h"
#include "sim/result.h"

namespace sim::virtual_process {

// Empty when a program begins, its own, and gone with it: a place for temporary files.
inline constexpr char kTemporaryPlace[] = "/var/tmp";
// Holds the folder of a run, as "run": of what every system has, what programs use least.
inline constexpr char kHomePlace[] = "/srv";

struct Launched {
  pid_t starter = -1;  // Our child, outside of the namespaces.
  pid_t program = -1;
  int listener = -1;   // Of seccomp.
  int output = -1;     // What the program prints, both streams; not blocking.
  int handshake = -1;  // Holds the error number when the program can't be executed.
  bool has_namespaces = false;
};

// Errors name the permission that is missing, and `pacing: real`.
Result<Launched> Launch(const StartMessage& start);
// Lets it execute the program: its next call is execve.
void LetExecute(Launched& launched);
// Why it could not; 0 if that is not known.
int ReadExecError(Launched& launched);

}  // namespace sim::virtual_process
