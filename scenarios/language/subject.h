// What an expectation is about: one object, or all of a resource that a selector takes, and what
// must be so with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/label_selector.h"
#include "scenarios/language/cluster_view.h"
#include "scenarios/language/condition.h"
#include "scenarios/language/read_context.h"
#include "scenarios/language/shape.h"

namespace scenarios {

struct CountRange {
  std::int64_t min = 1;
  std::int64_t max = INT64_MAX;
  std::string Text() const;
};

// A number, or {min, max}.
const Shape& CountShape();
// Requires: `node` is of that shape.
CountRange ReadCount(const SourceNode& node);

// An Event about one of the objects.
struct EventPattern {
  std::string reason;
  std::string message;  // that it contains
  std::string type;
  std::string Text() const;
};

struct Subject {
  std::string resource;                // "deployments", as written
  std::string name;                    // "" for all objects that `selector` takes
  std::string namespace_ = "default";  // "*" for all
  std::string selector_text;
  apiserver::LabelSelector selector;
  apiserver::Value matches;  // null when not given
  std::optional<Condition> that;
  std::optional<CountRange> count;
  bool is_absent = false;
  std::optional<EventPattern> event;

  std::string Text() const;
};

struct Finding {
  bool holds = false;
  std::vector<std::string> found{};  // what was there instead
  std::string object{};              // "default/web": the object in question
};

// resource, namespace, selector, matches, count, absent, event, that.
std::vector<ShapeField> SubjectFields();
// Requires: `node` has those fields in their shapes. Unknown resources, and what `that` can't mean,
// are problems.
Subject ReadSubject(const SourceNode& node, const std::string& field, ReadContext& context);
// The part of a subject that names an object: "TYPE/NAME" or "TYPE".
void ReadResourceName(const SourceNode& node, const std::string& field, ReadContext& context,
                      Subject& subject);

// The resource whose changes may change the finding; nothing if all may.
std::optional<apiserver::GroupResource> WatchedBy(const Subject& subject, const ClusterView& view);

Finding Examine(const Subject& subject, const ClusterView& view);

}  // namespace scenarios
