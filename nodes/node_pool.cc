#include "nodes/node_pool.h"

#include "apiserver/client/resources.h"

namespace nodes {

using apiserver::ChangePtr;
using apiserver::ChangeType;

NodePool::NodePool(sim::Kernel& kernel, apiserver::RequestHandler& handler,
                   const apiserver::Store& store, apiserver::WatchHub& hub, NodePoolOptions options)
    : machines_(std::move(options.machines)),
      rules_(std::move(options.rules)),
      context_{.kernel = kernel,
               .handler = handler,
               .store = store,
               .network = network_,
               .machines = machines_,
               .default_machine = std::move(options.default_machine),
               .rules = rules_,
               .behaviour = options.behaviour} {
  subscriptions_.push_back(
      hub.Subscribe("nodes", {"", "nodes"}, [this](const ChangePtr& change) { OnNode(change); }));
  subscriptions_.push_back(
      hub.Subscribe("nodes", {"", "pods"}, [this](const ChangePtr& change) { OnPod(change); }));
}

sim::Result<void> NodePool::Create(const NodeTemplate& node) {
  const hardware_models::MachineModel* machine = context_.machines.Find(node.machine);
  if (machine == nullptr) {
    std::string known;
    for (const std::string& name : context_.machines.names())
      known += (known.empty() ? "" : ", ") + name;
    return sim::Error{"no machine model \"" + node.machine + "\" (there are " + known + ")"};
  }
  apiserver::Client client(context_.handler, context_.store,
                           {.user = {.name = "system:node:" + node.name,
                                     .uid = {},
                                     .groups = {"system:nodes", "system:authenticated"},
                                     .extra = {}},
                            .field_manager = "kubelet"});
  if (client.Live(apiserver::kNodes, {"", node.name})) return {};
  auto creation = client.Create(apiserver::kNodes, {}, MakeNode(node, *machine));
  if (!creation.done()) return sim::Error{"node " + node.name + ": a webhook is in the way"};
  const auto created = creation.Take();
  if (!created.ok()) return sim::Error{"node " + node.name + ": " + created.error().message};
  return {};
}

sim::Result<void> NodePool::CreateMany(std::size_t count, const std::string& machine) {
  for (std::size_t number = 1; number <= count; ++number) {
    auto created = Create(
        {.name = "node-" + std::to_string(number), .machine = machine, .labels = {}, .taints = {}});
    if (!created.ok()) return created;
  }
  return {};
}

void NodePool::Adopt(const apiserver::ObjectPtr& node) {
  const std::string& name = node->meta().name;
  const auto [at, is_new] = kubelets_.emplace(name, std::make_unique<Kubelet>(context_, node));
  const auto waiting = waiting_pods_.find(name);
  if (waiting == waiting_pods_.end()) return;
  for (const auto& [key, change] : waiting->second) at->second->SeePod(change);
  waiting_pods_.erase(waiting);
}

void NodePool::OnNode(const ChangePtr& change) {
  const std::string& name = change->object->meta().name;
  const auto known = kubelets_.find(name);
  if (change->type == ChangeType::kDeleted) {
    if (known != kubelets_.end()) kubelets_.erase(known);
  } else if (known == kubelets_.end()) {
    Adopt(change->object);
  } else {
    known->second->SeeNode(change->object);
  }
}

void NodePool::OnPod(const ChangePtr& change) {
  const std::string node_name(apiserver::TextAt(*change->object->Peek(), {"spec", "nodeName"}));
  if (node_name.empty()) return;
  const auto kubelet = kubelets_.find(node_name);
  if (kubelet != kubelets_.end()) return kubelet->second->SeePod(change);
  auto& waiting = waiting_pods_[node_name];
  if (change->type == ChangeType::kDeleted) {
    waiting.erase(change->object->key());
    if (waiting.empty()) waiting_pods_.erase(node_name);
  } else {
    waiting[change->object->key()] = change;
  }
}

bool NodePool::PowerLoss(const std::string& node) {
  const auto found = kubelets_.find(node);
  if (found == kubelets_.end() || !found->second->has_power()) return false;
  found->second->PowerLoss();
  return true;
}

bool NodePool::PowerReturn(const std::string& node) {
  const auto found = kubelets_.find(node);
  if (found == kubelets_.end() || found->second->has_power()) return false;
  found->second->PowerReturn();
  return true;
}

const Kubelet* NodePool::Find(const std::string& node) const {
  const auto found = kubelets_.find(node);
  return found != kubelets_.end() ? found->second.get() : nullptr;
}

}  // namespace nodes
