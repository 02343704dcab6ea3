// Lines.cpp - finds the arrivals:
//
//   before                              plan
//   entry:                              entry is on line 0 (the definition)
//     store 0, %i        ; line 3       arrival at 3
//     br %cond           ; line 3
//   cond:                               from 3 (entry) and 3 (body's end)
//     %c = icmp ...      ; line 3
//     br %c, %body, %end ; line 3
//   body:                               always from 3
//     call @g()          ; line 4       arrival at 4
//     br %inc            ; line 3       falls through, no code
//   inc:
//     store ...          ; line 3       arrival at 3
//     br %cond           ; line 3
//
// The numbers must not depend on the optimisation level, although clang emits
// more at -O1 and above: lifetime markers, and cleanup blocks that end them. So
// what exists only for a cleanup is passed over, and what is left is read as
// the -O0 code generator reads it: a branch to the next block in order emits no
// code, unless it is all its block has.
#include "Lines.h"
#include "LLVMCompat.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace memprof {

bool mayRunCode(const CallBase &Call) {
  return !Call.isInlineAsm() && !isa<IntrinsicInst>(Call);
}

/// The location of an instruction in this function, outside what was inlined.
static const DILocation *locationOf(const Instruction &I) {
  const DILocation *Loc = I.getDebugLoc().get();
  while (Loc && Loc->getInlinedAt())
    Loc = Loc->getInlinedAt();
  return Loc && Loc->getLine() ? Loc : nullptr;
}

namespace {

/// Tells real instructions from those that make no code at -O0, or that only a
/// cleanup of -O1 needs.
class Reality {
public:
  explicit Reality(const Function &F) {
    for (const Instruction &I : instructions(F))
      if (const auto *Alloca = dyn_cast<AllocaInst>(&I))
        if (isCleanupSlot(*Alloca))
          Slots.insert(Alloca);
  }

  /// Whether the instruction is code of the user's.
  bool isReal(const Instruction &I) const {
    if (!locationOf(I) || isa<AllocaInst>(I) || isa<PHINode>(I) ||
        isa<UnreachableInst>(I) || isa<BitCastInst>(I) ||
        isa<AddrSpaceCastInst>(I) || isa<ExtractValueInst>(I) ||
        isa<InsertValueInst>(I) || isa<FreezeInst>(I))
      return false;
    if (const auto *Intrinsic = dyn_cast<IntrinsicInst>(&I))
      return !isNoCode(*Intrinsic);
    if (const auto *GEP = dyn_cast<GetElementPtrInst>(&I))
      return !GEP->hasAllConstantIndices(); // part of the access
    // What follows a musttail call is part of it.
    if (isa<ReturnInst>(I) && I.getParent()->getTerminatingMustTailCall())
      return false;
    return !isOfCleanup(I);
  }

  /// Whether the block ends in the switch that leads out of a cleanup.
  bool endsCleanup(const BasicBlock &BB) const {
    const auto *Switch = dyn_cast_or_null<SwitchInst>(BB.getTerminator());
    return Switch && isOfCleanup(*Switch);
  }

private:
  static bool isNoCode(const IntrinsicInst &I) {
    if (I.isDebugOrPseudoInst() || I.isLifetimeStartOrEnd())
      return true;
    StringRef Name = I.getCalledFunction()->getName();
    for (const char *Prefix :
         {"llvm.assume", "llvm.annotation", "llvm.var.annotation",
          "llvm.ptr.annotation", "llvm.expect", "llvm.experimental.noalias",
          "llvm.invariant", "llvm.launder", "llvm.strip", "llvm.sideeffect",
          "llvm.donothing", "llvm.is.constant", "llvm.objectsize",
          "llvm.fake.use", "llvm.codeview"})
      if (startsWith(Name, Prefix))
        return true;
    return false;
  }

