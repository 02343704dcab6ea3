// Instrument.cpp - the body of a twin:
//
//   before  define internal void @f.memprof(i64 %n) !dbg !1 {
//             %p = call ptr @malloc(i64 %n)            ; line 3
//             call void @use(ptr %p)                   ; line 4
//             ret void                                 ; line 5
//           }
//
//   after   define internal void @f.memprof(i64 %n) !dbg !1 {
//             %frame = call ptr @__memprofpass_enter(ptr @f.memprof.live)
//             %hits = load ptr, ptr %frame
//             ++%hits[1]                               ; volatile: a call below
//             store volatile i32 1, ptr %frame.line
//             %p = call ptr @malloc(i64 %n)            ; line 3
//             call void @__memprofpass_allocated(ptr %p, i64 %n)
//             ++%hits[2]
//             store volatile i32 2, ptr %frame.line
//             call void @use(ptr %p)                   ; line 4
//             ++%hits[3]                               ; plain
//             call void @__memprofpass_exit(ptr %frame)
//             ret void                                 ; line 5
//           }
//
// Counters are plain on lines without calls, so that the optimiser takes them
// out of loops, and volatile on lines with calls, because the runtime reads
// them at the event. alias.scope metadata, not a noalias frame, keeps the
// user's loads and stores out of their way: noalias would let dead store
// elimination delete them.
#include "Instrument.h"
#include "Allocations.h"
#include "Dispatch.h"
#include "LLVMCompat.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/EscapeEnumerator.h"

using namespace llvm;

namespace memprof {

namespace {

#define MEMPROF_FIELD_ID(NAME, TYPE) Field_##NAME,
enum FrameField { MEMPROF_ABI_FRAME(MEMPROF_FIELD_ID) };
#undef MEMPROF_FIELD_ID

/// One function on its way; the steps stand in the order in which they go.
class Instrumenter {
public:
  Instrumenter(Function &F, const LinePlan &Plan, RuntimeHooks &Hooks)
      : F(F), Ctx(F.getContext()), Plan(Plan), Hooks(Hooks),
        LineHasCalls(Plan.Table.size()) {
    for (const auto &Call : Plan.Calls)
      LineHasCalls.set(Call.second);
  }

  void insertEntry(GlobalVariable &Live);
  void insertCounters();
  void insertCurrentLines();
  void insertLandings();
  void insertExits();

private:
  StructType *frameType() const;
  Value *fieldOfFrame(IRBuilderBase &B, FrameField Field);
  void setCurrentLine(IRBuilderBase &B, unsigned Line);
  void countHit(IRBuilderBase &B, unsigned Line, Value *Amount);
  void countHit(Instruction &Before, const DebugLoc &Loc, unsigned Line);
  Value *lineInto(BasicBlock &BB);
  Value *lineOutOf(BasicBlock &BB);
  template <typename InstT> InstT *ours(InstT *I) {
    exemptFromSanitizers(*I);
    return I;
  }
  DebugLoc noLine() const {
    DISubprogram *SP = F.getSubprogram();
    return SP ? DebugLoc(DILocation::get(Ctx, 0, 0, SP)) : DebugLoc();
  }

