// What containers do, as data: rules that match image, command, args, environment, and what then
// happens.
//
// A rule file is {"rules": [RULE...]}, a RULE
//   {"name": "crashes-twice",
//    "match": {"image": "example.com/flaky*", "command": ["serve"], "args": [], "env": {"MODE":
//    "test*"}}, "behaviour": BEHAVIOUR}
// where every member of "match" may be left out; patterns have * for any text; "command" and "args"
// match word by word, a last "..." the rest, and [] an absent list. The first rule that matches
// describes the container. A BEHAVIOUR, all of whose members may be left out:
//   "interpret": true          run command and args in the small shell (shell.h); not understood:
//   the next rule "run": "30s" | "forever"   how long it runs (forever) "exitCode": 1 | [1, 1, 0]
//   at the end of its run; a list is by restart, its last number stays (0) "reason": "OOMKilled" of
//   the termination "start": "200ms"           from the end of the pull until it runs "ready":
//   false             its readiness and startup probes never succeed "readyAfter": "5s" they
//   succeed from then on "liveFor": "1m"            its liveness probe fails from then on "stop":
//   "1s"               from SIGTERM to its end "ignoresStop": true        it is killed when the
//   grace period is over "logs": [{"after": "1s", "text": "up"}, {"after": "2s", "every": "10s",
//   "text": "tick"}]   "every" at the end only "pull": "3s", "pullError": "..."   of its image
//   ({image} stands for its name) "cpu": "250m", "memory": "64Mi"    what it uses
// The annotation orrery.dev/behaviour of a pod is {"CONTAINER": BEHAVIOUR, "*": BEHAVIOUR} and
// comes before all rules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/runtime/trace.h"
#include "sim/result.h"

namespace nodes {

inline constexpr std::string_view kBehaviourAnnotation = "orrery.dev/behaviour";

// What rules are matched against.
struct ContainerFacts {
  std::string name;
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::map<std::string, std::string> environment;
  std::string hostname;
};

struct ImageBehaviour {
  sim::Duration pull_time{};
  std::string pull_error;  // "" when it can be pulled
  std::int64_t size_bytes = 0;
};

struct ContainerBehaviour {
  std::string rule;         // its name
  bool is_default = false;  // no rule describes the container
  ContainerTrace trace;
  sim::Duration start_time = std::chrono::milliseconds(200);
  bool becomes_ready = true;
  sim::Duration ready_after{};
  std::optional<sim::Duration> live_for;
  bool ignores_stop = false;
  sim::Duration stop_time = std::chrono::seconds(1);
  std::int64_t cpu_millicores = 0;
  std::int64_t memory_bytes = 0;
};

class BehaviourRules {
 public:
  BehaviourRules();
  ~BehaviourRules();
  BehaviourRules(BehaviourRules&&) noexcept;
  BehaviourRules& operator=(BehaviourRules&&) noexcept;

  // The rules that ship in the binary.
  static BehaviourRules Builtin();
  // Puts the rules of a file before those that are here. `origin` names the text in errors.
  sim::Result<void> AddBefore(std::string_view text, const std::string& origin);

  // `annotation` is the pod's, or ""; one that is malformed counts as none (see CheckAnnotation).
  // `restarts_count` says which run of the container it is.
  ContainerBehaviour Describe(const ContainerFacts& facts, int restarts_count,
                              std::string_view annotation) const;
  ImageBehaviour DescribeImage(const ContainerFacts& facts, std::string_view annotation) const;
  // "" or what is wrong with it.
  static std::string CheckAnnotation(std::string_view annotation);

 private:
  struct Rule;
  std::vector<Rule> rules_;
};

}  // namespace nodes
