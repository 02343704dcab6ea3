// ScopeExits.cpp - counts the ways out of each scope that has variables, by the
// scopes of the locations on both sides of a step.
#include "ScopeExits.h"
#include "LLVMCompat.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace memprof {

ScopeExits::ScopeExits(Function &F, const Reality &Real) : F(F), Real(Real) {
  for (Instruction &I : instructions(F))
    if (auto *Alloca = dyn_cast<AllocaInst>(&I))
      if (const DILocalVariable *Variable = variableIn(*Alloca))
        if (!Variable->getArg())
          if (const DILocalScope *Scope = Variable->getScope())
            Exits[Scope->getNonLexicalBlockFileScope()];
  if (!Exits.empty())
    for (const BasicBlock &BB : F)
      collect(BB);
}

bool ScopeExits::isOnlyWayOut(const BranchInst &Branch) const {
  for (const DILocalScope *Scope = scopeOf(Branch); Scope;
       Scope = parentOf(Scope)) {
    auto Found = Exits.find(Scope);
    if (Found != Exits.end() && Found->second.Last == &Branch)
      return Found->second.Number == 1 && !isEndOf(Scope, Branch);
  }
  return false;
}

const DILocalScope *ScopeExits::scopeOf(const Instruction &I) {
  const DILocation *Loc = locationOf(I);
  return Loc ? Loc->getScope()->getNonLexicalBlockFileScope() : nullptr;
}

const DILocalScope *ScopeExits::parentOf(const DILocalScope *Scope) {
  const auto *Block = dyn_cast<DILexicalBlockBase>(Scope);
  return Block ? Block->getScope()->getNonLexicalBlockFileScope() : nullptr;
}

bool ScopeExits::isInside(const DILocalScope *Inner,
                          const DILocalScope *Outer) {
  while (Inner && Inner != Outer)
    Inner = parentOf(Inner);
  return Inner;
}

const DILocalScope *ScopeExits::firstScopeOf(const BasicBlock &BB) {
  // The block where an `else if` ends has no location: what follows tells.
  const BasicBlock *At = &BB;
  for (unsigned Steps = 0; At && Steps != 64; ++Steps) {
    for (const Instruction &I : *At)
      if (!isa<IntrinsicInst>(I))
        if (const DILocalScope *Scope = scopeOf(I))
          return Scope;
    At = At->getSingleSuccessor();
  }
  return nullptr;
}

bool ScopeExits::isEndOf(const DILocalScope *Scope,
                         const BranchInst &Branch) const {
  const auto *Block = dyn_cast<DILexicalBlock>(Scope);
  if (!Block)
    return false;
  // The scope of a for statement's own variable.
  if (Real.isLoopStart(Block->getLine(), Block->getColumn()))
    return scopeOf(Branch) == Scope;
  const BasicBlock *To = Branch.getSuccessor(0);
  bool IsCase = false;
  for (const BasicBlock &BB : F) {
    const Instruction *Terminator = BB.getTerminator();
    if (Terminator->getNumSuccessors() < 2 ||
        isInside(scopeOf(*Terminator), Scope))
      continue;
    for (const BasicBlock *Inner : successors(&BB)) {
      if (!isInside(firstScopeOf(*Inner), Scope))
        continue;
      IsCase |= isa<SwitchInst>(Terminator);
      if (!isa<BranchInst>(Terminator))
        continue;
      // An if's body, with or without an else beside it.
      for (const BasicBlock *Other : successors(&BB))
        if (Other == To || (!isInside(firstScopeOf(*Other), Scope) &&
                            isInside(firstScopeOf(*Other), parentOf(Scope))))
          return true;
    }
  }
  // A loop's body, on its way to the next round.
  return !IsCase && (Branch.getMetadata(LLVMContext::MD_loop) ||
                     To->getTerminator()->getMetadata(LLVMContext::MD_loop));
}

void ScopeExits::step(const Instruction &From, const DILocalScope *Next) {
  for (const DILocalScope *Scope = scopeOf(From);
       Scope && !isInside(Next, Scope); Scope = parentOf(Scope)) {
    auto Found = Exits.find(Scope);
    if (Found == Exits.end())
      continue;
    ++Found->second.Number;
    Found->second.Last = &From;
  }
}

void ScopeExits::collect(const BasicBlock &BB) {
  const Instruction *Previous = nullptr;
  for (const Instruction &I : BB) {
    if (isa<IntrinsicInst>(I) || !scopeOf(I))
      continue;
    if (Previous)
      step(*Previous, scopeOf(I));
    Previous = &I;
  }
  if (Previous)
    for (const BasicBlock *To : successors(&BB))
      step(*Previous, firstScopeOf(*To));
}

} // namespace memprof
