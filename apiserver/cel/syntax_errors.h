// What the parser says of tokens that do not fit, and how it finds back: as ANTLR's default
// strategy.
//
// The grammar code tells at each step which tokens may come (within its rule; kEpsilon if the rule
// may end), and this class answers "matched", "one token dropped", "one token imagined" or "this
// rule is lost". `site` tells apart the places of the grammar, by source line. Invariants: (1)
// After an error nothing is reported until a token matches again. (2) A lost rule skips to what its
// callers may go on with; the second time at one place at least one token goes, so parsing ends.
// (3) Once aborted() every look-ahead is the end of the text. Source: antlr4 DefaultErrorStrategy,
// cel-go parser/parser.go. Threads: one.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "apiserver/cel/token.h"

namespace apiserver::cel {

class SyntaxErrors {
 public:
  static constexpr int kRecoveriesMax = 30;
  static constexpr int kSkippedMax = 256;
  static constexpr int kReportsMax = 100;

  SyntaxErrors(const Source& source, Issues& issues);

  TokenKind Look(std::size_t ahead = 0) const { return At(ahead).kind; }
  const Token& Current() const { return At(0); }
  bool aborted() const { return aborted_; }
  // Ends parsing with a message that has no position.
  void Abort(std::string message);

  // A rule begins, behind which `follow` may come within its caller; it ends.
  void Enter(TokenSet follow) { follows_.push_back(follow); }
  void Leave() { follows_.pop_back(); }

  // At an optional or repeated part that may begin with `next`. False: the rule is lost.
  bool Sync(TokenSet next, int site = __builtin_LINE());
  // At a repeated part behind its first round: reports and skips what does not fit.
  void SyncLoop(TokenSet next);
  // `behind` may come after `kind` within the rule. False: the rule is lost.
  bool Match(TokenKind kind, TokenSet behind, int site = __builtin_LINE());
  // No alternative fits the `count` tokens from the current one on. Always false.
  bool NoAlternative(std::size_t count, int site = __builtin_LINE());
  // Called by the rule that is lost, before it ends.
  void Recover();

 private:
  const Token& At(std::size_t ahead) const;
  void Consume();
  void ConsumeUntil(TokenSet set);
  bool CountAttempt();
  TokenSet Expected(TokenSet next) const;
  TokenSet RecoverySet() const;
  std::string Quoted(std::int32_t start, std::int32_t end) const;
  std::string Shown(const Token& token) const;
  void Report(const Token& token, std::string message);
  bool DropOne(TokenSet expected);
  bool Lose(int site);

  const Source& source_;
  Issues& issues_;
  Tokens read_;
  const std::vector<Token>& tokens_;
  std::size_t index_ = 0;
  std::vector<TokenSet> follows_;
  bool is_recovering_ = false;
  bool aborted_ = false;
  int lost_site_ = 0;
  std::size_t last_error_index_ = static_cast<std::size_t>(-1);
  std::set<int> last_error_sites_;
  int attempts_ = 0;
  int reports_ = 0;
};

}  // namespace apiserver::cel
