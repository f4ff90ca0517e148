#include "apiserver/store/data_file.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "apiserver/store/data_writer.h"
#include "sim/kernel.h"
#include "tests/support/faulty_vfs.h"

namespace apiserver {
namespace {

const GroupResource kThings{"", "things"};

Value Thing(std::string_view name, int number = 0) {
  return {{"metadata", {{"name", name}, {"namespace", "n"}}}, {"number", number}};
}

class DataFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "data-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/data.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::unique_ptr<DataFile> Opened(const std::string& path) {
    auto file = DataFile::Open({.path = path, .vfs = {}});
    EXPECT_TRUE(file.ok()) << (file.ok() ? "" : file.error().message);
    return file.ok() ? std::move(*file) : nullptr;
  }
  // The message with which opening fails, without the folder's name.
  std::string Refusal(const std::string& path) {
    auto file = DataFile::Open({.path = path, .vfs = {}});
    if (file.ok()) return "opened";
    std::string message = file.error().message;
    const auto at = message.find(folder_ + "/");
    return at == std::string::npos ? message : message.erase(at, folder_.size() + 1);
  }
  void Execute(const std::string& path, const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  static std::string Content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string folder_;
  std::string path_;
  sim::Kernel kernel_{sim::KernelOptions{}};
};

TEST_F(DataFileTest, ARestartGoesOn) {
  {
    auto file = Opened(path_);
    EXPECT_EQ(file->incarnation(), 0U);
    EXPECT_EQ(file->Load()->revision, 0U);
    EgressGate gate(0);
    DataWriter writer(std::move(file), gate, [](const std::string& message) { FAIL() << message; });
    Store store(kernel_, {});
    writer.Attach(store);
    store.Create(kThings, Thing("a"));
    store.Create(kThings, Thing("b"));
    kernel_.AdvanceTo(sim::Time(std::chrono::seconds(7)));
    store.Update(kThings, Thing("a", 1));
    store.Delete(kThings, {"n", "b"});
    ASSERT_TRUE(writer.Stop(sim::Time(std::chrono::seconds(9))).ok());
    EXPECT_EQ(gate.durable(), 4U);
  }
  auto file = Opened(path_);
  EXPECT_EQ(file->incarnation(), 1U);
  auto state = file->Load();
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->last_time, sim::Time(std::chrono::seconds(9)));
  Store store(kernel_, {});
  store.Restore(state->revision, state->compacted_revision, std::move(state->objects),
                std::move(state->history));
  EXPECT_EQ(store.revision(), 4U);
  EXPECT_EQ(store.Count(kThings), 1U);
  EXPECT_EQ(IntAt(*store.Find(kThings, {"n", "a"})->Peek(), {"number"}), 1);
  const auto changes = store.ChangesAfter(2);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2U);
  EXPECT_EQ(changes->at(0)->previous->meta().revision, 1U);
  EXPECT_EQ(changes->at(1)->type, ChangeType::kDeleted);
  EXPECT_EQ(store.ListAt(kThings, {}, 2).size(), 2U);
}

TEST_F(DataFileTest, OldHistoryIsForgottenInTheFileToo) {
  {
    EgressGate gate(0);
    DataWriter writer(Opened(path_), gate, [](const std::string& message) { FAIL() << message; });
    Store store(kernel_, {.history_count_max = 100});
    writer.Attach(store);
    store.Create(kThings, Thing("steady"));
    store.Create(kThings, Thing("gone"));
    store.Delete(kThings, {"n", "gone"});
    store.Create(kThings, Thing("a"));
    for (int number = 0; number < 3000; ++number) store.Update(kThings, Thing("a", number));
    ASSERT_TRUE(writer.Stop({}).ok());
  }
  auto state = Opened(path_)->Load();
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->revision, 3004U);
  EXPECT_EQ(state->objects.size(), 2U);
  EXPECT_GE(state->compacted_revision, 1024U);
  EXPECT_EQ(state->history.size(), 3004 - state->compacted_revision);
}

