// orrery under the name of another program, as envtest starts its two: kube-apiserver and etcd.
#pragma once

#include <optional>

namespace scenarios {

// The exit status if argv[0] is the name of one of them; nothing if it is not.
// As kube-apiserver nothing acts on objects, as in envtest, unless --controllers says so.
// As etcd it only answers /health: the state lives in the kube-apiserver's own process.
std::optional<int> RunAsUpstreamProgram(int argc, char** argv);

}  // namespace scenarios