  /// The slot that tells a cleanup where to go on: clang stores numbers into it
  /// and switches on them. Unlike a variable's, those stores have no location,
  /// which holds with -gline-tables-only too.
  static bool isCleanupSlot(const AllocaInst &Alloca) {
    if (!Alloca.getAllocatedType()->isIntegerTy(32) ||
        Alloca.isArrayAllocation())
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

  bool isSlot(const Value *V) const {
    const auto *Alloca = dyn_cast<AllocaInst>(V);
    return Alloca && Slots.count(Alloca);
  }

  /// Loads and stores of a slot, the comparison and the switch or branch.
  bool isOfCleanup(const Instruction &I) const {
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
  bool isOfCleanup(const Value *V) const {
    const auto *I = dyn_cast<Instruction>(V);
    return I && !isa<StoreInst>(I) && isOfCleanup(*I);
  }

  SmallPtrSet<const AllocaInst *, 2> Slots;
};

/// Numbers lines in the order in which they are met; the table sorts them.
class LineNumbering {
public:
  unsigned fileId(const DIFile *File) {
    std::string Key =
        (File->getDirectory() + Twine('\0') + File->getFilename()).str();
    auto Inserted = FileIds.try_emplace(Key, Files.size());
    if (Inserted.second)
      Files.push_back(File);
    return Inserted.first->second;
  }
  unsigned lineId(const DIFile *File, unsigned Line) {
    std::pair<unsigned, unsigned> Key(fileId(File), Line);
    auto Inserted = LineIds.try_emplace(Key, Lines.size());
    if (Inserted.second)
      Lines.push_back({Key.first, Key.second});
    return Inserted.first->second;
  }

  SmallVector<const DIFile *, 2> Files;
  SmallVector<SourceLine, 16> Lines;

private:
  StringMap<unsigned> FileIds;
  DenseMap<std::pair<unsigned, unsigned>, unsigned> LineIds;
};

/// The lines on which execution can be at a place.
using LineSet = SmallSet<unsigned, 4>;

/// Collects a function's arrivals; one object per function.
class Planner {
public:
  explicit Planner(Function &F) : F(F), Real(F) {}
  LinePlan plan();

private:
  struct Stop { // a run of instructions on one line, by its first
    Instruction *At;
    unsigned Line;
  };

  unsigned lineOf(const DILocation *Loc) {
    return Numbers.lineId(Loc->getFile(), Loc->getLine());
  }
  void numberBlocks();
  bool emitsCode(const BranchInst &Branch) const;
  void collectStops(BasicBlock &BB);
  void propagate();
  LineSet linesInto(const BasicBlock &BB) const;
  void placeFirstStop(BasicBlock &BB, const Stop &First);
  void sortTable();

  Function &F;
  Reality Real;
  LineNumbering Numbers;
  DenseMap<const BasicBlock *, unsigned> Order;
  DenseMap<const BasicBlock *, SmallVector<Stop, 4>> Stops;
  DenseMap<const BasicBlock *, LineSet> Out;
  LinePlan Plan;
};

} // namespace

/// Whether a block holds nothing but a cleanup's business.
static bool isPureCleanup(const BasicBlock &BB, const Reality &Real) {
  for (const Instruction &I : BB)
    if (Real.isReal(I))
      return false;
  return true;
}

void Planner::numberBlocks() {
  // Blocks of cleanups share the number of the block that follows them: they
  // are not there at -O0.
  unsigned Number = 0;
  for (const BasicBlock &BB : F) {
    Order[&BB] = Number;
    if (!isPureCleanup(BB, Real))
      ++Number;
  }
}

/// Whether the -O0 code generator makes a jump of an unconditional branch.
bool Planner::emitsCode(const BranchInst &Branch) const {
  const BasicBlock &BB = *Branch.getParent();
  if (Order.lookup(Branch.getSuccessor(0)) != Order.lookup(&BB) + 1)
    return true;
  for (const Instruction &I : BB)
    if (&I != &Branch && Real.isReal(I))
      return false;
  // Alone in its block; behind a cleanup's switch -O0 has no such block.
  const BasicBlock *From = BB.getSinglePredecessor();
  return !From || !Real.endsCleanup(*From);
}

void Planner::collectStops(BasicBlock &BB) {
  SmallVector<Stop, 4> Found;
  for (Instruction &I : BB) {
    const auto *Branch = dyn_cast<BranchInst>(&I);
    if (auto *Call = dyn_cast<CallBase>(&I))
      if (const DILocation *Loc = locationOf(I))
        if (mayRunCode(*Call))
          Plan.Calls.insert({Call, lineOf(Loc)});
    if (!Real.isReal(I) ||
        (Branch && Branch->isUnconditional() && !emitsCode(*Branch)))
      continue;
    unsigned Line = lineOf(locationOf(I));
    if (Found.empty() || Found.back().Line != Line)
      Found.push_back({&I, Line});
  }
  if (!Found.empty())
    Stops[&BB] = std::move(Found);
}

LineSet Planner::linesInto(const BasicBlock &BB) const {
  LineSet Lines;
  if (&BB == &F.getEntryBlock())
    Lines.insert(0);
  for (const BasicBlock *From : predecessors(&BB)) {
    auto Found = Out.find(From);
    if (Found != Out.end())
      Lines.insert(Found->second.begin(), Found->second.end());
  }
  return Lines;
}

/// Finds out on which lines each block can be left.
void Planner::propagate() {
  SetVector<const BasicBlock *> Work;
  for (const BasicBlock &BB : F)
    Work.insert(&BB);
  while (!Work.empty()) {
    const BasicBlock *BB = Work.pop_back_val();
    auto Found = Stops.find(BB);
    LineSet Lines;
    if (Found != Stops.end())
      Lines.insert(Found->second.back().Line);
    else
      Lines = linesInto(*BB);
    LineSet &Known = Out[BB];
    if (Lines.size() == Known.size())
      continue; // sets only grow
    Known = Lines;
    for (const BasicBlock *To : successors(BB))
      Work.insert(To);
  }
}

/// Whether code can be put on the edge.
static bool canSplit(const BasicBlock &From, const BasicBlock &To) {
  const Instruction *Terminator = From.getTerminator();
  return !To.isEHPad() &&
         (isa<BranchInst>(Terminator) || isa<SwitchInst>(Terminator) ||
          isa<InvokeInst>(Terminator));
}

void Planner::placeFirstStop(BasicBlock &BB, const Stop &First) {
  LineSet Lines = linesInto(BB);
  if (!Lines.count(First.Line)) {
    Plan.Arrivals.push_back({First.At, First.Line});
    return;
  }
  if (Lines.size() == 1)
    return;
  SmallSetVector<BasicBlock *, 4> Edges;
  for (BasicBlock *From : predecessors(&BB)) {
    const LineSet &Left = Out[From];
    if (!Left.count(First.Line)) {
      Edges.insert(From);
      if (canSplit(*From, BB))
        continue;
    } else if (Left.size() == 1) {
      continue;
    }
    Edges.clear();
    break;
  }
  if (Edges.empty())
    Plan.JoinArrivals.push_back({First.At, First.Line});
  for (BasicBlock *From : Edges)
    Plan.EdgeArrivals.push_back({From, &BB, First.Line});
}

/// Brings the table into its order and everything else with it.
void Planner::sortTable() {
  // Entry 0 counts calls, so later arrivals at its line need another entry.
  bool ReturnsToDefinition = false;
  auto look = [&](const auto &List) {
    for (const auto &Arrival : List)
      ReturnsToDefinition |= Arrival.Line == 0;
  };
  look(Plan.Arrivals);
  look(Plan.EdgeArrivals);
  look(Plan.JoinArrivals);

  SmallVector<unsigned, 16> ByPlace;
  for (unsigned Id = ReturnsToDefinition ? 0 : 1; Id < Numbers.Lines.size();
       ++Id)
    ByPlace.push_back(Id);
  llvm::sort(ByPlace, [&](unsigned A, unsigned B) {
    const SourceLine &L = Numbers.Lines[A], &R = Numbers.Lines[B];
    return std::tie(L.File, L.Line) < std::tie(R.File, R.Line);
  });
  SmallVector<unsigned, 16> IndexOf(Numbers.Lines.size(), 0);
  Plan.Table.push_back(Numbers.Lines[0]);
  for (unsigned Id : ByPlace) {
    IndexOf[Id] = Plan.Table.size();
    Plan.Table.push_back(Numbers.Lines[Id]);
  }
  Plan.Files = Numbers.Files;
  Plan.EntryLine = IndexOf[0];

  auto renumber = [&](auto &List) {
    for (auto &Arrival : List)
      Arrival.Line = IndexOf[Arrival.Line];
  };
  renumber(Plan.Arrivals);
  renumber(Plan.EdgeArrivals);
  renumber(Plan.JoinArrivals);
  for (auto &Call : Plan.Calls)
    Call.second = IndexOf[Call.second];
  for (auto &Leaves : Plan.LeavesOn)
    Leaves.second = IndexOf[Leaves.second];
}

LinePlan Planner::plan() {
  const DISubprogram *SP = F.getSubprogram();
  if (!SP) {
    Plan.Table.push_back({0, 0});
    return std::move(Plan);
  }
  Numbers.lineId(SP->getFile(), SP->getLine());
  numberBlocks();
  for (BasicBlock &BB : F)
    collectStops(BB);
  propagate();
  for (BasicBlock &BB : F) {
    auto Found = Stops.find(&BB);
    if (Found == Stops.end())
      continue;
    placeFirstStop(BB, Found->second.front());
    for (const Stop &Later : drop_begin(Found->second))
      Plan.Arrivals.push_back({Later.At, Later.Line});
    Plan.LeavesOn[&BB] = Found->second.back().Line;
  }
  sortTable();
  return std::move(Plan);
}

LinePlan planLines(Function &F) { return Planner(F).plan(); }

} // namespace memprof