TEST_F(DataFileTest, OnlyTheOwnerMayRead) {
  Opened(path_);
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(DataFileTest, ASecondServerIsRefused) {
  const auto first = Opened(path_);
  EXPECT_EQ(Refusal(path_), "data file data.db is in use by another server");
}

TEST_F(DataFileTest, WhatIsNotOursIsRefusedAndLeftAlone) {
  std::ofstream(folder_ + "/text") << std::string(5000, 'x');
  EXPECT_EQ(Refusal(folder_ + "/text"), "text is not a data file of this program");
  EXPECT_EQ(Content(folder_ + "/text"), std::string(5000, 'x'));

  Execute(folder_ + "/other", "CREATE TABLE t(x)");
  const std::string before = Content(folder_ + "/other");
  EXPECT_EQ(Refusal(folder_ + "/other"), "other is a database of another program");
  EXPECT_EQ(Content(folder_ + "/other"), before);

  Opened(path_);
  Execute(path_, "PRAGMA user_version=9");
  EXPECT_EQ(Refusal(path_), "data file data.db has format 9; this program knows 1");

  EXPECT_EQ(Refusal(folder_ + "/none/data"),
            "cannot create data file none/data: No such file or directory");
  EXPECT_EQ(Refusal(folder_), "cannot open data file " + folder_ + ": Is a directory");
}

TEST_F(DataFileTest, DamageIsFound) {
  {
    auto file = Opened(path_);
    Store store(kernel_, {});
    std::vector<ChangePtr> changes;
    store.AddObserver([&](const ChangePtr& change) { changes.push_back(change); });
    for (int number = 0; number < 100; ++number)
      store.Create(kThings, Thing(std::to_string(number)));
    ASSERT_TRUE(file->Save(changes, 0).ok());
  }
  Execute(path_, "DELETE FROM changes WHERE revision = 50");
  EXPECT_EQ(Opened(path_)->Load().error().message,
            "data file " + path_ + " is damaged: change 50 is missing");
  Execute(path_, "UPDATE changes SET json = '{' WHERE revision = 40");
  EXPECT_EQ(Opened(path_)->Load().error().message,
            "data file " + path_ + " is damaged: change 40 is unreadable");
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 16384);
  file << std::string(16384, '\xff');
  file.close();
  EXPECT_EQ(Refusal(path_).substr(0, 31), "data file data.db is damaged: *");
}

TEST(DataWriter, AFailureIsReportedOnceAndNothingIsShownAfterIt) {
  const std::pair<tests::DiskFault, const char*> cases[] = {
      {tests::DiskFault::kFull, "no space is left for data file data"},
      {tests::DiskFault::kFailedSync, "data file data: disk I/O error"},
      {tests::DiskFault::kShortWrite, "data file data: disk I/O error"},
  };
  for (const auto& [fault, want] : cases) {
    tests::FaultyVfs vfs(7);
    auto file = DataFile::Open({.path = "data", .vfs = vfs.name()});
    ASSERT_TRUE(file.ok()) << file.error().message;
    ASSERT_TRUE((*file)->Load().ok());
    vfs.Plan(1, fault);
    sim::Kernel kernel{sim::KernelOptions{}};
    Store store(kernel, {});
    EgressGate gate(0);
    std::vector<std::string> failures;
    bool was_shown = false;
    {
      DataWriter writer(std::move(*file), gate,
                        [&](const std::string& message) { failures.push_back(message); });
      writer.Attach(store);
      store.Create(kThings, Thing("a"));
      gate.WhenDurable(1, [&] { was_shown = true; });
      store.Create(kThings, Thing("b"));
      EXPECT_FALSE(writer.Stop({}).ok());
    }
    EXPECT_EQ(failures, std::vector<std::string>{want});
    EXPECT_FALSE(was_shown);
    EXPECT_EQ(gate.durable(), 0U);
  }
}

TEST(EgressGate, ReleasesInOrderOfRevision) {
  EgressGate gate(2);
  std::string released;
  gate.WhenDurable(2, [&] { released += "a"; });
  EXPECT_EQ(released, "a");
  gate.WhenDurable(5, [&] { released += "c"; });
  gate.WhenDurable(4, [&] { released += "b"; });
  gate.WhenDurable(9, [&] { released += "d"; });
  gate.Publish(3);
  EXPECT_EQ(released, "a");
  gate.Publish(6);
  EXPECT_EQ(released, "abc");
  EgressGate open;
  open.WhenDurable(1'000'000, [&] { released += "e"; });
  EXPECT_EQ(released, "abce");
}

}  // namespace
}  // namespace apiserver
