// Allocations.cpp - hooks around allocation calls:
//
//   before  %p = call ptr @malloc(i64 %n)
//   after   %p = call ptr @malloc(i64 %n) nobuiltin
//           call void asm sideeffect "", "r,~{memory}"(ptr %p)
//           %direct = load i8, ptr @__memprofpass_direct
//           %counts = icmp ne i8 %direct, 0
//           br i1 %counts, label %memprof.direct, label %memprof.go.on
//         memprof.direct:                              ; hardly ever
//           call void @__memprofpass_allocated(ptr %p, i64 %n)
//           br label %memprof.go.on
//
// The hooks count only when the allocator's entry points are not ours (option
// hooks=direct); otherwise each costs a test. Before it the block goes to an
// empty assembly statement, on every way: that keeps the optimiser from
// deleting a malloc/free pair. LLVM 22 does so in spite of nobuiltin, and a copy
// of a loop for the flag unset has no hooks to hand the pointer to.
//
// Functions are known by name rather than by TargetLibraryInfo: a call stays an
// allocation under -fno-builtin, and the four LLVMs know different ones.
//
// What direct mode cannot see, because only libc knows whether it allocated and
// how much: getline, getdelim, asprintf, vasprintf, open_memstream, fopen and
// everything else that allocates inside. In the usual mode the allocator's
// entry points see them all.
#include "Allocations.h"
#include "LLVMCompat.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace memprof {

namespace {

enum class Verb {
  None,
  Allocate,          // returns a block of argument A bytes
  AllocateArray,     // of A * B bytes
  AllocateString,    // a copy of string A
  AllocateSubstring, // a copy of at most B bytes of string A
  AllocateThrough,   // stores a block of B bytes to *A, returns 0 on success
  Reallocate,        // makes block 0 one of A bytes
  ReallocateArray,   // of A * B bytes
  Release,           // releases block A
};

struct Meaning {
  Verb What = Verb::None;
  unsigned A = 0, B = 0;
};

struct NamedMeaning {
  const char *Name;
  Meaning Means;
};

} // namespace

static const NamedMeaning LibcFunctions[] = {
    {"malloc", {Verb::Allocate, 0}},
    {"valloc", {Verb::Allocate, 0}},
    {"pvalloc", {Verb::Allocate, 0}},
    {"aligned_alloc", {Verb::Allocate, 1}},
    {"memalign", {Verb::Allocate, 1}},
    {"calloc", {Verb::AllocateArray, 0, 1}},
    {"strdup", {Verb::AllocateString, 0}},
    {"__strdup", {Verb::AllocateString, 0}},
    {"strndup", {Verb::AllocateSubstring, 0, 1}},
    {"__strndup", {Verb::AllocateSubstring, 0, 1}},
    {"posix_memalign", {Verb::AllocateThrough, 0, 2}},
    {"realloc", {Verb::Reallocate, 1}},
    {"reallocarray", {Verb::ReallocateArray, 1, 2}},
    {"free", {Verb::Release, 0}},
    {"cfree", {Verb::Release, 0}},
    {"free_sized", {Verb::Release, 0}},
    {"free_aligned_sized", {Verb::Release, 0}},
};

/// What a function with this name means, if its type fits.
static Meaning meaningOfName(StringRef Name) {
  // Operators new, then delete, of every kind that allocates: m and j are
  // size_t on 64 and 32 bits. Placement new is not among them.
  if (Name.consume_front("_Znw") || Name.consume_front("_Zna")) {
    if (!Name.consume_front("m") && !Name.consume_front("j"))
      return {};
    Name.consume_front("St11align_val_t");
    Name.consume_front("RKSt9nothrow_t");
    Name.consume_front("12__hot_cold_t");
    return {Name.empty() ? Verb::Allocate : Verb::None, 0, 0};
  }
  if (Name.consume_front("_ZdlPv") || Name.consume_front("_ZdaPv")) {
    if (!Name.consume_front("m"))
      Name.consume_front("j");
    Name.consume_front("St11align_val_t");
    Name.consume_front("RKSt9nothrow_t");
    return {Name.empty() ? Verb::Release : Verb::None, 0, 0};
  }
  for (const NamedMeaning &Row : LibcFunctions)
    if (Name == Row.Name)
      return Row.Means;
  return {};
}

/// The attributes by which a declaration says that it allocates:
/// __attribute__((malloc, alloc_size(1))). An allocator defined in this module
/// calls another one, which is counted.
static Meaning meaningOfAttributes(const CallBase &Call) {
  const Function *Callee = Call.getCalledFunction();
  if (!Callee || !Callee->isDeclaration() || Callee->isIntrinsic() ||
      !Callee->getReturnType()->isPointerTy() ||
      !Callee->hasRetAttribute(Attribute::NoAlias))
    return {};
  Attribute Size = Callee->getFnAttribute(Attribute::AllocSize);
  if (!Size.isValid())
    return {};
  auto Args = Size.getAllocSizeArgs();
  if (Args.second)
    return {Verb::AllocateArray, Args.first, *Args.second};
  return {Verb::Allocate, Args.first};
}

