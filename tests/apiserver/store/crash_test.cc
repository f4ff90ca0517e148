// Nothing that was shown is lost: a thousand seeds, each with crashes at random places of the
// disk's work.
#include <gtest/gtest.h>

#include "apiserver/store/data_file.h"
#include "sim/kernel.h"
#include "tests/support/faulty_vfs.h"

namespace apiserver {
namespace {

const GroupResource kThings{"", "things"};
const GroupResource kOthers{"example.com", "others"};

std::string Whole(const ObjectPtr& object) {
  std::string text;
  if (object != nullptr) object->AppendJson(text);
  return text;
}

std::string Describe(const Change& change) {
  return std::to_string(change.revision) +
         std::string("AMD")[static_cast<std::size_t>(change.type)] + change.resource.Text() +
         Whole(change.object) + "<" +
         (change.previous
              ? change.previous->key().Text() + std::to_string(change.previous->meta().revision)
              : "") +
         std::to_string(change.time.time_since_epoch().count());
}

// Which object has which revision; what that looks like is in the change.
std::string Describe(const Store& store) {
  std::string text;
  for (const GroupResource& resource : {kThings, kOthers}) {
    store.Visit(resource, {}, [&](const ObjectPtr& object) {
      text += resource.Text() + object->key().Text() + "@" +
              std::to_string(object->meta().revision) + " ";
      return true;
    });
  }
  return text;
}

// One server that is crashed and started again and again, and the model of what it must remember.
class CrashStory {
 public:
  explicit CrashStory(std::uint64_t seed) : vfs_(seed), random_(seed + 1'000'000) {
    states_[0] = "";
  }

  void Run() {
    for (int life = 0; life < 5 && !testing::Test::HasFatalFailure(); ++life) Live();
  }

 private:
  void Live() {
    const auto fault = static_cast<tests::DiskFault>(random_.Uniform(0, 3));
    if (random_.Bernoulli(9, 10))
      vfs_.Plan(static_cast<std::uint64_t>(random_.Uniform(1, 120)), fault);
    Serve();
    // An orderly end is sometimes followed by a loss of power, too.
    if (vfs_.is_dead() || random_.Bernoulli(1, 2)) vfs_.PowerLoss();
  }

  void Serve() {
    auto file = DataFile::Open({.path = "data", .vfs = vfs_.name()});
    // Opening counts the incarnation, so the fault may strike here already.
    if (!file.ok()) {
      ASSERT_TRUE(vfs_.is_dead()) << file.error().message;
      return;
    }
    auto state = (*file)->Load();
    if (!state.ok()) {
      ASSERT_TRUE(vfs_.is_dead()) << state.error().message;
      return;
    }
    ASSERT_GE((*file)->incarnation(), incarnation_) << "an incarnation came twice";
    incarnation_ = (*file)->incarnation() + 1;
    ASSERT_GE(state->revision, shown_) << "something that was shown is lost";
    ASSERT_TRUE(states_.contains(state->revision)) << "a revision that never was";
    ASSERT_LE(state->compacted_revision, compacted_) << "history that was kept is gone";
    ASSERT_GE(state->last_time, shown_time_);

    sim::Kernel kernel(
        {.seed = 0, .incarnation = (*file)->incarnation(), .start = state->last_time});
    Store store(kernel, {.history_count_max = 2000});
    const Revision revision = state->revision;
    for (const ChangePtr& change : state->history) {
      ASSERT_EQ(Describe(*change), changes_[change->revision]) << "history is not what happened";
    }
    store.Restore(revision, state->compacted_revision, std::move(state->objects),
                  std::move(state->history));
    ASSERT_EQ(Describe(store), states_[revision]);
    for (const GroupResource& resource : {kThings, kOthers}) {
      store.Visit(resource, {}, [&](const ObjectPtr& object) {
        EXPECT_EQ(Whole(object), objects_[object->meta().revision]);
        return true;
      });
    }
    // What was committed and never shown did not happen.
    states_.erase(states_.upper_bound(revision), states_.end());
    changes_.erase(changes_.upper_bound(revision), changes_.end());
    Work(kernel, store, **file);
  }

  void Work(sim::Kernel& kernel, Store& store, DataFile& file) {
    std::vector<ChangePtr> unsaved;
    store.AddObserver([&](const ChangePtr& change) {
      unsaved.push_back(change);
      changes_[change->revision] = Describe(*change);
      objects_[change->revision] = Whole(change->object);
    });
    const std::int64_t batch_count = random_.Uniform(1, 40);
    for (std::int64_t batch = 0; batch < batch_count; ++batch) {
      const std::int64_t commit_count = random_.Uniform(1, 5);
      for (std::int64_t commit = 0; commit < commit_count; ++commit) {
        kernel.AdvanceTo(kernel.now() + sim::Duration(random_.Uniform(0, 1'000'000)));
        Commit(store);
        states_[store.revision()] = Describe(store);
      }
      if (random_.Bernoulli(1, 10))
        store.Compact(store.revision() - std::min<Revision>(store.revision(), 3));
      compacted_ = store.compacted_revision();
      if (!file.Save(unsaved, store.compacted_revision()).ok()) {
        ASSERT_TRUE(vfs_.is_dead());
        return;
      }
      unsaved.clear();
      shown_ = store.revision();
      shown_time_ = kernel.now();
    }
  }

  void Commit(Store& store) {
    const GroupResource& resource = random_.Bernoulli(1, 3) ? kOthers : kThings;
    const ObjectKey key{"n", "o" + std::to_string(random_.Uniform(0, 9))};
    Value object = {
        {"metadata", {{"name", key.name}, {"namespace", key.namespace_}}},
        {"filler", std::string(static_cast<std::size_t>(random_.Uniform(0, 1500)), 'x')},
        {"number", random_.Uniform(0, 1'000'000)}};
    if (random_.Bernoulli(1, 2))
      object.at("metadata").as_object()["managedFields"] = {{{"manager", "m"}}};
    if (!store.Find(resource, key)) {
      store.Create(resource, object);
    } else if (random_.Bernoulli(1, 3)) {
      store.Delete(resource, key);
    } else {
      store.Update(resource, object);
    }
  }

  tests::FaultyVfs vfs_;
  sim::Random random_;
  std::uint64_t incarnation_ = 0;
  Revision shown_ = 0;      // saved: clients may know it
  Revision compacted_ = 0;  // of the store
  sim::Time shown_time_{};
  std::map<Revision, std::string> states_;   // all objects after each revision
  std::map<Revision, std::string> changes_;  // each change
  std::map<Revision, std::string> objects_;  // the bytes of its object
};

TEST(Crash, NothingThatWasShownIsLost) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    CrashStory(seed).Run();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace apiserver
