#include "nodes/kubelet.h"

#include "apiserver/api/time_format.h"
#include "apiserver/client/resources.h"
#include "sim/check.h"
#include "sim/digest.h"

namespace nodes {
namespace {

using apiserver::FindPath;
using apiserver::kLeases;
using apiserver::kNodes;
using apiserver::Object;
using apiserver::TextAt;
using apiserver::Value;

constexpr std::string_view kLeaseNamespace = "kube-node-lease";

apiserver::UserInfo NodeUser(const std::string& name) {
  return {.name = "system:node:" + name,
          .uid = {},
          .groups = {"system:nodes", "system:authenticated"},
          .extra = {}};
}

// The InternalIP that the Node object says, or "".
std::string AddressOf(const Value& node) {
  const Value* addresses = FindPath(node, {"status", "addresses"});
  if (addresses == nullptr || !addresses->is_array()) return {};
  for (const Value& address : addresses->get_array()) {
    if (TextAt(address, {"type"}) == "InternalIP") return std::string(TextAt(address, {"address"}));
  }
  return {};
}

std::string WithoutDashes(std::string uuid) {
  std::erase(uuid, '-');
  return uuid;
}

}  // namespace

Kubelet::Kubelet(KubeletContext& context, const apiserver::ObjectPtr& node)
    : context_(context),
      name_(node->meta().name),
      uid_(node->meta().uid),
      client_(context.handler, context.store,
              {.user = NodeUser(name_), .field_manager = "kubelet"}),
      events_(context.kernel, client_, name_) {
  const auto value = node->Peek();
  sim::Random& random = context_.kernel.Stream("nodes");
  identity_.address = AddressOf(*value);
  identity_.system_uuid = random.Uuid();
  identity_.machine_id = WithoutDashes(random.Uuid());
  identity_.boot_id = random.Uuid();
  machine_name_ = TextAt(*value, {"metadata", "annotations", kMachineAnnotation});
  // What the object says is claimed at once, before nodes without a subnet take the free ones.
  subnet_ = PodSubnet::Parse(TextAt(*value, {"spec", "podCIDR"}));
  if (subnet_) {
    subnet_is_written_ = true;
    place_ = context_.network.ClaimPlace(*subnet_);
  }
  status_is_disturbed_ = true;
  adopt_event_ = context_.kernel.Post(sim::Lane::kNode, "node.adopt", name_, [this] { Adopt(); });
}

Kubelet::~Kubelet() {
  context_.kernel.Cancel(adopt_event_);
  context_.kernel.Cancel(beat_event_);
  if (place_) context_.network.ReleasePlace(*place_);
  for (auto& [key, entry] : pods_) {
    if (entry.address && entry.address_is_overflow)
      context_.network.overflow().Release(*entry.address);
  }
}

const hardware_models::MachineModel& Kubelet::machine() const {
  const auto* model = context_.machines.Find(machine_name_);
  if (model == nullptr) model = context_.machines.Find(context_.default_machine);
  SIM_CHECK(model != nullptr);
  return *model;
}

void Kubelet::Adopt() {
  if (!place_) place_ = context_.network.TakePlace();
  if (!subnet_) subnet_ = PodNetwork::SubnetOf(*place_);
  if (identity_.address.empty()) identity_.address = Ipv4Text(PodNetwork::NodeAddressOf(*place_));
  is_adopted_ = true;
  if (!has_power_) return;
  if (!subnet_is_written_) tasks_.Spawn(AssignSubnet(this));
  BeginHeartbeats();
  for (auto& [key, entry] : pods_) entry.worker->OnChange();
}

sim::Task<> Kubelet::AssignSubnet(Kubelet* kubelet) {
  kubelet->subnet_is_written_ = true;
  const std::string cidr = kubelet->subnet_->Text();
  Value patch = Object{{"spec", Object{{"podCIDR", cidr}, {"podCIDRs", apiserver::Array{cidr}}}}};
  auto patched = kubelet->client_.Patch(kNodes, {"", kubelet->name_}, apiserver::PatchType::kMerge,
                                        std::move(patch));
  co_await patched;
}

void Kubelet::BeginHeartbeats() {
  WriteNodeStatus();
  tasks_.Spawn(RenewLease(this));
  // Nodes beat at different moments, each always at its own.
  const auto phase = sim::Duration(static_cast<std::int64_t>(
      sim::StableHash(name_) % static_cast<std::uint64_t>(kLeasePeriod.count())));
  beat_event_ = context_.kernel.After(
      phase, sim::Lane::kNode, "node.heartbeat", name_, [this] { Beat(); },
      sim::Work::kHousekeeping);
}

void Kubelet::Beat() {
  tasks_.Spawn(RenewLease(this));
  if (status_is_disturbed_ || context_.kernel.now() - status_written_ >= kStatusPeriod)
    WriteNodeStatus();
  beat_event_ = context_.kernel.After(
      kLeasePeriod, sim::Lane::kNode, "node.heartbeat", name_, [this] { Beat(); },
      sim::Work::kHousekeeping);
}

sim::Task<> Kubelet::RenewLease(Kubelet* kubelet) {
  const sim::Time now = kubelet->context_.kernel.now();
  const apiserver::ObjectPtr lease =
      kubelet->client_.Live(kLeases, {std::string(kLeaseNamespace), kubelet->name_});
  if (!lease) {
    auto creation = kubelet->client_.Create(kLeases, std::string(kLeaseNamespace),
                                            MakeNodeLease(kubelet->name_, kubelet->uid_, now));
    co_await creation;
    co_return;
  }
  auto update = kubelet->client_.UpdateText(kLeases, lease, {"spec", "renewTime"},
                                            apiserver::FormatMicroTime(now));
  co_await update;
}

void Kubelet::WriteNodeStatus() {
  status_is_disturbed_ = false;
  status_written_ = context_.kernel.now();
  tasks_.Spawn(UpdateStatus(this));
}

sim::Task<> Kubelet::UpdateStatus(Kubelet* kubelet) {
  const apiserver::ObjectPtr node = kubelet->client_.Live(kNodes, {"", kubelet->name_});
  if (!node) co_return;
  Value object = node->Parse();
  Value& status = object.as_object()["status"];
  status = MakeNodeStatus(status, kubelet->name_, kubelet->machine(), kubelet->identity_,
                          kubelet->context_.behaviour, kubelet->context_.kernel.now());
  auto update = kubelet->client_.Update(kNodes, std::move(object), "status");
  const auto updated = co_await update;
  if (!updated.ok()) kubelet->status_is_disturbed_ = true;  // Again with the next beat.
}

void Kubelet::SeeNode(const apiserver::ObjectPtr& node) {
  // The change may be older than what was written since.
  const apiserver::ObjectPtr newest = client_.Live(kNodes, node->key());
  if (newest && !IsNodeReady(*newest->Peek())) status_is_disturbed_ = true;
}

void Kubelet::SeePod(const apiserver::ChangePtr& change) {
  const apiserver::ObjectKey key = change->object->key();
  const std::string& uid = change->object->meta().uid;
  const auto known = pods_.find(key);
  if (known != pods_.end() &&
      (change->type == apiserver::ChangeType::kDeleted || known->second.uid != uid)) {
    ForgetPod(key);
  }
  if (change->type == apiserver::ChangeType::kDeleted) return;
  PodEntry& entry = pods_[key];
  if (!entry.worker) {
    entry.uid = uid;
    ClaimAddress(entry, *change->object->Peek());
    entry.worker = context_.behaviour == NodeBehaviour::kInstant
                       ? MakeInstantPodWorker(*this, key, uid)
                       : MakeModelledPodWorker(*this, key, uid);
    if (!has_power_) entry.worker->PowerLoss();
  }
  if (is_adopted_) entry.worker->OnChange();
}

void Kubelet::ForgetPod(const apiserver::ObjectKey& key) {
  const auto found = pods_.find(key);
  const PodEntry& entry = found->second;
  if (entry.address) {
    PodSubnet& owner = entry.address_is_overflow ? context_.network.overflow() : *subnet_;
    owner.Release(*entry.address);
  }
  ReleaseResources(key);
  pods_.erase(found);
}

std::optional<PodRefusal> Kubelet::Admit(const apiserver::ObjectKey& key, const Value& pod) {
  const apiserver::ObjectPtr node = client_.Live(kNodes, {"", name_});
  if (!node) return std::nullopt;
  auto refusal = CheckAdmission(pod, *node->Peek(), used_);
  if (refusal) return refusal;
  PodEntry& entry = pods_.at(key);
  entry.requests = apiserver::PodRequests(pod);
  entry.requests->pods_count = 1;
  used_ += *entry.requests;
  return std::nullopt;
}

void Kubelet::ReleaseResources(const apiserver::ObjectKey& pod) {
  PodEntry& entry = pods_.at(pod);
  if (entry.requests) used_ -= *std::exchange(entry.requests, std::nullopt);
}

const ContainerRun* Kubelet::FindContainer(const apiserver::ObjectKey& pod,
                                           std::string_view container) const {
  const auto found = pods_.find(pod);
  return found != pods_.end() ? found->second.worker->FindContainer(container) : nullptr;
}

void Kubelet::ClaimAddress(PodEntry& entry, const Value& pod) {
  const auto address = ParseIpv4(TextAt(pod, {"status", "podIP"}));
  if (!address || apiserver::BoolAt(pod, {"spec", "hostNetwork"})) return;
  if (subnet_ && subnet_->Claim(*address)) {
    entry.address = *address;
  } else if (context_.network.overflow().Claim(*address)) {
    entry.address = *address;
    entry.address_is_overflow = true;
  }
}

std::string Kubelet::PodAddress(const apiserver::ObjectKey& pod, bool is_host_network) {
  if (is_host_network) return identity_.address;
  PodEntry& entry = pods_.at(pod);
  if (!entry.address) {
    entry.address = subnet_->Take();
    if (!entry.address) {
      entry.address = context_.network.overflow().Take();
      entry.address_is_overflow = true;
    }
    SIM_CHECK_MSG(entry.address.has_value(), "four million pod addresses are not enough");
  }
  return Ipv4Text(*entry.address);
}

void Kubelet::PowerLoss() {
  if (!has_power_) return;
  has_power_ = false;
  context_.kernel.Cancel(beat_event_);
  tasks_.CancelAll();
  for (auto& [key, entry] : pods_) entry.worker->PowerLoss();
}

void Kubelet::PowerReturn() {
  if (has_power_) return;
  has_power_ = true;
  identity_.boot_id = context_.kernel.Stream("nodes").Uuid();
  if (!is_adopted_) return;  // The event is still to come.
  if (!subnet_is_written_) tasks_.Spawn(AssignSubnet(this));
  BeginHeartbeats();
  for (auto& [key, entry] : pods_) entry.worker->PowerReturn();
}

}  // namespace nodes
