#include "apiserver/store/store.h"

#include <gtest/gtest.h>

#include "sim/kernel.h"

namespace apiserver {
namespace {

const GroupResource kThings{"", "things"};
const GroupResource kOthers{"example.com", "others"};

Value Thing(std::string_view namespace_, std::string_view name, int number = 0) {
  Value value = {{"kind", "Thing"}, {"metadata", {{"name", name}}}, {"number", number}};
  if (!namespace_.empty()) value.at("metadata").as_object()["namespace"] = namespace_;
  return value;
}

class StoreTest : public testing::Test {
 protected:
  std::string Names(const StoreRange& range, std::optional<Revision> revision = {}) {
    std::vector<ObjectPtr> objects;
    if (revision) {
      objects = store_.ListAt(kThings, range, *revision);
    } else {
      store_.Visit(kThings, range, [&](const ObjectPtr& object) {
        objects.push_back(object);
        return true;
      });
    }
    std::string text;
    for (const ObjectPtr& object : objects) {
      text += object->key().Text() + "@" + std::to_string(object->meta().revision) + " ";
    }
    return text;
  }

  sim::Kernel kernel_{sim::KernelOptions{}};
  Store store_{kernel_, {.history_count_max = 10}};
};

TEST_F(StoreTest, EachCommitRaisesTheRevisionByOne) {
  EXPECT_EQ(store_.Create(kThings, Thing("a", "x"))->meta().revision, 1U);
  EXPECT_EQ(store_.Create(kOthers, Thing("", "x"))->meta().revision, 2U);
  EXPECT_EQ(store_.Update(kThings, Thing("a", "x", 1))->meta().revision, 3U);
  const ObjectPtr deleted = store_.Delete(kThings, {"a", "x"});
  EXPECT_EQ(deleted->meta().revision, 4U);
  EXPECT_NE(deleted->json().find("\"resourceVersion\":\"4\""), std::string::npos);
  EXPECT_EQ(store_.revision(), 4U);
  EXPECT_EQ(store_.Find(kThings, {"a", "x"}), nullptr);
  EXPECT_NE(store_.Find(kOthers, {"", "x"}), nullptr);
}

TEST_F(StoreTest, VisitsInKeyOrderWithinARange) {
  for (const char* name : {"c", "a", "b"}) store_.Create(kThings, Thing("n2", name));
  store_.Create(kThings, Thing("n1", "z"));
  store_.Create(kThings, Thing("n3", "a"));
  const std::pair<StoreRange, const char*> cases[] = {
      {{}, "n1/z@4 n2/a@2 n2/b@3 n2/c@1 n3/a@5 "},
      {{.namespace_ = "n2"}, "n2/a@2 n2/b@3 n2/c@1 "},
      {{.namespace_ = "n2", .limit = 2}, "n2/a@2 n2/b@3 "},
      {{.namespace_ = "n2", .start_after = ObjectKey{"n2", "a"}}, "n2/b@3 n2/c@1 "},
      {{.start_after = ObjectKey{"n2", "aa"}, .limit = 3}, "n2/b@3 n2/c@1 n3/a@5 "},
      {{.namespace_ = "n2", .start_after = ObjectKey{"n1", "z"}}, "n2/a@2 n2/b@3 n2/c@1 "},
      {{.namespace_ = "none"}, ""},
      {{.start_after = ObjectKey{"n9", ""}}, ""},
  };
  for (const auto& [range, want] : cases) {
    EXPECT_EQ(Names(range), want);
    EXPECT_EQ(Names(range, store_.revision()), want);
  }
}

TEST_F(StoreTest, ListsThePastExactly) {
  store_.Create(kThings, Thing("n", "a"));     // 1
  store_.Create(kThings, Thing("n", "b"));     // 2
  store_.Update(kThings, Thing("n", "a", 1));  // 3
  store_.Delete(kThings, {"n", "b"});          // 4
  store_.Create(kThings, Thing("n", "c"));     // 5
  store_.Create(kThings, Thing("n", "b", 2));  // 6
  store_.Delete(kThings, {"n", "c"});          // 7
  const char* want[] = {"",       "n/a@1 ",       "n/a@1 n/b@2 ",       "n/a@3 n/b@2 ",
                        "n/a@3 ", "n/a@3 n/c@5 ", "n/a@3 n/b@6 n/c@5 ", "n/a@3 n/b@6 "};
  for (Revision revision = 0; revision <= 7; ++revision)
    EXPECT_EQ(Names({}, revision), want[revision]);
  EXPECT_EQ(Names({.limit = 1}, 5), "n/a@3 ");
  EXPECT_EQ(Names({.start_after = ObjectKey{"n", "a"}, .limit = 1}, 6), "n/b@6 ");
  EXPECT_EQ(Names({.namespace_ = "m"}, 6), "");
}

TEST_F(StoreTest, HistoryIsBoundedByCount) {
  for (int number = 0; number < 25; ++number)
    store_.Create(kThings, Thing("n", std::to_string(number)));
  EXPECT_EQ(store_.compacted_revision(), 15U);
  EXPECT_FALSE(store_.ChangesAfter(14));
  ASSERT_TRUE(store_.ChangesAfter(15));
  EXPECT_EQ(store_.ChangesAfter(15)->size(), 10U);
  EXPECT_EQ(store_.ChangesAfter(24)->at(0)->revision, 25U);
  EXPECT_TRUE(store_.ChangesAfter(25)->empty());
  EXPECT_TRUE(store_.ChangesAfter(99)->empty());
  store_.Compact(20);
  EXPECT_EQ(store_.compacted_revision(), 20U);
  EXPECT_EQ(store_.ChangesAfter(20)->size(), 5U);
}

TEST(StoreLimits, HistoryIsBoundedByAgeAndBytes) {
  sim::Kernel kernel{sim::KernelOptions{}};
  Store by_age(kernel, {.history_age_max = std::chrono::minutes(5)});
  by_age.Create(kThings, Thing("n", "a"));
  kernel.AdvanceTo(sim::Time(std::chrono::minutes(5)));
  by_age.Create(kThings, Thing("n", "b"));
  EXPECT_EQ(by_age.compacted_revision(), 0U);
  kernel.AdvanceTo(sim::Time(std::chrono::minutes(6)));
  by_age.Create(kThings, Thing("n", "c"));
  EXPECT_EQ(by_age.compacted_revision(), 1U);

  Store by_bytes(kernel, {.history_bytes_max = 1000});
  for (int number = 0; number < 100; ++number)
    by_bytes.Create(kThings, Thing("n", std::to_string(number)));
  EXPECT_GT(by_bytes.compacted_revision(), 80U);
  EXPECT_LT(by_bytes.compacted_revision(), 99U);
}

TEST_F(StoreTest, ObserversSeeTheChangeWithBothStates) {
  std::string seen;
  store_.AddObserver([&](const ChangePtr& change) {
    seen += std::to_string(change->revision) + (change->previous ? "p" : "-");
    seen += std::string("AMD")[static_cast<std::size_t>(change->type)] +
            change->object->key().Text() + " ";
  });
  store_.Create(kThings, Thing("n", "a"));
  store_.Update(kThings, Thing("n", "a", 1));
  const Value last = Thing("n", "a", 2);
  store_.Delete(kThings, {"n", "a"}, &last);
  EXPECT_EQ(seen, "1-An/a 2pMn/a 3pDn/a ");
  EXPECT_EQ(IntAt(*store_.ChangesAfter(2)->at(0)->object->Peek(), {"number"}), 2);
}

TEST_F(StoreTest, RestoredStateGoesOnWhereItWas) {
  store_.Create(kThings, Thing("n", "a"));
  store_.Create(kThings, Thing("n", "b"));
  store_.Update(kThings, Thing("n", "a", 1));
  Store restored(kernel_, {});
  restored.Restore(
      3, 1,
      {{kThings, store_.Find(kThings, {"n", "a"})}, {kThings, store_.Find(kThings, {"n", "b"})}},
      *store_.ChangesAfter(1));
  EXPECT_EQ(restored.revision(), 3U);
  EXPECT_EQ(restored.compacted_revision(), 1U);
  EXPECT_EQ(restored.Create(kThings, Thing("n", "c"))->meta().revision, 4U);
  EXPECT_EQ(restored.ListAt(kThings, {}, 2).size(), 2U);
  EXPECT_EQ(restored.Find(kThings, {"n", "a"})->meta().revision, 3U);
}

TEST_F(StoreTest, CommitsEnterTheDigest) {
  const auto run = [](int number) {
    sim::Kernel kernel{sim::KernelOptions{}};
    Store store(kernel, {});
    store.Create(kThings, Thing("n", "a", number));
    return kernel.FinalDigest().Hex();
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

using StoreDeathTest = StoreTest;
TEST_F(StoreDeathTest, WrongCallsAreOurMistake) {
  store_.Create(kThings, Thing("n", "a"));
  EXPECT_DEATH(store_.Create(kThings, Thing("n", "a")), "n/a");
  EXPECT_DEATH(store_.Update(kThings, Thing("n", "b")), "n/b");
  EXPECT_DEATH(store_.Delete(kThings, {"n", "b"}), "n/b");
}

}  // namespace
}  // namespace apiserver
