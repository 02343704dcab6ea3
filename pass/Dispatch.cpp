// Dispatch.cpp - splits a marked function in two:
//
//   before  define i32 @f(i32 %n) {
//             %x = alloca i32
//             BODY
//           }
//
//   after   define i32 @f(i32 %n) {
//             %x = alloca i32          ; and the stores of arguments
//             %word = load i32, ptr @__memprofpass_object_awake
//             %awake = icmp ne i32 %word, 0
//             br i1 %awake, label %memprof.awake, label %memprof.asleep
//           memprof.asleep:
//             BODY
//           memprof.awake:
//             %r = call i32 @f.memprof(i32 %n)
//             ret i32 %r
//           }
//           define internal i32 @f.memprof(i32 %n) noinline {
//             %x = alloca i32
//             BODY                     ; instrumented later
//           }
//
// A test of a flag inside one body would be as cheap at entry, but the line
// counters would then sit in the sleeping program's hot loops.
//
// All functions of a program or shared object test one word, not each its own:
// where one is inlined into another, the optimiser drops the inner test unless
// a call that it does not know comes in between, and with the test the block
// that calls the twin. Such a call may have been memprof_enable().
//
// The word does not say which functions are selected. One that calls no marked
// function asks its live word next, out of the way:
//
//           memprof.awake:
//             %live = load volatile i32, ptr @f.memprof.live
//             %selected = icmp ne i32 %live, 0
//             br i1 %selected, label %memprof.selected, label %memprof.asleep
//
// Others must not go on in their body, where nothing tests any more: their twin
// runs, and its `enter` asks.
#include "Dispatch.h"
#include "JumpTables.h"
#include "LLVMCompat.h"
#include "Selection.h"
#include "TwinCopy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"

using namespace llvm;

