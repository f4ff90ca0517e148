#include "apiserver/cel/static_call_cost.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace apiserver::cel {
namespace {

using Estimate = std::optional<CallCostEstimate>;
using Estimator = Estimate (*)(const CostedCall&);

constexpr CostRange kOne = CostRange::Exactly(1);
constexpr std::uint64_t kCheckCost = 350'000;  // one authorization
constexpr std::uint64_t kListCost = 10;
constexpr std::uint64_t kRequirementCost = 10 + 40;
constexpr CostRange kAddressBytes{4, 16};
constexpr double kFormatPatternMax = 128;
constexpr std::uint64_t kFormatSizeMax = 64;

CostRange Traverse(CostRange size, double times = 1) {
  return size.Times(times * kStringTraversalFactor);
}

Estimate Check(const CostedCall&) { return {{CostRange::Exactly(kCheckCost)}}; }
Estimate One(const CostedCall&) { return {{kOne}}; }

Estimate Selector(const CostedCall& call) {
  if (call.arguments.size() != 1) return std::nullopt;
  const CostRange length = call.arguments[0].size;
  const CostRange requirements = length.Times(0.5).Times(static_cast<double>(kRequirementCost));
  return {{CostRange::Exactly(kListCost).Plus(Traverse(length)).Plus(requirements)}};
}

// Size and type of a list's elements; nullopt for what is no list.
struct Elements {
  CostRange size;
  TypePtr type;
};
std::optional<Elements> ElementsOf(const CostedCall& call) {
  const CostNode& list = *call.target;
  if (list.type->parameters().empty()) return std::nullopt;
  std::vector<std::string> path = list.path;
  path.emplace_back("@items");
  return Elements{call.sizes.SizeOf(path).value_or(CostRange::Unknown()),
                  list.type->parameters()[0]};
}

// Once through the list, or the text.
Estimate Scan(const CostedCall& call) {
  if (!call.target) return std::nullopt;
  const std::optional<Elements> elements = ElementsOf(call);
  if (!elements) return {{Traverse(call.target->size)}};
  CostRange each = kOne;
  const TypeKind kind = elements->type->kind();
  if (kind == TypeKind::kString || kind == TypeKind::kBytes) {
    each = each.Plus(Traverse(elements->size));
  }
  return {{call.target->size.Times(each)}};
}

Estimate ReadUrl(const CostedCall& call) {
  if (call.arguments.size() != 1) return std::nullopt;
  return {{Traverse(call.arguments[0].size), call.arguments[0].size}};
}
Estimate SameSize(const CostedCall& call) {
  if (!call.target) return std::nullopt;
  return {{Traverse(call.target->size), call.target->size}};
}

std::uint64_t DivideUp(std::uint64_t a, std::uint64_t b) {
  const double quotient = std::ceil(static_cast<double>(a) / static_cast<double>(b));
  // Go on amd64 makes 0 of what is beyond 64 bits, and so the reference counts.
  return quotient >= 0x1p64 ? 0 : static_cast<std::uint64_t>(quotient);
}
std::uint64_t Next(std::uint64_t value) {
  return value < CostRange::kUnbounded ? value + 1 : value;
}

Estimate Replace(const CostedCall& call) {
  if (!call.target || call.arguments.size() < 2) return std::nullopt;
  const CostRange text = call.target->size;
  const CostRange from = call.arguments[0].size;
  const CostRange to = call.arguments[1].size;
  CostRange count;
  CostRange kept;
  if (from.min == 0) {
    count.max = Next(text.max);
    kept.max = text.max;
  } else if (to.max <= from.min) {
    kept.max = text.max;
  } else {
    count.max = DivideUp(text.max, from.min);
  }
  if (from.max == 0) {
    count.min = Next(text.min);
    kept.min = text.min;
  } else if (from.max <= to.min) {
    kept.min = text.min;
  } else {
    count.min = DivideUp(text.min, from.max);
  }
  return {{Traverse(text, 2), count.Times(to).Plus(kept)}};
}

const std::int64_t* IntLiteral(const CostNode& node) {
  const auto* constant = node.expression ? node.expression->As<Constant>() : nullptr;
  return constant ? std::get_if<std::int64_t>(constant) : nullptr;
}
std::uint64_t IntLiteral(const CostNode& node, std::uint64_t otherwise) {
  const std::int64_t* value = IntLiteral(node);
  if (!value) return otherwise;
  return *value < 0 ? 0 : static_cast<std::uint64_t>(*value);
}

Estimate Split(const CostedCall& call) {
  if (!call.target) return std::nullopt;
  std::uint64_t parts = call.target->size.max;
  if (call.arguments.size() > 1) {
    if (const std::int64_t* limit = IntLiteral(call.arguments[1])) {
      parts = static_cast<std::uint64_t>(*limit);
    }
  }
  return {{Traverse(call.target->size, 2), CostRange{0, parts}}};
}

Estimate Join(const CostedCall& call) {
  if (!call.target) return std::nullopt;
  const CostRange list = call.target->size;
  CostRange size;
  if (const auto elements = ElementsOf(call)) size = list.Times(elements->size);
  if (!call.arguments.empty()) {
    const CostRange separators{list.min > 0 ? list.min - 1 : 0, list.max > 0 ? list.max - 1 : 0};
    size = size.Plus(call.arguments[0].size.Times(separators));
  }
  return {{Traverse(size), size}};
}

Estimate Find(const CostedCall& call) {
  if (!call.target || call.arguments.empty()) return std::nullopt;
  const CostRange text = call.target->size;
  const CostRange pattern = call.arguments[0].size.Times(kRegexLengthFactor);
  return {{Traverse(text.Plus(kOne)).Times(pattern), CostRange{0, text.max}}};
}

Estimate ReadText(const CostedCall& call) {
  if (call.overload_id == "cidr_ip") return One(call);
  if (call.arguments.empty()) return std::nullopt;
  return {{Traverse(call.arguments[0].size)}};
}
Estimate ReadTextTwice(const CostedCall& call) {
  if (call.arguments.empty()) return std::nullopt;
  return {{Traverse(call.arguments[0].size, 2)}};
}

Estimate ContainsAddress(const CostedCall& call) {
  if (call.arguments.empty()) return std::nullopt;
  CostRange cost = Traverse(kAddressBytes.Plus(kAddressBytes));
  if (call.function == "containsCIDR") cost = cost.Plus(Traverse(kAddressBytes)).Plus(kOne);
  if (call.overload_id == "cidr_contains_ip_string" ||
      call.overload_id == "cidr_contains_cidr_string") {
    cost = cost.Plus(Traverse(call.arguments[0].size));
  }
  return {{cost}};
}

Estimate Validate(const CostedCall& call) {
  if (call.arguments.empty()) return std::nullopt;
  return {{Traverse(call.arguments[0].size).Times(kFormatPatternMax * kRegexLengthFactor)}};
}

Estimate Equality(const CostedCall& call) {
  if (call.arguments.size() != 2 || !SameType(*call.arguments[0].type, *call.arguments[1].type)) {
    return std::nullopt;
  }
  const std::string& type = call.arguments[0].type->name();
  if (type == "kubernetes.NamedFormat") return {{Traverse({1, kFormatSizeMax})}};
  if (type == "kubernetes.URL") {
    // Upstream asks the right side twice.
    const CostNode& right = call.arguments[1];
    return {{Traverse({1, right.has_size ? right.size.max : 1})}};
  }
  if (type == "net.IP" || type == "net.CIDR" || type == "kubernetes.Quantity" ||
      type == "kubernetes.Semver" || type.starts_with("kubernetes.authorization.")) {
    return {{kOne}};
  }
  return std::nullopt;
}

// A call that makes a list of `size`.
Estimate Allocating(double factor, CostRange size) {
  return {{size.Times(factor).Plus(CostRange::Exactly(1 + kListCost)), size}};
}
Estimate Sets(const CostedCall& call) {
  if (call.arguments.size() != 2) return std::nullopt;
  const CostRange pairs = call.arguments[0].size.Times(call.arguments[1].size);
  return {{pairs.Times(call.function == "sets.equivalent" ? 2.0 : 1.0).Plus(kOne)}};
}
Estimate Slice(const CostedCall& call) {
  const std::uint64_t start = IntLiteral(call.arguments[0], 0);
  const std::uint64_t end = IntLiteral(call.arguments[1], call.target->size.max);
  return Allocating(1, CostRange::Exactly(end - start));
}
Estimate Range(const CostedCall& call) {
  return Allocating(1, CostRange::Exactly(IntLiteral(call.arguments[0], CostRange::kUnbounded)));
}
Estimate Reverse(const CostedCall& call) { return Allocating(1, call.target->size); }
Estimate Flatten(const CostedCall& call) {
  const std::uint64_t depth =
      call.arguments.empty() ? 1 : IntLiteral(call.arguments[0], CostRange::kUnbounded);
  return Allocating(static_cast<double>(depth), call.target->size);
}
Estimate Distinct(const CostedCall& call) {
  return Allocating(2, call.target->size.Times(call.target->size));
}
Estimate Sort(const CostedCall& call) {
  const CostNode& sorted = call.arguments.empty() ? *call.target : call.arguments[0];
  const bool is_text =
      call.overload_id.starts_with("list_string_") || call.overload_id.starts_with("list_bytes_");
  return Allocating(is_text ? 2 + kStringTraversalFactor : 2, sorted.size.Times(sorted.size));
}

const std::map<std::string_view, Estimator>& Estimators() {
  static const std::map<std::string_view, Estimator> estimators = [] {
    std::map<std::string_view, Estimator> out;
    const auto add = [&out](Estimator estimator, std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) out[name] = estimator;
    };
    add(Check, {"check"});
    add(One, {"serviceAccount",
              "path",
              "group",
              "resource",
              "subresource",
              "namespace",
              "name",
              "allowed",
              "reason",
              "error",
              "errored",
              "masked",
              "prefixLength",
              "family",
              "isUnspecified",
              "isLoopback",
              "isLinkLocalMulticast",
              "isLinkLocalUnicast",
              "isGlobalUnicast",
              "format.named",
              "sign",
              "asInteger",
              "isInteger",
              "asApproximateFloat",
              "isGreaterThan",
              "isLessThan",
              "compareTo",
              "add",
              "sub",
              "major",
              "minor",
              "patch",
              "getScheme",
              "getHostname",
              "getHost",
              "getPort",
              "getEscapedPath",
              "getQuery"});
    add(Selector, {"fieldSelector", "labelSelector"});
    add(Scan, {"isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"});
    add(ReadUrl, {"url", "jsonpatch.escapeKey"});
    add(SameSize, {"lowerAscii", "upperAscii", "substring", "trim"});
    add(ReadText, {"cidr", "isIP", "isCIDR", "ip", "quantity", "isQuantity", "semver", "isSemver"});
    add(ReadTextTwice, {"ip.isCanonical"});
    add(ContainsAddress, {"containsIP", "containsCIDR"});
    add(Find, {"find", "findAll"});
    add(Sets, {"sets.contains", "sets.intersects", "sets.equivalent"});
    add(Sort, {"sort", "@sortByAssociatedKeys"});
    add(Replace, {"replace"});
    add(Split, {"split"});
    add(Join, {"join"});
    add(Validate, {"validate"});
    add(Equality, {"_==_"});
    add(Slice, {"slice"});
    add(Range, {"lists.range"});
    add(Reverse, {"reverse"});
    add(Flatten, {"flatten"});
    add(Distinct, {"distinct"});
    return out;
  }();
  return estimators;
}

}  // namespace

std::optional<CallCostEstimate> EstimateLibraryCall(const CostedCall& call) {
  const auto found = Estimators().find(call.function);
  return found == Estimators().end() ? std::nullopt : found->second(call);
}

}  // namespace apiserver::cel