  Function &F;
  LLVMContext &Ctx;
  const LinePlan &Plan;
  RuntimeHooks &Hooks;
  BitVector LineHasCalls;
  Value *Frame = nullptr, *Hits = nullptr;
  MDNode *CounterScope = nullptr; // a list of one, for both kinds of metadata
  DenseMap<BasicBlock *, PHINode *> LineOnEntry;
};

} // namespace

StructType *Instrumenter::frameType() const {
  // P is a pointer, U is 32 bits.
#define MEMPROF_FIELD_TYPE(NAME, TYPE)                                         \
#TYPE[0] == 'P'                                                              \
        ? static_cast < Type *>(bytePointerType(Ctx)) : Type::getInt32Ty(Ctx),
  SmallVector<Type *, 4> Fields{MEMPROF_ABI_FRAME(MEMPROF_FIELD_TYPE)};
#undef MEMPROF_FIELD_TYPE
  return StructType::get(Ctx, Fields);
}

Value *Instrumenter::fieldOfFrame(IRBuilderBase &B, FrameField Field) {
  return B.CreateStructGEP(
      frameType(), B.CreatePointerCast(Frame, pointerTypeTo(frameType())),
      Field);
}

/// First thing: the call begins. Later calls of ours have this location too: no
/// line, or a debugger would end the prologue here.
void Instrumenter::insertEntry(GlobalVariable &Live) {
  IRBuilder<> B(&F.getEntryBlock(), behindEntryAllocas(F));
  B.SetCurrentDebugLocation(noLine());
  Frame = Hooks.call(B, Hook_enter, {&Live});
  // A function on one line never leaves entry 0, which the runtime counts.
  if (Plan.Table.size() == 1)
    return;
  Hits = ours(B.CreateLoad(bytePointerType(Ctx), fieldOfFrame(B, Field_hits)));
  Hits = B.CreatePointerCast(Hits, pointerTypeTo(B.getInt64Ty()));
}

/// Puts `++hits[line]` where the plan says.
void Instrumenter::insertCounters() {
  if (!Hits)
    return;
  // The user's loads and stores never touch a counter. Calls may: recursion
  // shares counters.
  MDBuilder Metadata(Ctx);
  MDNode *Domain = Metadata.createAnonymousAliasScopeDomain("memprof");
  CounterScope = MDNode::get(
      Ctx, {Metadata.createAnonymousAliasScope(Domain, "counters")});
  for (Instruction &I : instructions(F))
    if (I.mayReadOrWriteMemory() && (!isa<CallBase>(I) || isa<MemIntrinsic>(I)))
      I.setMetadata(LLVMContext::MD_noalias,
                    MDNode::concatenate(I.getMetadata(LLVMContext::MD_noalias),
                                        CounterScope));

  for (const LinePlan::Arrival &A : Plan.Arrivals)
    countHit(*A.At, A.At->getDebugLoc(), A.Line);

  // Joins before edges: their PHIs speak of the blocks that stand now.
  for (const LinePlan::Arrival &A : Plan.JoinArrivals) {
    Value *Before = lineInto(*A.At->getParent());
    IRBuilder<> B(A.At);
    Value *WasElsewhere = B.CreateICmpNE(Before, B.getInt32(A.Line));
    countHit(B, A.Line, B.CreateZExt(WasElsewhere, B.getInt64Ty()));
  }
  for (const LinePlan::EdgeArrival &A : Plan.EdgeArrivals) {
    Instruction *Terminator = A.From->getTerminator();
    DebugLoc Loc = A.To->getFirstNonPHIOrDbg()->getDebugLoc();
    if (!Loc)
      Loc = noLine();
    if (Terminator->getNumSuccessors() == 1) {
      countHit(*Terminator, Loc, A.Line);
      continue;
    }
    for (unsigned I = 0; I != Terminator->getNumSuccessors(); ++I) {
      if (Terminator->getSuccessor(I) != A.To)
        continue;
      // One block for all cases of a switch that lead here.
      BasicBlock *Edge = SplitCriticalEdge(
          Terminator, I,
          CriticalEdgeSplittingOptions().setMergeIdenticalEdges());
      assert(Edge && "the plan has edges that cannot be split");
      countHit(*Edge->getTerminator(), Loc, A.Line);
      break;
    }
  }
}

void Instrumenter::countHit(Instruction &Before, const DebugLoc &Loc,
                            unsigned Line) {
  BasicBlock::iterator At(&Before);
  if (isa<PHINode>(Before) || Before.isEHPad())
    At = Before.getParent()->getFirstInsertionPt();
  IRBuilder<> B(Before.getParent(), At);
  B.SetCurrentDebugLocation(Loc);
  countHit(B, Line, B.getInt64(1));
}

void Instrumenter::countHit(IRBuilderBase &B, unsigned Line, Value *Amount) {
  assert(Line != 0 && "entry 0 counts calls, which the runtime does");
  Type *Word = B.getInt64Ty();
  bool IsVolatile = LineHasCalls.test(Line);
  Value *Counter = B.CreateConstInBoundsGEP1_32(Word, Hits, Line);
  LoadInst *Load = ours(B.CreateLoad(Word, Counter, IsVolatile));
  StoreInst *Store =
      ours(B.CreateStore(B.CreateAdd(Load, Amount), Counter, IsVolatile));
  Load->setMetadata(LLVMContext::MD_alias_scope, CounterScope);
  Store->setMetadata(LLVMContext::MD_alias_scope, CounterScope);
}

/// The line on which a block is entered, as an SSA value.
Value *Instrumenter::lineInto(BasicBlock &BB) {
  Type *Int32 = Type::getInt32Ty(Ctx);
  if (&BB == &F.getEntryBlock() || pred_empty(&BB))
    return ConstantInt::get(Int32, Plan.EntryLine);
  PHINode *&Known = LineOnEntry[&BB];
  if (Known)
    return Known;
  PHINode *Phi = IRBuilder<>(&BB, BB.begin()).CreatePHI(Int32, pred_size(&BB));
  Known = Phi; // before going on: blocks can be in a loop
  for (BasicBlock *From : predecessors(&BB))
    Phi->addIncoming(lineOutOf(*From), From);
  return Phi;
}

Value *Instrumenter::lineOutOf(BasicBlock &BB) {
  auto Found = Plan.LeavesOn.find(&BB);
  if (Found == Plan.LeavesOn.end())
    return lineInto(BB);
  return ConstantInt::get(Type::getInt32Ty(Ctx), Found->second);
}

void Instrumenter::setCurrentLine(IRBuilderBase &B, unsigned Line) {
  // Volatile: LLVM knows that malloc does not read it, and would drop it.
  StoreInst *Store =
      ours(B.CreateStore(B.getInt32(Line), fieldOfFrame(B, Field_line), true));
  if (CounterScope)
    Store->setMetadata(LLVMContext::MD_noalias, CounterScope);
}

/// Tells the runtime the line before each call that may lead to an event.
void Instrumenter::insertCurrentLines() {
  if (!Hits)
    return;
  const BasicBlock *Block = nullptr;
  unsigned Stored = 0;
  for (const auto &Each : Plan.Calls) {
    CallBase &Call = *Each.first;
    if (Call.getParent() != Block || Each.second != Stored) {
      IRBuilder<> B(&Call);
      setCurrentLine(B, Each.second);
    }
    Block = Call.getParent();
    Stored = Each.second;
    // It may return again, from another line.
    if (returnsTwice(Call))
      Block = nullptr;
  }
}

/// After setjmp and its kin: the runtime drops frames that a longjmp left, and
/// coming back from another line is an arrival.
void Instrumenter::insertLandings() {
  SmallVector<CallBase *, 2> Calls;
  for (Instruction &I : instructions(F))
    if (auto *Call = dyn_cast<CallBase>(&I))
      if (mayRunCode(*Call) && returnsTwice(*Call) && !Call->isMustTailCall())
        Calls.push_back(Call);
  for (CallBase *Call : Calls) {
    BasicBlock::iterator At;
    if (auto *Invoke = dyn_cast<InvokeInst>(Call)) {
      BasicBlock *Next = Invoke->getNormalDest();
      if (!Next->getSinglePredecessor())
        Next = SplitCriticalEdge(Invoke, 0);
      At = Next->getFirstInsertionPt();
    } else {
      At = std::next(Call->getIterator());
    }
    IRBuilder<> B(At->getParent(), At);
    B.SetCurrentDebugLocation(Call->getDebugLoc());
    Hooks.call(B, Hook_landed, {Frame});
    auto Line = Plan.Calls.find(Call);
    if (!Hits || Line == Plan.Calls.end() || Line->second == 0)
      continue;
    Value *Left =
        ours(B.CreateLoad(B.getInt32Ty(), fieldOfFrame(B, Field_line), true));
    Value *WasElsewhere = B.CreateICmpNE(Left, B.getInt32(Line->second));
    countHit(B, Line->second, B.CreateZExt(WasElsewhere, B.getInt64Ty()));
    setCurrentLine(B, Line->second);
  }
}

/// The personality for landing pads in a function that has none. In C++ the one
/// that its callees have: others cannot be inlined into it.
static void givePersonality(Function &F) {
  constexpr const char Name[] = "__gxx_personality_v0";
  Module &M = *F.getParent();
  if (!M.getFunction(Name) && !startsWith(F.getName(), "_Z"))
    return; // C's, which is the default
  F.setPersonalityFn(cast<Constant>(
      M.getOrInsertFunction(
           Name, FunctionType::get(Type::getInt32Ty(F.getContext()), true))
          .getCallee()));
}

/// Last thing on every way out, exceptions included.
void Instrumenter::insertExits() {
  // An exception that no clause of a landing pad takes passes it by, unless it
  // is a cleanup: then it comes in, finds no clause and leaves by a resume.
  for (BasicBlock &BB : F)
    if (LandingPadInst *Pad = BB.getLandingPadInst())
      if (!F.doesNotThrow())
        Pad->setCleanup(true);
  if (!F.doesNotThrow() && !F.hasPersonalityFn())
    givePersonality(F);
  EscapeEnumerator Escapes(F, "memprof.unwind");
  while (IRBuilder<> *B = Escapes.Next()) {
    if (!B->getCurrentDebugLocation())
      B->SetCurrentDebugLocation(noLine());
    Hooks.call(*B, Hook_exit, {Frame});
  }
}

void instrument(Function &F, GlobalVariable &Live, const LinePlan &Plan,
                RuntimeHooks &Hooks) {
  Instrumenter Steps(F, Plan, Hooks);
  Steps.insertEntry(Live);
  Steps.insertCounters();
  Steps.insertCurrentLines();
  hookAllocations(F, Hooks);
  Steps.insertLandings();
  Steps.insertExits();
}

} // namespace memprof
