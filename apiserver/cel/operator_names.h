// How operators are named as functions. Source: cel-go common/operators.
#pragma once

namespace apiserver::cel {

inline constexpr char kConditionalName[] = "_?_:_";
inline constexpr char kLogicalAndName[] = "_&&_";
inline constexpr char kLogicalOrName[] = "_||_";
inline constexpr char kLogicalNotName[] = "!_";
inline constexpr char kNegateName[] = "-_";
inline constexpr char kIndexName[] = "_[_]";
inline constexpr char kOptIndexName[] = "_[?_]";
inline constexpr char kOptSelectName[] = "_?._";
inline constexpr char kAddName[] = "_+_";
inline constexpr char kEqualsName[] = "_==_";
inline constexpr char kNotStrictlyFalseName[] = "@not_strictly_false";
// Of two-variable comprehensions and sortBy().
inline constexpr char kMapInsertName[] = "cel.@mapInsert";
inline constexpr char kSortByKeysName[] = "@sortByAssociatedKeys";

}  // namespace apiserver::cel
