#include "apiserver/cel/syntax_errors.h"

#include <algorithm>

namespace apiserver::cel {
namespace {

constexpr TokenSet kEpsilon = SetOf(TokenKind::kEpsilon);
constexpr Token kNothing;

}  // namespace

SyntaxErrors::SyntaxErrors(const Source& source, Issues& issues)
    : source_(source), issues_(issues), read_(Tokenize(source, issues)), tokens_(read_.tokens) {}

const Token& SyntaxErrors::At(std::size_t ahead) const {
  if (aborted_) return kNothing;
  return tokens_[std::min(index_ + ahead, tokens_.size() - 1)];
}

void SyntaxErrors::Abort(std::string message) {
  if (!aborted_) issues_.Report(kNoPosition, std::move(message));
  aborted_ = true;
}

void SyntaxErrors::Consume() {
  if (index_ + 1 < tokens_.size()) ++index_;
}

void SyntaxErrors::ConsumeUntil(TokenSet set) {
  for (int skipped = 0; Look() != TokenKind::kEof && !Has(set, Look()); ++skipped) {
    if (skipped >= kSkippedMax) {
      return Abort("error recovery token lookahead limit exceeded: " + std::to_string(kSkippedMax));
    }
    Consume();
  }
}

bool SyntaxErrors::CountAttempt() {
  if (++attempts_ <= kRecoveriesMax) return true;
  if (!aborted_) {
    Report(Current(), "error recovery attempt limit exceeded: " + std::to_string(kRecoveriesMax));
  }
  aborted_ = true;
  return false;
}

TokenSet SyntaxErrors::Expected(TokenSet next) const {
  for (auto follow = follows_.rbegin(); follow != follows_.rend() && (next & kEpsilon); ++follow) {
    next = (next & ~kEpsilon) | *follow;
  }
  return next & ~kEpsilon;
}

TokenSet SyntaxErrors::RecoverySet() const {
  TokenSet set = 0;
  for (const TokenSet follow : follows_) set |= follow;
  return set & ~kEpsilon;
}

std::string SyntaxErrors::Quoted(std::int32_t start, std::int32_t end) const {
  std::string text = "'";
  std::string shown;
  for (const Token& skipped : read_.skipped) {
    if (skipped.start < start || skipped.start >= end) continue;
    shown += source_.Slice(start, skipped.start);
    start = skipped.end;
  }
  if (start < end) shown += source_.Slice(start, end);
  for (const char c : shown) {
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\t') {
      text += "\\t";
    } else {
      text += c;
    }
  }
  return text + "'";
}

std::string SyntaxErrors::Shown(const Token& token) const {
  return token.kind == TokenKind::kEof ? "'<EOF>'" : Quoted(token.start, token.end);
}

void SyntaxErrors::Report(const Token& token, std::string message) {
  if (aborted_) return;
  if (++reports_ > kReportsMax) {
    issues_.Report(token.start,
                   "Syntax error: More than " + std::to_string(kReportsMax) + " syntax errors");
    aborted_ = true;
    return;
  }
  issues_.Report(token.start, "Syntax error: " + std::move(message));
}

bool SyntaxErrors::DropOne(TokenSet expected) {
  if (!Has(expected, Look(1)) || index_ + 1 >= tokens_.size()) return false;
  if (!is_recovering_) {
    Report(Current(), "extraneous input " + Shown(Current()) + " expecting " + SetText(expected));
  }
  Consume();
  is_recovering_ = false;
  return true;
}

bool SyntaxErrors::Lose(int site) {
  is_recovering_ = true;
  lost_site_ = site;
  return false;
}

bool SyntaxErrors::Sync(TokenSet next, int site) {
  if (is_recovering_ || (next & kEpsilon) || Has(next, Look())) return true;
  if (DropOne(Expected(next))) return true;
  Report(Current(), "mismatched input " + Shown(Current()) + " expecting " + SetText(next));
  return Lose(site);
}

void SyntaxErrors::SyncLoop(TokenSet next) {
  if (is_recovering_ || (next & kEpsilon) || Has(next, Look())) return;
  Report(Current(),
         "extraneous input " + Shown(Current()) + " expecting " + SetText(Expected(next)));
  is_recovering_ = true;
  ConsumeUntil(Expected(next) | RecoverySet());
}

bool SyntaxErrors::Match(TokenKind kind, TokenSet behind, int site) {
  if (Look() == kind && !aborted_) {
    is_recovering_ = false;
    last_error_index_ = static_cast<std::size_t>(-1);
    last_error_sites_.clear();
    Consume();
    return true;
  }
  if (aborted_ || !CountAttempt()) return Lose(site);
  if (Look(1) == kind && DropOne(SetOf(kind))) {
    Consume();
    return true;
  }
  if (Has(Expected(behind), Look())) {
    if (!is_recovering_) {
      Report(Current(), "missing " + SetText(SetOf(kind)) + " at " + Shown(Current()));
    }
    is_recovering_ = true;
    return true;
  }
  if (!is_recovering_) {
    Report(Current(),
           "mismatched input " + Shown(Current()) + " expecting " + SetText(SetOf(kind)));
  }
  return Lose(site);
}

bool SyntaxErrors::NoAlternative(std::size_t count, int site) {
  if (is_recovering_ || aborted_) return Lose(site);
  const Token& last = At(count - 1);
  const std::string input =
      Current().kind == TokenKind::kEof ? "'<EOF>'" : Quoted(Current().start, last.end);
  const std::string found = source_.Slice(last.start, last.end);
  if (Has(SetOf(TokenKind::kTrue, TokenKind::kFalse, TokenKind::kNull), last.kind) && count == 2 &&
      Current().end == last.start) {
    // Kept from before the words were tokens of their own.
    Report(last, "mismatched input '" + found + "' expecting IDENTIFIER");
  } else {
    Report(last, "no viable alternative at input " + input);
  }
  return Lose(site);
}

void SyntaxErrors::Recover() {
  if (aborted_ || !CountAttempt()) return;
  if (last_error_index_ == index_ && last_error_sites_.contains(lost_site_)) Consume();
  last_error_index_ = index_;
  last_error_sites_.insert(lost_site_);
  ConsumeUntil(RecoverySet());
}

}  // namespace apiserver::cel
