// Which tokens the rules of the grammar may begin with. Not for use beside the grammar's files.
#pragma once

#include "apiserver/cel/token.h"

namespace apiserver::cel {

using enum TokenKind;
inline constexpr TokenSet kEnd = SetOf(kEpsilon);
inline constexpr TokenSet kLiteralFirst =
    SetOf(kMinus, kTrue, kFalse, kNull, kFloat, kInt, kUint, kString, kBytes);
inline constexpr TokenSet kMemberFirst =
    kLiteralFirst | SetOf(kLeftBracket, kLeftBrace, kLeftParen, kDot, kIdentifier);
inline constexpr TokenSet kExprFirst = kMemberFirst | SetOf(kExclamation);
inline constexpr TokenSet kOptExprFirst = kExprFirst | SetOf(kQuestion);
inline constexpr TokenSet kNameFirst = SetOf(kIdentifier, kEscapedIdentifier);
inline constexpr TokenSet kFieldFirst = kNameFirst | SetOf(kQuestion);
inline constexpr TokenSet kRelationOperators =
    SetOf(kLess, kLessEquals, kGreaterEquals, kGreater, kEquals, kNotEquals, kIn);
inline constexpr TokenSet kProductOperators = SetOf(kStar, kSlash, kPercent);
inline constexpr TokenSet kSumOperators = SetOf(kPlus, kMinus);
inline constexpr TokenSet kMemberFollow = SetOf(kDot, kLeftBracket) | kEnd;

}  // namespace apiserver::cel