namespace memprof {

/// Why the text of an inline asm cannot be there twice, or null. A label that is
/// a number ("1:") may be defined again, and %= makes a name unique.
static const char *reasonNotToRepeat(StringRef Asm) {
  auto isNameChar = [](char C) {
    return isAlnum(C) || C == '_' || C == '.' || C == '$';
  };
  SmallVector<StringRef, 16> Statements;
  Asm.split(Statements, '\n');
  for (StringRef Line : Statements) {
    SmallVector<StringRef, 4> Parts;
    Line.split(Parts, ';');
    for (StringRef Part : Parts) {
      Part = Part.ltrim();
      // LLVM writes $$ for a dollar sign and ${:uid} for %=.
      StringRef Name = Part.take_while(isNameChar);
      if (Name.empty() || isDigit(Name[0]) || Name[0] == '$')
        continue;
      StringRef Rest = Part.drop_front(Name.size()).ltrim();
      if (startsWith(Rest, ":"))
        return "its inline assembly defines a label, which cannot be there "
               "twice";
      if (Name == ".macro")
        return "its inline assembly defines a macro, which cannot be there "
               "twice";
      if (startsWith(Rest, "=") || Name == ".set" || Name == ".equ" ||
          Name == ".equiv")
        return "its inline assembly sets a symbol, which cannot be there "
               "twice";
    }
  }
  return nullptr;
}

static const char *reasonNotToClone(const Function &F) {
  if (F.hasFnAttribute(Attribute::Naked))
    return "it is naked: it has no prologue to run hooks in";
  if (F.hasFnAttribute(Attribute::ReturnsTwice))
    return "it returns twice, after its frame is gone";
  for (const Argument &A : F.args())
    if (A.hasInAllocaAttr() || A.hasAttribute(Attribute::Preallocated))
      return "its arguments live in its caller's frame";
  for (const Instruction &I : instructions(F)) {
    const auto *Call = dyn_cast<CallBase>(&I);
    if (!Call)
      continue;
    if (const auto *Asm = dyn_cast<InlineAsm>(Call->getCalledOperand()))
      if (const char *Reason = reasonNotToRepeat(Asm->getAsmString()))
        return Reason;
    if (!forwardsByValInMustTail() && Call->isMustTailCall())
      for (unsigned I = 0; I != Call->arg_size(); ++I)
        if (Call->isByValArgument(I))
          return "it has a tail call with a structure among its arguments, "
                 "which this LLVM compiles wrongly";
    const Function *Callee = Call->getCalledFunction();
    if (!Callee || !Callee->isIntrinsic())
      continue;
    if (startsWith(Callee->getName(), "llvm.coro."))
      return "it is a coroutine";
    if (startsWith(Callee->getName(), "llvm.localescape"))
      return "its frame is shared with another function";
  }
  return nullptr;
}

/// Whether the function can be entered by a musttail call of its own type.
static bool canBeTailCalled(const Function &F) {
  return forwardsByValInMustTail() ||
         none_of(F.args(), [](const Argument &A) { return A.hasByValAttr(); });
}

/// Only a musttail call can pass variable arguments on.
static bool canForwardVarArgs(const Function &F) {
  Triple Target(F.getParent()->getTargetTriple());
  return (Target.getArch() == Triple::x86_64 || Target.isAArch64()) &&
         canBeTailCalled(F);
}

/// A loop of musttail calls must not grow the stack while it is profiled.
static bool mustTailCallTwin(const Function &F) {
  return F.isVarArg() || (canBeTailCalled(F) && any_of(F, [](auto &BB) {
                            return BB.getTerminatingMustTailCall();
                          }));
}

Treatment treatmentOf(const Function &F) {
  if (const char *Reason = reasonNotToClone(F))
    return {Treatment::LeftOut, Reason};
  JumpTables Tables;
  if (!collectJumpTables(F, Tables))
    return {Treatment::InPlace, ""};
  for (const Instruction &I : instructions(F))
    if (const auto *Call = dyn_cast<CallBase>(&I))
      if (Call->cannotDuplicate())
        return {Treatment::InPlace, ""};
  if (F.isVarArg() && !canForwardVarArgs(F))
    return {Treatment::InPlace, ""};
  return {Treatment::Twin, ""};
}

void gatherEntryAllocas(Function &F) {
  BasicBlock &Entry = F.getEntryBlock();
  SmallVector<AllocaInst *, 16> Allocas;
  for (Instruction &I : Entry)
    if (auto *Alloca = dyn_cast<AllocaInst>(&I))
      if (Alloca->isStaticAlloca())
        Allocas.push_back(Alloca);
  BasicBlock::iterator At = Entry.begin();
  for (AllocaInst *Alloca : Allocas) {
    if (&*At == Alloca)
      ++At;
    else
      Alloca->moveBefore(Entry, At);
  }
}

BasicBlock::iterator behindEntryAllocas(Function &F) {
  BasicBlock::iterator At = F.getEntryBlock().begin();
  while (isa<AllocaInst>(&*At) && cast<AllocaInst>(&*At)->isStaticAlloca())
    ++At;
  return At;
}

/// The node at the root of the types that clang gave to accesses, null where it
/// gave none.
static MDNode *rootOfTypes(const Module &M) {
  auto parentOf = [](const MDNode *Node) {
    return Node->getNumOperands() < 2
               ? nullptr
               : dyn_cast_or_null<MDNode>(Node->getOperand(1).get());
  };
  for (const Function &F : M)
    for (const Instruction &I : instructions(F)) {
      MDNode *Node = I.getMetadata(LLVMContext::MD_tbaa);
      if (!Node)
        continue;
      while (MDNode *Parent = parentOf(Node))
        Node = Parent;
      return Node->getNumOperands() == 1 ? Node : nullptr;
    }
  return nullptr;
}

MDNode *createTypeOfOurs(const Module &M) {
  MDNode *Root = rootOfTypes(M);
  if (!Root)
    return nullptr;
  MDBuilder Types(M.getContext());
  MDNode *Own = Types.createTBAAScalarTypeNode("memprof", Root);
  return Types.createTBAAStructTagNode(Own, Own, 0);
}

bool isMergedByLinker(const Function &F) {
  return F.hasLinkOnceODRLinkage() || F.hasWeakODRLinkage() ||
         F.hasAvailableExternallyLinkage();
}

void linkLike(GlobalObject &GO, const Function &F, const Twine &Comdat) {
  if (!isMergedByLinker(F)) {
    GO.setLinkage(GlobalValue::InternalLinkage);
    GO.setComdat(nullptr);
    return;
  }
  // Never f's own group: where the linker drops f for a plain copy of it, a
  // reference into the dropped group would fail the link.
  GO.setLinkage(GlobalValue::LinkOnceODRLinkage);
  GO.setVisibility(GlobalValue::HiddenVisibility);
  GO.setComdat(GO.getParent()->getOrInsertComdat(Comdat.str()));
}

// By name, since LLVM renames and adds some from version to version; a name
// that it does not know is no attribute of any function.
static const char *const UntrueOfFunctions[] = {"allockind",
                                                "allocsize",
                                                "argmemonly",
                                                "inaccessiblemem_or_argmemonly",
                                                "inaccessiblememonly",
                                                "memory",
                                                "nocallback",
                                                "nofree",
                                                "nosync",
                                                "readnone",
                                                "readonly",
                                                "speculatable",
                                                "willreturn",
                                                "writeonly"};
static const char *const UntrueOfParameters[] = {
    "captures", "initializes", "nocapture", "nofree",
    "readnone", "readonly",    "writeonly"};

void dropUntrueAttributes(Function &F) {
  SmallVector<CallBase *, 8> Calls;
  for (User *U : F.users())
    if (auto *Call = dyn_cast<CallBase>(U))
      if (Call->getCalledOperand() == &F)
        Calls.push_back(Call);
  for (const char *Name : UntrueOfFunctions) {
    Attribute::AttrKind Kind = Attribute::getAttrKindFromName(Name);
    if (Kind == Attribute::None)
      continue;
    F.removeFnAttr(Kind);
    for (CallBase *Call : Calls)
      Call->removeFnAttr(Kind);
  }
  F.removeFnAttr("alloc-family");
  for (const char *Name : UntrueOfParameters) {
    Attribute::AttrKind Kind = Attribute::getAttrKindFromName(Name);
    if (Kind == Attribute::None)
      continue;
    for (unsigned I = 0; I != F.arg_size(); ++I) {
      F.removeParamAttr(I, Kind);
      for (CallBase *Call : Calls)
        Call->removeParamAttr(I, Kind);
    }
  }
}

static Function *cloneToTwin(Function &F) {
  ValueToValueMapTy Map;
  JumpTables Tables;
  collectJumpTables(F, Tables);
  declareCopies(Tables, Map);
  Function *Twin = copyFunction(F, F.getName() + ".memprof", Map);
  fillCopies(Tables, Map);
  linkLike(*Twin, F, F.getName() + ".memprof");
  Twin->setDSOLocal(true);
  Twin->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  // Out of the sleeping program's way, and each its own to collect.
  Twin->setSection((".text.memprof." + F.getName().ltrim('\1')).str());
  // Data in front of f speaks of f's address.
  Twin->setPrefixData(nullptr);
  Twin->setPrologueData(nullptr);
  for (const char *Kind : {"type", "func_sanitize"})
    Twin->setMetadata(Kind, nullptr);
  Twin->removeFnAttr(Attribute::AlwaysInline);
  Twin->removeFnAttr(Attribute::InlineHint);
  Twin->addFnAttr(Attribute::NoInline);
  return Twin;
}

/// Behind the stores that spill the arguments, too, so that a debugger shows
/// them in the frame of the dispatch.
static BasicBlock::iterator behindSpills(Function &F) {
  BasicBlock::iterator Behind = behindEntryAllocas(F);
  for (BasicBlock::iterator At = Behind;; ++At) {
    const auto *Store = dyn_cast<StoreInst>(&*At);
    if (Store && Store->isSimple() && isa<Argument>(Store->getValueOperand()) &&
        isa<AllocaInst>(Store->getPointerOperand()))
      Behind = std::next(At);
    else if (!isa<DbgInfoIntrinsic>(&*At))
      return Behind;
  }
}

/// What the inliner shall think of the call of a twin: that it takes back what
/// the load, the comparison, the branch and the return around it cost, 5 each.
/// So it inlines the functions that it inlines without us. The second question
/// costs a load, a comparison and a branch more.
static constexpr char CostOfDispatch[] = "-20";
static constexpr char CostOfAsking[] = "-35";

/// Makes the first block of the cold ones ask whether f is selected. Returns the
/// block that calls the twin.
static BasicBlock *emitQuestion(BasicBlock *Awake, BasicBlock *Asleep,
                                GlobalVariable &Live, const DebugLoc &Loc) {
  LLVMContext &Ctx = Awake->getContext();
  auto *Selected =
      BasicBlock::Create(Ctx, "memprof.selected", Awake->getParent());
  IRBuilder<> B(Awake);
  B.SetCurrentDebugLocation(Loc);
  // Volatile, or both words would be read at once.
  LoadInst *Word = B.CreateAlignedLoad(
      B.getInt32Ty(), B.CreatePointerCast(&Live, pointerTypeTo(B.getInt32Ty())),
      Align(4), true);
  exemptFromSanitizers(*Word);
  B.CreateCondBr(B.CreateICmpNE(Word, B.getInt32(0)), Selected, Asleep);
  return Selected;
}

static void emitDispatch(Function &F, Function &Twin, const AwakeWord &Word,
                         GlobalVariable *Live) {
  // Asked before there is a block without its terminator.
  bool MustTail = mustTailCallTwin(F);
  LLVMContext &Ctx = F.getContext();
  BasicBlock &Entry = F.getEntryBlock();
  BasicBlock *Asleep = Entry.splitBasicBlock(behindSpills(F), "memprof.asleep");
  // Last: at -O0 a debugger ends the prologue at the first line it meets.
  BasicBlock *Awake = BasicBlock::Create(Ctx, "memprof.awake", &F);
  Entry.getTerminator()->eraseFromParent();

  IRBuilder<> B(&Entry);
  DISubprogram *SP = F.getSubprogram();
  if (SP)
    B.SetCurrentDebugLocation(DILocation::get(Ctx, 0, 0, SP));
  // Not atomic: x86 would not compare it in memory, and no load of the user's
  // could be moved past it. Nor volatile, or no test would ever go.
  LoadInst *IsAwake =
      B.CreateAlignedLoad(B.getInt32Ty(), Word.Global, Align(4));
  IsAwake->setMetadata(LLVMContext::MD_tbaa, Word.Tag);
  exemptFromSanitizers(*IsAwake);
  B.CreateCondBr(B.CreateICmpNE(IsAwake, B.getInt32(0)), Awake, Asleep,
                 MDBuilder(Ctx).createBranchWeights(1, (1u << 20) - 1));

  if (Live)
    Awake = emitQuestion(Awake, Asleep, *Live, B.getCurrentDebugLocation());
  B.SetInsertPoint(Awake);
  if (SP)
    B.SetCurrentDebugLocation(DILocation::get(Ctx, SP->getScopeLine(), 0, SP));
  SmallVector<Value *, 8> Args;
  SmallVector<AttributeSet, 8> Parameters;
  for (Argument &A : F.args()) {
    Args.push_back(&A);
    Parameters.push_back(F.getAttributes().getParamAttrs(A.getArgNo()));
  }
  CallInst *Call = B.CreateCall(&Twin, Args);
  Call->setCallingConv(F.getCallingConv());
  AttrBuilder OfCall(Ctx);
  OfCall.addAttribute("call-inline-cost", Live ? CostOfAsking : CostOfDispatch);
  Call->setAttributes(AttributeList::get(Ctx, AttributeSet::get(Ctx, OfCall),
                                         F.getAttributes().getRetAttrs(),
                                         Parameters));
  if (MustTail)
    Call->setTailCallKind(CallInst::TCK_MustTail);
  if (F.getReturnType()->isVoidTy())
    B.CreateRetVoid();
  else
    B.CreateRet(Call);
}

Function *splitOffTwin(Function &F, const AwakeWord &Word,
                       GlobalVariable *Live) {
  Function *Twin = cloneToTwin(F);
  emitDispatch(F, *Twin, Word, Live);
  return Twin;
}

void callTwinsFromTwins(const TwinMap &Twins) {
  SmallPtrSet<const Function *, 32> IsTwin;
  for (const auto &Each : Twins)
    IsTwin.insert(Each.second);
  for (const auto &Each : Twins) {
    if (!Each.first->hasLocalLinkage())
      continue; // another definition may take its place
    SmallVector<CallBase *, 8> Calls;
    for (User *U : Each.first->users())
      if (auto *Call = dyn_cast<CallBase>(U))
        if (Call->getCalledOperand() == Each.first &&
            IsTwin.count(Call->getFunction()))
          Calls.push_back(Call);
    for (CallBase *Call : Calls)
      Call->setCalledOperand(Each.second);
  }
}

} // namespace memprof
