// The store's threads side by side: the kernel's commits, the data writer saves, I/O threads wait
// at the gate. Meant to run under the thread sanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "apiserver/store/data_writer.h"
#include "sim/kernel.h"
#include "tests/support/faulty_vfs.h"

namespace apiserver {
namespace {

constexpr Revision kCommitCount = 2000;

TEST(Threads, NothingPassesTheGateBeforeItIsSaved) {
  tests::FaultyVfs vfs(1);
  auto file = DataFile::Open({.path = "data", .vfs = vfs.name()});
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Load().ok());
  EgressGate gate(0);
  std::atomic<Revision> released{0};
  std::atomic<int> early{0};
  {
    DataWriter writer(std::move(*file), gate,
                      [](const std::string& message) { FAIL() << message; });
    std::vector<std::thread> readers;
    for (Revision first = 1; first <= 3; ++first) {
      readers.emplace_back([&, first] {
        for (Revision revision = first; revision <= kCommitCount; revision += 3) {
          gate.WhenDurable(revision, [&, revision] {
            if (gate.durable() < revision) ++early;
            ++released;
          });
        }
      });
    }
    sim::Kernel kernel{sim::KernelOptions{}};
    Store store(kernel, {.history_count_max = 100});
    writer.Attach(store);
    for (Revision number = 0; number < kCommitCount; ++number) {
      store.Create({"", "things"}, {{"metadata", {{"name", "a" + std::to_string(number)}}}});
    }
    for (std::thread& reader : readers) reader.join();
    ASSERT_TRUE(writer.Stop({}).ok());
  }
  EXPECT_EQ(gate.durable(), kCommitCount);
  EXPECT_EQ(released, kCommitCount);
  EXPECT_EQ(early, 0);
}

}  // namespace
}  // namespace apiserver