static bool isSize(const CallBase &Call, unsigned Arg) {
  return Arg < Call.arg_size() &&
         Call.getArgOperand(Arg)->getType()->isIntegerTy();
}
static bool isPointer(const CallBase &Call, unsigned Arg) {
  return Arg < Call.arg_size() &&
         Call.getArgOperand(Arg)->getType()->isPointerTy();
}

/// Whether the call has the arguments that its meaning speaks of.
static bool fits(const CallBase &Call, const Meaning &M) {
  bool ReturnsBlock = Call.getType()->isPointerTy();
  switch (M.What) {
  case Verb::None:
    return false;
  case Verb::Allocate:
    return ReturnsBlock && isSize(Call, M.A);
  case Verb::AllocateArray:
    return ReturnsBlock && isSize(Call, M.A) && isSize(Call, M.B);
  case Verb::AllocateString:
    return ReturnsBlock && isPointer(Call, M.A);
  case Verb::AllocateSubstring:
    return ReturnsBlock && isPointer(Call, M.A) && isSize(Call, M.B);
  case Verb::AllocateThrough:
    return Call.getType()->isIntegerTy() && isPointer(Call, M.A) &&
           isSize(Call, M.B);
  case Verb::Reallocate:
    return ReturnsBlock && isPointer(Call, 0) && isSize(Call, M.A);
  case Verb::ReallocateArray:
    return ReturnsBlock && isPointer(Call, 0) && isSize(Call, M.A) &&
           isSize(Call, M.B);
  case Verb::Release:
    return isPointer(Call, M.A);
  }
  llvm_unreachable("all verbs are above");
}

static Meaning meaningOf(const CallBase &Call) {
  const auto *Callee =
      dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  if (!Callee || Callee->hasLocalLinkage()) // a malloc of the file's own
    return {};
  Meaning M = meaningOfName(Callee->getName());
  if (M.What == Verb::None)
    M = meaningOfAttributes(Call);
  return fits(Call, M) ? M : Meaning();
}

static void makeOpaque(CallBase &Call) {
  Call.removeFnAttr(Attribute::Builtin); // it beats nobuiltin
  Call.addFnAttr(Attribute::NoBuiltin);
}

/// The first place that the call's return leads to, and no other way.
static Instruction *placeAfter(CallBase &Call) {
  auto *Invoke = dyn_cast<InvokeInst>(&Call);
  if (!Invoke)
    return Call.getNextNode();
  BasicBlock *Next = Invoke->getNormalDest();
  if (!Next->getSinglePredecessor())
    Next = SplitCriticalEdge(Invoke, 0);
  return &*Next->getFirstInsertionPt();
}

static LoadInst *loadUnsanitized(IRBuilderBase &B, Type *Ty, Value *From) {
  LoadInst *Load =
      B.CreateLoad(Ty, B.CreatePointerCast(From, pointerTypeTo(Ty)));
  exemptFromSanitizers(*Load);
  return Load;
}

/// The requested bytes of an allocation whose size an argument tells.
static Value *sizeOf(IRBuilderBase &B, CallBase &Call, const Meaning &M) {
  Module &Mod = *Call.getModule();
  Type *Size = Mod.getDataLayout().getIntPtrType(B.getContext());
  auto arg = [&](unsigned I) {
    return B.CreateZExtOrTrunc(Call.getArgOperand(I), Size);
  };
  // Of the argument, not of the copy: that may be NULL.
  auto length = [&](const char *Function, ArrayRef<Value *> Args) {
    SmallVector<Type *, 2> Types{bytePointerType(B.getContext())};
    SmallVector<Value *, 2> Values{B.CreatePointerCast(Args[0], Types[0])};
    if (Args.size() > 1) {
      Types.push_back(Size);
      Values.push_back(Args[1]);
    }
    CallInst *Length =
        B.CreateCall(Mod.getOrInsertFunction(
                         Function, FunctionType::get(Size, Types, false)),
                     Values);
    Length->setDoesNotThrow();
    return B.CreateAdd(Length, ConstantInt::get(Size, 1));
  };
  switch (M.What) {
  case Verb::Allocate:
  case Verb::Reallocate:
    return arg(M.A);
  case Verb::AllocateThrough:
    return arg(M.B);
  case Verb::AllocateArray:
  case Verb::ReallocateArray:
    // On overflow the call fails, and a failed call counts nothing.
    return B.CreateMul(arg(M.A), arg(M.B));
  case Verb::AllocateString:
    return length("strlen", {Call.getArgOperand(M.A)});
  case Verb::AllocateSubstring:
    return length("strnlen", {Call.getArgOperand(M.A), arg(M.B)});
  case Verb::None:
  case Verb::Release:
    break;
  }
  llvm_unreachable("no size to tell");
}

