// ScopeExits.h - the jumps that lose their line from -O1 on.
#ifndef MEMPROF_PASS_SCOPEEXITS_H
#define MEMPROF_PASS_SCOPEEXITS_H

#include "Reality.h"
#include "llvm/ADT/DenseMap.h"

namespace llvm {
class DILocalScope;
} // namespace llvm

namespace memprof {

/// Finds the jumps whose line gets lost at -O1 and above: the only way out of a
/// scope with variables. Clang joins that way with the cleanup, whose branch
/// has no location. So that the numbers are the same, such a jump (the `break`
/// of `case 1: { int x; ...; break; }`) does not count at -O0 either. With
/// -gline-tables-only nobody knows about the variables, and at -O0 it counts.
class ScopeExits {
public:
  ScopeExits(llvm::Function &F, const Reality &Real);

  /// Whether the branch is the only way out of the innermost scope with
  /// variables that it leaves.
  bool isOnlyWayOut(const llvm::BranchInst &Branch) const;

private:
  struct WaysOut {
    unsigned Number = 0;
    const llvm::Instruction *Last = nullptr; // from which execution leaves
  };

  static const llvm::DILocalScope *scopeOf(const llvm::Instruction &I);
  static const llvm::DILocalScope *parentOf(const llvm::DILocalScope *Scope);
  static bool isInside(const llvm::DILocalScope *Inner,
                       const llvm::DILocalScope *Outer);
  static const llvm::DILocalScope *firstScopeOf(const llvm::BasicBlock &BB);

  /// Whether the branch is nothing that a user wrote, but leads from the end of
  /// the scope to what follows it. Such a branch comes after the cleanup, so it
  /// keeps its location.
  bool isEndOf(const llvm::DILocalScope *Scope,
               const llvm::BranchInst &Branch) const;

  void step(const llvm::Instruction &From, const llvm::DILocalScope *Next);
  void collect(const llvm::BasicBlock &BB);

  const llvm::Function &F;
  const Reality &Real;
  llvm::DenseMap<const llvm::DILocalScope *, WaysOut> Exits;
};

} // namespace memprof

#endif
