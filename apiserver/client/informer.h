// A local view of one resource that follows the watch: the shared object and a typed summary per
// object, made once per revision, with declared indexes.
//
// Invariants:
// (1) An informer sees revisions in increasing order; between two handler calls it may be behind
// the store by the
//     modelled watch delay (0 in serve; stream `latency.<watcher>` in run).
// (2) Handlers only queue work (controllers/framework/work_queue.h).
// (3) What is iterated is ordered by key.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apiserver/api/object.h"
#include "apiserver/api/resource.h"
#include "apiserver/watch/watch_hub.h"

namespace apiserver {

template <class Summary>
class Informer {
 public:
  struct Entry {
    ObjectPtr object;
    Summary summary;
    const ObjectMeta& meta() const { return object->meta(); }
  };
  using EntryPtr = std::shared_ptr<const Entry>;
  // The keys under which an index holds an entry; an empty vector leaves it out.
  using IndexFunction = std::function<std::vector<std::string>(const Entry&)>;
  // old_entry is null for an addition, new_entry for a deletion.
  using Handler = std::function<void(const EntryPtr& old_entry, const EntryPtr& new_entry)>;

  struct Options {
    std::string watcher;  // names the latency stream: "deployment-controller"
    GroupResource resource;
    std::function<Summary(const Value& object, const ObjectMeta& meta)> summarize;
    std::map<std::string, IndexFunction> indexes;
  };

  Informer(WatchHub& hub, Options options) : options_(std::move(options)) {
    for (const auto& [name, function] : options_.indexes) indexes_[name];
    subscription_ = hub.Subscribe(options_.watcher, options_.resource,
                                  [this](const ChangePtr& change) { OnChange(change); });
  }
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  // Called for all present entries at once, then for each change, in the order of registration.
  void AddHandler(Handler handler) {
    for (const auto& [key, entry] : entries_) handler(nullptr, entry);
    handlers_.push_back(std::move(handler));
  }

  // The entry, or null.
  EntryPtr Find(const ObjectKey& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : found->second;
  }
  const std::map<ObjectKey, EntryPtr>& entries() const { return entries_; }
  // The entries under `value` of the index `index`, ordered by key. Requires: the index was
  // declared.
  std::vector<EntryPtr> ByIndex(const std::string& index, const std::string& value) const {
    std::vector<EntryPtr> result;
    const auto& by_value = indexes_.at(index);
    const auto found = by_value.find(value);
    if (found == by_value.end()) return result;
    result.reserve(found->second.size());
    for (const ObjectKey& key : found->second) result.push_back(entries_.at(key));
    return result;
  }

 private:
  void OnChange(const ChangePtr& change) {
    const ObjectKey key = change->object->key();
    EntryPtr old_entry = Find(key);
    EntryPtr new_entry;
    if (change->type != ChangeType::kDeleted) {
      new_entry = std::make_shared<const Entry>(Entry{
          change->object, options_.summarize(*change->object->Peek(), change->object->meta())});
    }
    if (old_entry) Unindex(key, *old_entry);
    if (new_entry) {
      entries_[key] = new_entry;
      Index(key, *new_entry);
    } else {
      entries_.erase(key);
    }
    for (const Handler& handler : handlers_) handler(old_entry, new_entry);
  }
  void Index(const ObjectKey& key, const Entry& entry) {
    for (const auto& [name, function] : options_.indexes) {
      for (const std::string& value : function(entry)) indexes_[name][value].insert(key);
    }
  }
  void Unindex(const ObjectKey& key, const Entry& entry) {
    for (const auto& [name, function] : options_.indexes) {
      auto& by_value = indexes_[name];
      for (const std::string& value : function(entry)) {
        const auto found = by_value.find(value);
        if (found == by_value.end()) continue;
        found->second.erase(key);
        if (found->second.empty()) by_value.erase(found);
      }
    }
  }

  Options options_;
  std::map<ObjectKey, EntryPtr> entries_;
  std::map<std::string, std::map<std::string, std::set<ObjectKey>>> indexes_;
  std::vector<Handler> handlers_;
  Subscription subscription_;
};

}  // namespace apiserver