/// Hands a block to an empty assembly statement, after which it cannot be
/// reasoned away. Costs no instruction.
static void escape(IRBuilderBase &B, Value *Block) {
  auto *Type = FunctionType::get(B.getVoidTy(), {Block->getType()}, false);
  CallInst *Asm = B.CreateCall(
      InlineAsm::get(Type, "", "r,~{memory}", /*hasSideEffects=*/true),
      {Block});
  Asm->setDoesNotThrow();
}

/// The end of a new block in front of \p At that runs when the hooks count; its
/// location is \p Loc.
static Instruction *placeWhenDirect(Instruction &At, const DebugLoc &Loc,
                                    RuntimeHooks &Hooks) {
  IRBuilder<> B(&At);
  B.SetCurrentDebugLocation(Loc);
  Instruction *End = SplitBlockAndInsertIfThen(
      Hooks.isSet(B, Flag_direct), &At, /*Unreachable=*/false,
      MDBuilder(B.getContext()).createBranchWeights(1, (1u << 20) - 1));
  BasicBlock *Direct = End->getParent();
  Direct->setName("memprof.direct");
  At.getParent()->setName("memprof.go.on");
  Direct->getSinglePredecessor()->getTerminator()->setDebugLoc(Loc);
  End->setDebugLoc(Loc);
  return End;
}

/// Calls `reallocating`; the token, 0 when the hooks do not count.
static Value *hookOldBlock(CallBase &Call, RuntimeHooks &Hooks) {
  IRBuilder<> B(placeWhenDirect(Call, Call.getDebugLoc(), Hooks));
  BasicBlock *Direct = B.GetInsertBlock();
  Value *Token = Hooks.call(B, Hook_reallocating, {Call.getArgOperand(0)});
  B.SetInsertPoint(&Call);
  PHINode *Phi = B.CreatePHI(Token->getType(), 2);
  Phi->addIncoming(Constant::getNullValue(Token->getType()),
                   Direct->getSinglePredecessor());
  Phi->addIncoming(Token, Direct);
  return Phi;
}

static void hook(CallBase &Call, const Meaning &M, RuntimeHooks &Hooks) {
  if (M.What == Verb::Release) {
    IRBuilder<> B(placeWhenDirect(Call, Call.getDebugLoc(), Hooks));
    Hooks.call(B, Hook_freed, {Call.getArgOperand(M.A)});
    return;
  }
  // Nothing may follow a musttail call; the hook before it would be too early.
  if (Call.isMustTailCall())
    return;

  bool IsReallocation =
      M.What == Verb::Reallocate || M.What == Verb::ReallocateArray;
  Value *Token = IsReallocation ? hookOldBlock(Call, Hooks) : nullptr;

  Instruction *After = placeAfter(Call);
  if (Call.getType()->isPointerTy()) {
    IRBuilder<> Always(After);
    Always.SetCurrentDebugLocation(Call.getDebugLoc());
    escape(Always, &Call);
  }
  IRBuilder<> B(placeWhenDirect(*After, Call.getDebugLoc(), Hooks));
  Value *Size = sizeOf(B, Call, M);
  if (IsReallocation) {
    Hooks.call(B, Hook_reallocated,
               {Token, Call.getArgOperand(0), &Call, Size});
    return;
  }
  Value *Block = &Call;
  if (M.What == Verb::AllocateThrough) {
    Type *Pointer = bytePointerType(B.getContext());
    Value *Stored = loadUnsanitized(B, Pointer, Call.getArgOperand(M.A));
    Value *ReturnedZero = B.CreateIsNull(&Call);
    Block =
        B.CreateSelect(ReturnedZero, Stored, Constant::getNullValue(Pointer));
  }
  Hooks.call(B, Hook_allocated, {Block, Size});
}

void hookAllocations(Function &F, RuntimeHooks &Hooks) {
  SmallVector<std::pair<CallBase *, Meaning>, 8> Found;
  for (Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallBase>(&I);
    if (!Call || Call->isInlineAsm())
      continue;
    Meaning M = meaningOf(*Call);
    if (M.What != Verb::None)
      Found.push_back({Call, M});
    // A pointer may turn out to be malloc's.
    if (M.What != Verb::None || Call->isIndirectCall())
      makeOpaque(*Call);
  }
  for (auto &Each : Found)
    hook(*Each.first, Each.second, Hooks);
}

void makeAllocationsOpaque(Module &M) {
  for (Function &F : M) {
    SmallVector<CallBase *, 8> Found;
    for (Instruction &I : instructions(F)) {
      auto *Call = dyn_cast<CallBase>(&I);
      if (Call && !Call->isInlineAsm() && meaningOf(*Call).What != Verb::None)
        Found.push_back(Call);
    }
    for (CallBase *Call : Found) {
      makeOpaque(*Call);
      if (!Call->getType()->isPointerTy() || Call->isMustTailCall())
        continue;
      IRBuilder<> B(placeAfter(*Call));
      B.SetCurrentDebugLocation(Call->getDebugLoc());
      escape(B, Call);
    }
  }
}

} // namespace memprof
