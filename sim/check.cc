#include "sim/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace sim {
namespace {
// The only mutable state outside of objects: an abort must be able to say where the run was.
std::atomic<void (*)(void*)> check_context{nullptr};
std::atomic<void*> check_argument{nullptr};
}  // namespace

void SetCheckContext(void (*context)(void* argument), void* argument) {
  check_argument = argument;
  check_context = context;
}

void CheckFailed(const char* file, int line, const char* expression, std::string_view detail) {
  std::fprintf(stderr, "check failed: %s at %s:%d %.*s\n", expression, file, line,
               static_cast<int>(detail.size()), detail.data());
  if (auto* context = check_context.exchange(nullptr)) context(check_argument);
  std::abort();
}

}  // namespace sim
