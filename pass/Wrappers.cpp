// Wrappers.cpp - the hooks of the program's own allocators:
//
//   before  define ptr @take(ptr %arena, i64 %n) {      ; MEMPROF_ALLOC(2)
//             BODY
//             ret ptr %p
//           }
//
//   after   define ptr @take(ptr %arena, i64 %n) {
//             %token = call i64 @__memprofpass_wrapper_begin()
//             BODY
//             call void @__memprofpass_wrapper_end(i64 %token)
//             call void @__memprofpass_own_allocated(ptr %p, i64 %n)
//             ret ptr %p
//           }
//
// and in a release wrapper, MEMPROF_FREE(2), first of all
//
//             call void @__memprofpass_own_freed(ptr %block)
//
// The hooks stand in the function itself, not around calls of it: so callers in
// other modules and without a mark are counted too.
#include "Wrappers.h"
#include "Dispatch.h"
#include "LLVMCompat.h"
#include "Selection.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Transforms/Utils/EscapeEnumerator.h"

using namespace llvm;

namespace memprof {

static bool fits(const Argument &A, bool Releases) {
  return Releases ? A.getType()->isPointerTy() : A.getType()->isIntegerTy();
}

/// The arguments that the mark names; without numbers, those of alloc_size, or
/// the only one that fits. Empty when there is none.
static SmallVector<Argument *, 2> argumentsOf(Function &F, const Wrapper &W) {
  SmallVector<Argument *, 2> Found;
  Attribute Size = F.getFnAttribute(Attribute::AllocSize);
  if (!W.Arguments.empty()) {
    for (unsigned Number : W.Arguments)
      if (Number - 1 < F.arg_size())
        Found.push_back(F.getArg(Number - 1));
    if (Found.size() != W.Arguments.size())
      Found.clear();
  } else if (!W.Releases && Size.isValid()) {
    auto Numbers = Size.getAllocSizeArgs();
    Found.push_back(F.getArg(Numbers.first));
    if (Numbers.second)
      Found.push_back(F.getArg(*Numbers.second));
  } else {
    for (Argument &A : F.args())
      if (fits(A, W.Releases))
        Found.push_back(&A);
    if (Found.size() != 1)
      Found.clear();
  }
  if (Found.size() > (W.Releases ? 1u : 2u) ||
      !all_of(Found, [&](Argument *A) { return fits(*A, W.Releases); }))
    Found.clear();
  return Found;
}

/// Why the hooks cannot stand in the function; empty when they can.
static StringRef reasonAgainst(const Function &F, const Wrapper &W) {
  if (F.hasFnAttribute(Attribute::Naked))
    return "it is naked";
  if (!W.Releases && !F.getReturnType()->isPointerTy())
    return "it returns no pointer";
  for (const BasicBlock &BB : F)
    if (!W.Releases && BB.getTerminatingMustTailCall())
      return "it ends in a tail call that must stay one";
  return "";
}

static void hookRelease(Argument &Block, IRBuilderBase &B,
                        RuntimeHooks &Hooks) {
  Hooks.call(B, Hook_own_freed, {&Block});
}

static void hookAllocation(Function &F, ArrayRef<Argument *> Size,
                           IRBuilderBase &B, RuntimeHooks &Hooks) {
  Type *SizeType = F.getParent()->getDataLayout().getIntPtrType(B.getContext());
  Value *Bytes = B.CreateZExtOrTrunc(Size[0], SizeType);
  if (Size.size() > 1)
    Bytes = B.CreateMul(Bytes, B.CreateZExtOrTrunc(Size[1], SizeType));
  Value *Token = Hooks.call(B, Hook_wrapper_begin, {});
  EscapeEnumerator Escapes(F, "memprof.unwind", !F.doesNotThrow());
  while (IRBuilder<> *End = Escapes.Next()) {
    if (!End->getCurrentDebugLocation())
      End->SetCurrentDebugLocation(B.getCurrentDebugLocation());
    Hooks.call(*End, Hook_wrapper_end, {Token});
    if (auto *Return = dyn_cast<ReturnInst>(&*End->GetInsertPoint()))
      Hooks.call(*End, Hook_own_allocated, {Return->getReturnValue(), Bytes});
  }
}

void hookWrapper(Function &F, const Wrapper &W, RuntimeHooks &Hooks) {
  if (F.hasFnAttribute(DoneAttribute))
    return;
  StringRef Word = W.Releases ? "profile_free" : "profile_alloc";
  StringRef Reason = reasonAgainst(F, W);
  SmallVector<Argument *, 2> Arguments = argumentsOf(F, W);
  if (Reason.empty() && Arguments.empty())
    Reason = W.Releases
                 ? "say which argument is the block, as in MEMPROF_FREE(1)"
                 : "say which argument is the size, as in MEMPROF_ALLOC(1)";
  if (!Reason.empty()) {
    reportAt(F, W.At, DS_Error,
             Word + " on '" + namesOf(F).Name + "': " + Reason);
    return;
  }
  gatherEntryAllocas(F);
  dropUntrueAttributes(F);
  // By its frame the runtime tells what is inside, after a longjmp too: it must
  // not be its caller's.
  F.removeFnAttr(Attribute::AlwaysInline);
  F.removeFnAttr(Attribute::InlineHint);
  F.addFnAttr(Attribute::NoInline);
  IRBuilder<> B(&F.getEntryBlock(), behindEntryAllocas(F));
  if (DISubprogram *SP = F.getSubprogram())
    B.SetCurrentDebugLocation(DILocation::get(F.getContext(), 0, 0, SP));
  if (W.Releases)
    hookRelease(*Arguments[0], B, Hooks);
  else
    hookAllocation(F, Arguments, B, Hooks);
}

} // namespace memprof
