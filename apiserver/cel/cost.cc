#include "apiserver/cel/cost.h"

#include <algorithm>
#include <cmath>

#include "apiserver/cel/library/named_format.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

using Arguments = std::span<const Value>;

constexpr double kTraversal = 0.1;
constexpr double kRegexLength = 0.25;

std::uint64_t Scaled(double size, double factor) {
  return static_cast<std::uint64_t>(std::ceil(size * factor));
}
double Size(const Value& value) { return static_cast<double>(CostSize(value)); }

std::uint64_t FirstTraversal(Arguments a, const Value&) { return Scaled(Size(a[0]), kTraversal); }
std::uint64_t TwiceTraversal(Arguments a, const Value&) {
  return static_cast<std::uint64_t>(std::ceil(Size(a[0]) * 2 * kTraversal));
}
std::uint64_t JoinCost(Arguments, const Value& result) {
  return static_cast<std::uint64_t>(std::ceil(Size(result) * 2 * kTraversal));
}
std::uint64_t SecondSize(Arguments a, const Value&) { return CostSize(a[1]); }
std::uint64_t SmallerTraversal(Arguments a, const Value&) {
  return Scaled(std::min(Size(a[0]), Size(a[1])), kTraversal);
}
std::uint64_t EqualCost(Arguments a, const Value& result) {
  // Opaque types of Kubernetes count as one.
  if (a[0].kind() == Kind::kOpaque) return 1;
  return SmallerTraversal(a, result);
}
std::uint64_t BothTraversal(Arguments a, const Value&) {
  return Scaled(Size(a[0]) + Size(a[1]), kTraversal);
}
std::uint64_t RegexCost(double text_size, double pattern_size) {
  return Scaled(1.0 + text_size, kTraversal) * Scaled(pattern_size, kRegexLength);
}
std::uint64_t MatchCost(Arguments a, const Value&) { return RegexCost(Size(a[0]), Size(a[1])); }
std::uint64_t ProductTraversal(Arguments a, const Value&) {
  return Scaled(Size(a[0]), kTraversal) * Scaled(Size(a[1]), kTraversal);
}
// Upstream's walk over everything: text by its bytes, other scalars as one.
std::uint64_t TraversalCost(const Value& value, Arena& arena) {
  std::uint64_t cost = 0;
  switch (value.kind()) {
    case Kind::kString:
    case Kind::kBytes:
      return static_cast<std::uint64_t>(static_cast<double>(value.as_text().size()) * kTraversal);
    case Kind::kList:
      for (std::int64_t i = 0; i < value.as_list().size(); ++i) {
        cost += TraversalCost(value.as_list().At(i, arena), arena);
      }
      return cost;
    case Kind::kMap:
      for (std::int64_t i = 0; i < value.as_map().entry_count(); ++i) {
        cost += TraversalCost(value.as_map().KeyAt(i, arena), arena) +
                TraversalCost(value.as_map().ValueAt(i, arena), arena);
      }
      return cost;
    default:
      return 1;
  }
}
std::uint64_t WalkFirst(Arguments a, const Value&) {
  Arena arena;
  return TraversalCost(a[0], arena);
}
std::uint64_t One(Arguments, const Value&) { return 1; }
// Two authorization checks are all that an expression may do.
std::uint64_t AuthorizationCheck(Arguments, const Value&) { return 350'000; }
std::uint64_t ContainsIpCost(Arguments a, const Value&) {
  return Scaled(2 * Size(a[0]), kTraversal);
}
std::uint64_t ContainsIpTextCost(Arguments a, const Value& result) {
  return ContainsIpCost(a, result) + Scaled(Size(a[1]), kTraversal);
}
std::uint64_t ContainsCidrCost(Arguments a, const Value&) {
  return Scaled(2 * Size(a[0]), kTraversal) + Scaled(Size(a[0]), kTraversal) + 1;
}
std::uint64_t ContainsCidrTextCost(Arguments a, const Value& result) {
  return ContainsCidrCost(a, result) + Scaled(Size(a[1]), kTraversal);
}
std::uint64_t ValidateCost(Arguments a, const Value&) {
  if (a[0].kind() != Kind::kOpaque || a[0].as_opaque().type_name() != NamedFormat::kTypeName) {
    return 1;
  }
  return RegexCost(Size(a[1]), OpaqueAs<NamedFormat>(a[0]).regex_size());
}

std::uint64_t ListCallCost(double factor, std::uint64_t size) {
  return static_cast<std::uint64_t>(static_cast<double>(size) * factor) + 1 + kListCreateCost;
}
std::uint64_t OutputSize(Arguments, const Value& result) {
  return ListCallCost(1, CostSize(result));
}
std::uint64_t FlattenCost(Arguments a, const Value&) {
  if (a.size() < 2 || a[1].kind() != Kind::kInt) return ListCallCost(1, CostSize(a[0]));
  // A negative depth wraps around, as in Go.
  const double depth = std::clamp(static_cast<double>(a[1].as_int()), -1e9, 1e9);
  return static_cast<std::uint64_t>(std::llround(depth * Size(a[0]))) + 1 + kListCreateCost;
}
std::uint64_t SelfCompare(const Value& list) {
  const std::uint64_t size = CostSize(list);
  if (list.kind() != Kind::kList || size == 0) return ListCallCost(2, 0);
  Arena arena;
  const Kind first = list.as_list().At(0, arena).kind();
  const bool is_text = first == Kind::kString || first == Kind::kBytes;
  return ListCallCost(is_text ? 2 + kTraversal : 2, size * size);
}
std::uint64_t FirstSelfCompare(Arguments a, const Value&) { return SelfCompare(a[0]); }
std::uint64_t SecondSelfCompare(Arguments a, const Value&) { return SelfCompare(a[1]); }
std::uint64_t SetCost(Arguments a, const Value&) { return 1 + CostSize(a[0]) * CostSize(a[1]); }
std::uint64_t TwiceSetCost(Arguments a, const Value&) {
  return 1 + 2 * CostSize(a[0]) * CostSize(a[1]);
}

struct Row {
  std::string_view name;
  CallCost cost;
};

// By overload, before all others.
constexpr Row kTracked[] = {
    {"list_slice", OutputSize},
    {"list_flatten", FlattenCost},
    {"list_flatten_int", FlattenCost},
    {"lists_range", OutputSize},
    {"list_reverse", OutputSize},
    {"list_distinct", FirstSelfCompare},
    {"list_sets_contains_list", SetCost},
    {"list_sets_intersects_list", SetCost},
    {"list_sets_equivalent_list", TwiceSetCost},
    {"cidr_ip", One},
    {"cidr_contains_ip_string", ContainsIpTextCost},
    {"cidr_contains_cidr_string", ContainsCidrTextCost},
};

// By function, as Kubernetes' estimator has them.
constexpr Row kByFunction[] = {
    {"isSorted", WalkFirst},
    {"sum", WalkFirst},
    {"max", WalkFirst},
    {"min", WalkFirst},
    {"indexOf", WalkFirst},
    {"lastIndexOf", WalkFirst},
    {"url", FirstTraversal},
    {"lowerAscii", FirstTraversal},
    {"upperAscii", FirstTraversal},
    {"substring", FirstTraversal},
    {"trim", FirstTraversal},
    {"jsonpatch.escapeKey", FirstTraversal},
    {"replace", TwiceTraversal},
    {"split", TwiceTraversal},
    {"join", JoinCost},
    {"find", MatchCost},
    {"findAll", MatchCost},
    {"cidr", FirstTraversal},
    {"isIP", FirstTraversal},
    {"isCIDR", FirstTraversal},
    {"ip", FirstTraversal},
    {"ip.isCanonical", TwiceTraversal},
    {"quantity", FirstTraversal},
    {"isQuantity", FirstTraversal},
    {"semver", FirstTraversal},
    {"isSemver", FirstTraversal},
    {"containsIP", ContainsIpCost},
    {"containsCIDR", ContainsCidrCost},
    {"validate", ValidateCost},
    {"_==_", EqualCost},
    {"_!=_", SmallerTraversal},
    {"check", AuthorizationCheck},
};

// By overload, as cel-go has them.
constexpr Row kByOverload[] = {
    {"starts_with_string", FirstTraversal},
    {"ends_with_string", FirstTraversal},
    {"string_to_bytes", FirstTraversal},
    {"bytes_to_string", FirstTraversal},
    {"strings_quote", FirstTraversal},
    {"string_format", FirstTraversal},
    {"in_list", SecondSize},
    {"less_string", SmallerTraversal},
    {"greater_string", SmallerTraversal},
    {"less_equals_string", SmallerTraversal},
    {"greater_equals_string", SmallerTraversal},
    {"less_bytes", SmallerTraversal},
    {"greater_bytes", SmallerTraversal},
    {"less_equals_bytes", SmallerTraversal},
    {"greater_equals_bytes", SmallerTraversal},
    {"add_string", BothTraversal},
    {"add_bytes", BothTraversal},
    {"matches_string", MatchCost},
    {"contains_string", ProductTraversal},
};

CallCost Lookup(std::span<const Row> rows, std::string_view name) {
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
  return at == rows.end() ? nullptr : at->cost;
}

}  // namespace

CallCost FindCallCost(std::string_view function, std::string_view overload_id) {
  if (overload_id.ends_with("_sort")) return FirstSelfCompare;
  if (overload_id.ends_with("_sortByAssociatedKeys")) return SecondSelfCompare;
  if (const CallCost cost = Lookup(kTracked, overload_id)) return cost;
  if (const CallCost cost = Lookup(kByFunction, function)) return cost;
  return Lookup(kByOverload, overload_id);
}

}  // namespace apiserver::cel
