// Reality.cpp - what is code at -O0, what is nothing but a cleanup of -O1:
//
//   break;      store i32 2, %slot             ; the cleanup's
//               br %cleanup            line 7  ; the user's
//   cleanup:    lifetime.end(%x)               ; the cleanup's
//               %n = load i32, %slot           ; the cleanup's
//               switch %n, 2 -> %loop.end      ; the cleanup's
#include "Reality.h"
#include "LLVMCompat.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace memprof {

const DILocation *locationOf(const Instruction &I) {
  const DILocation *Loc = I.getDebugLoc().get();
  while (Loc && Loc->getInlinedAt())
    Loc = Loc->getInlinedAt();
  return Loc && Loc->getLine() ? Loc : nullptr;
}

Reality::Reality(const Function &F) {
  for (const Instruction &I : instructions(F))
    if (const auto *Alloca = dyn_cast<AllocaInst>(&I))
      if (isCleanupSlot(*Alloca))
        Slots.insert(Alloca);
  for (const BasicBlock &BB : F)
    if (const MDNode *Loop =
            BB.getTerminator()->getMetadata(LLVMContext::MD_loop))
      if (const DILocation *Start = startOf(*Loop))
        LoopStarts.insert({Start->getLine(), Start->getColumn()});
}

const DILocation *Reality::startOf(const MDNode &Loop) {
  for (const MDOperand &Operand : drop_begin(Loop.operands()))
    if (const auto *Start = dyn_cast<DILocation>(Operand))
      return Start;
  return nullptr;
}

bool Reality::isLoopStart(unsigned Line, unsigned Column) const {
  return LoopStarts.count({Line, Column});
}

bool Reality::isPresent(const Instruction &I) const {
  if (const auto *Intrinsic = dyn_cast<IntrinsicInst>(&I))
    if (isNoCode(*Intrinsic))
      return false;
  return !isOfCleanup(I) && !isLifetimeCast(I);
}

bool Reality::isReal(const Instruction &I) const {
  if (!locationOf(I) || !isPresent(I) || isa<AllocaInst>(I) ||
      isa<PHINode>(I) || isa<UnreachableInst>(I) || isa<BitCastInst>(I) ||
      isa<AddrSpaceCastInst>(I) || isa<ExtractValueInst>(I) ||
      isa<InsertValueInst>(I) || isa<FreezeInst>(I) || isa<LandingPadInst>(I))
    return false;
  // Clang puts the start of a landing pad on the function's last line.
  if (const auto *Store = dyn_cast<StoreInst>(&I))
    if (const auto *Part = dyn_cast<ExtractValueInst>(Store->getValueOperand()))
      if (isa<LandingPadInst>(Part->getAggregateOperand()))
        return false;
  if (const auto *GEP = dyn_cast<GetElementPtrInst>(&I))
    return !GEP->hasAllConstantIndices(); // part of the access
  // What nobody uses is not selected.
  if (I.use_empty() && !I.isTerminator() && !I.mayHaveSideEffects() &&
      !I.isEHPad())
    return false;
  // What follows a musttail call is part of it.
  return !isa<ReturnInst>(I) || !I.getParent()->getTerminatingMustTailCall();
}

bool Reality::isPureCleanup(const BasicBlock &BB) const {
  return none_of(BB, [this](const Instruction &I) { return isReal(I); });
}

const SwitchInst *Reality::switchOfCleanup(const BasicBlock &BB) const {
  const auto *Switch = dyn_cast_or_null<SwitchInst>(BB.getTerminator());
  return Switch && isOfCleanup(*Switch) ? Switch : nullptr;
}

const ConstantInt *Reality::numberLeadingTo(const SwitchInst &Switch,
                                            const BasicBlock &To) {
  for (const auto &Case : Switch.cases())
    if (Case.getCaseSuccessor() == &To)
      return Case.getCaseValue();
  return nullptr;
}

const ConstantInt *Reality::numberStoredIn(const BasicBlock &BB) const {
  for (const Instruction &I : reverse(BB))
    if (const auto *Store = dyn_cast<StoreInst>(&I))
      if (isSlot(Store->getPointerOperand()))
        return dyn_cast<ConstantInt>(Store->getValueOperand());
  return nullptr;
}

bool Reality::isNoCode(const IntrinsicInst &I) {
  if (I.isDebugOrPseudoInst() || I.isLifetimeStartOrEnd())
    return true;
  StringRef Name = I.getCalledFunction()->getName();
  for (const char *Prefix :
       {"llvm.assume", "llvm.annotation", "llvm.var.annotation",
        "llvm.ptr.annotation", "llvm.expect", "llvm.experimental.noalias",
        "llvm.invariant", "llvm.launder", "llvm.strip", "llvm.sideeffect",
        "llvm.donothing", "llvm.va_end", "llvm.is.constant", "llvm.objectsize",
        "llvm.fake.use", "llvm.codeview", "llvm.instrprof"})
    if (startsWith(Name, Prefix))
      return true;
  return false;
}

bool Reality::isLifetimeCast(const Instruction &I) {
  return isa<BitCastInst>(I) && all_of(I.users(), [](const User *U) {
           const auto *Intrinsic = dyn_cast<IntrinsicInst>(U);
           return Intrinsic && Intrinsic->isLifetimeStartOrEnd();
         });
}

bool Reality::isCleanupSlot(const AllocaInst &Alloca) {
  if (!Alloca.getAllocatedType()->isIntegerTy(32) || Alloca.isArrayAllocation())
    return false;
  bool IsStoredWithoutLocation = false;
  for (const User *U : Alloca.users()) {
    if (const auto *Store = dyn_cast<StoreInst>(U)) {
      if (!isa<ConstantInt>(Store->getValueOperand()) &&
          !isa<LoadInst>(Store->getValueOperand())) // saved around another
        return false;
      IsStoredWithoutLocation |= !Store->getDebugLoc();
      continue;
    }
    const auto *Load = dyn_cast<LoadInst>(U);
    if (!Load)
      return false;
    for (const User *Reader : Load->users())
      if (!isa<SwitchInst>(Reader) && !isa<ICmpInst>(Reader) &&
          !isa<StoreInst>(Reader))
        return false;
  }
  return IsStoredWithoutLocation;
}

bool Reality::isSlot(const Value *V) const {
  const auto *Alloca = dyn_cast<AllocaInst>(V);
  return Alloca && Slots.count(Alloca);
}

bool Reality::isOfCleanup(const Instruction &I) const {
  if (const auto *Store = dyn_cast<StoreInst>(&I))
    return isSlot(Store->getPointerOperand()) ||
           isOfCleanup(Store->getValueOperand());
  if (const auto *Load = dyn_cast<LoadInst>(&I))
    return isSlot(Load->getPointerOperand());
  if (const auto *Compare = dyn_cast<ICmpInst>(&I))
    return isOfCleanup(Compare->getOperand(0));
  if (const auto *Switch = dyn_cast<SwitchInst>(&I))
    return isOfCleanup(Switch->getCondition());
  if (const auto *Branch = dyn_cast<BranchInst>(&I))
    return Branch->isConditional() && isOfCleanup(Branch->getCondition());
  return false;
}

bool Reality::isOfCleanup(const Value *V) const {
  const auto *I = dyn_cast<Instruction>(V);
  return I && !isa<StoreInst>(I) && isOfCleanup(*I);
}

} // namespace memprof
