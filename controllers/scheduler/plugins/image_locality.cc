#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

constexpr std::int64_t kSizeMinBytes = 23 * 1024 * 1024;  // Smaller images do not count.
constexpr std::int64_t kContainerSizeMaxBytes =
    1000 * 1024 * 1024;  // Beyond this more does not matter.

// Per image of the pod: its name as nodes list it, and what its size is worth, watered down by its
// spread.
class ImageWorth final : public PluginState {
 public:
  std::unique_ptr<PluginState> Clone() const override {
    return std::make_unique<ImageWorth>(*this);
  }
  struct Image {
    std::string name;
    double spread = 0;
  };
  std::vector<Image> images;
};

std::string NormalizedName(const std::string& image) {
  const std::size_t colon = image.rfind(':');
  const std::size_t slash = image.rfind('/');
  const bool has_tag = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return has_tag ? image : image + ":latest";
}

// Prefers nodes that have the pod's images already, the larger the better.
class ImageLocality final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "ImageLocality"; }
  std::int64_t weight() const override { return 1; }

  PreScoreResult PreScore(const SchedulerPod& pod, const SchedulerCache& cache,
                          std::span<const SchedulerNode* const>) const override {
    auto worth = std::make_unique<ImageWorth>();
    for (const std::string& image : pod.images) {
      std::string name = NormalizedName(image);
      const std::size_t nodes_count = cache.NodesWithImage(name);
      if (nodes_count == 0) continue;
      worth->images.push_back({std::move(name), static_cast<double>(nodes_count) /
                                                    static_cast<double>(cache.nodes().size())});
    }
    const bool is_skipped = worth->images.empty();
    return {is_skipped, std::move(worth)};
  }

  std::int64_t Score(const PluginState* state, const SchedulerPod& pod,
                     const SchedulerNode& node) const override {
    std::int64_t sum = 0;
    for (const auto& image : static_cast<const ImageWorth*>(state)->images) {
      const auto found = node.facts.image_sizes_bytes.find(image.name);
      if (found == node.facts.image_sizes_bytes.end()) continue;
      sum += static_cast<std::int64_t>(static_cast<double>(found->second) * image.spread);
    }
    const std::int64_t most = kContainerSizeMaxBytes * static_cast<std::int64_t>(pod.images.size());
    sum = std::clamp(sum, kSizeMinBytes, most);
    return kNodeScoreMax * (sum - kSizeMinBytes) / (most - kSizeMinBytes);
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeImageLocality() { return std::make_unique<ImageLocality>(); }

}  // namespace controllers
