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
#include "ScopeExits.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace memprof {

bool mayRunCode(const CallBase &Call) {
  return !Call.isInlineAsm() && !isa<IntrinsicInst>(Call);
}

bool returnsTwice(const CallBase &Call) {
  if (Call.hasFnAttr(Attribute::ReturnsTwice))
    return true;
  // Under -fno-builtin clang does not say so.
  static const char *const Names[] = {"setjmp",      "_setjmp", "sigsetjmp",
                                      "__sigsetjmp", "vfork",   "getcontext"};
  const Function *Callee = Call.getCalledFunction();
  return Callee && is_contained(Names, Callee->getName());
}

namespace {

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
  explicit Planner(Function &F) : F(F), Real(F), Scopes(F, Real) {}
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
  const BasicBlock *breakTargetOf(const SwitchInst &Switch);
  bool isBreakOfSwitch(const BranchInst &Branch);
  bool isEmpty(const BasicBlock &BB) const;
  bool emitsCode(const BranchInst &Branch);
  bool isReturnOfOne(const BasicBlock &Last) const;
  void collectStops(BasicBlock &BB);
  void propagate();
  LineSet linesInto(const BasicBlock &BB) const;
  void placeFirstStop(BasicBlock &BB, const Stop &First);
  void sortTable();

  Function &F;
  Reality Real;
  ScopeExits Scopes;
  LineNumbering Numbers;
  DenseMap<const BasicBlock *, unsigned> Order;
  DenseMap<const SwitchInst *, const BasicBlock *> BreakTargets;
  DenseMap<const BasicBlock *, SmallVector<Stop, 4>> Stops;
  DenseMap<const BasicBlock *, LineSet> Out;
  LinePlan Plan;
};

} // namespace

void Planner::numberBlocks() {
  // Blocks of cleanups share the number of the block that follows them: they
  // are not there at -O0.
  unsigned Number = 0;
  for (const BasicBlock &BB : F) {
    Order[&BB] = Number;
    if (!Real.isPureCleanup(BB))
      ++Number;
  }
}

/// Where a branch goes in the end, through cleanups.
static const BasicBlock *destinationOf(const BranchInst &Branch,
                                       const Reality &Real) {
  const BasicBlock *To = Branch.getSuccessor(0);
  const ConstantInt *Number = Real.numberStoredIn(*Branch.getParent());
  for (unsigned Steps = 0; Number && Steps != 64; ++Steps) {
    if (!Real.isPureCleanup(*To))
      return To;
    if (const SwitchInst *Switch = Real.switchOfCleanup(*To))
      To = Switch->findCaseValue(Number)->getCaseSuccessor();
    else if (To->getSingleSuccessor())
      To = To->getSingleSuccessor();
    else
      return To;
  }
  return To;
}

/// Where `break` leads in a switch of the user's.
const BasicBlock *Planner::breakTargetOf(const SwitchInst &Switch) {
  auto Inserted = BreakTargets.try_emplace(&Switch, nullptr);
  if (!Inserted.second)
    return Inserted.first->second;
  unsigned First = Order.lookup(Switch.getParent()), Last = First;
  SmallPtrSet<const BasicBlock *, 8> Labels;
  for (const BasicBlock *Label : successors(&Switch)) {
    Labels.insert(Label);
    Last = std::max(Last, Order.lookup(Label));
  }
  // The nearest block behind all labels that a case jumps to; at -O1, where
  // nothing is left of `case 1: break;`, it is among the labels.
  const BasicBlock *Nearest = nullptr;
  for (const BasicBlock &BB : F) {
    unsigned At = Order.lookup(&BB);
    const auto *Branch = dyn_cast<BranchInst>(BB.getTerminator());
    if (At <= First || At >= Last || !Branch || Branch->isConditional())
      continue;
    const BasicBlock *To = destinationOf(*Branch, Real);
    unsigned There = Order.lookup(To);
    if (Labels.count(To) && There > At + 1) {
      Nearest = To;
      break;
    }
    if (There > Last && (!Nearest || There < Order.lookup(Nearest)))
      Nearest = To;
  }
  return BreakTargets[&Switch] = Nearest;
}

/// Whether the branch is all of `case 1: break;`. Clang leaves that out at -O1
/// and above, so it does not count at -O0 either.
bool Planner::isBreakOfSwitch(const BranchInst &Branch) {
  const BasicBlock &BB = *Branch.getParent();
  if (Real.numberStoredIn(BB))
    return false; // leaves more than the switch
  const BasicBlock *To = destinationOf(Branch, Real);
  for (const BasicBlock *From : predecessors(&BB)) {
    const auto *Switch = dyn_cast<SwitchInst>(From->getTerminator());
    if (!Switch || Real.switchOfCleanup(*From))
      continue;
    // Where the cases come together is no case.
    if (&BB == Switch->getDefaultDest() && !BB.getSinglePredecessor())
      continue;
    if (To == Switch->getDefaultDest() || To == breakTargetOf(*Switch))
      return true;
  }
  return false;
}

/// Whether nothing but the terminator is in the block, nor, where the block
/// goes on behind a cleanup, in what falls into that cleanup.
bool Planner::isEmpty(const BasicBlock &BB) const {
  for (const Instruction &I : BB)
    if (!I.isTerminator() && Real.isPresent(I))
      return false;
  const BasicBlock *From = BB.getSinglePredecessor();
  if (!From)
    return true;
  // The condition of `do {} while (0)` is a block at -O1 only.
  if (const auto *Fall = dyn_cast<BranchInst>(From->getTerminator()))
    return Fall->isConditional() || isEmpty(*From);
  const SwitchInst *Switch = Real.switchOfCleanup(*From);
  const ConstantInt *Way =
      Switch ? Reality::numberLeadingTo(*Switch, BB) : nullptr;
  if (!Way || !Way->isZero())
    return true;
  SmallPtrSet<const BasicBlock *, 4> Seen;
  SmallVector<const BasicBlock *, 4> Work{From};
  while (!Work.empty()) {
    const BasicBlock *At = Work.pop_back_val();
    if (!Seen.insert(At).second)
      continue;
    const ConstantInt *Number = Real.numberStoredIn(*At);
    if (Number ? Number->isZero() : !Real.isPureCleanup(*At))
      return isEmpty(*At);
    if (!Number)
      Work.append(pred_begin(At), pred_end(At));
  }
  return true;
}

/// Whether the branch is all that is left of the condition of `while (1)`.
/// Clang removes that block, unless the scope around it has something to clean
/// up, which at -O1 and above any variable is.
static bool isConditionOfEndless(const BranchInst &Branch) {
  const DILocation *Loc = locationOf(Branch);
  for (const BasicBlock *From : predecessors(Branch.getParent()))
    if (const MDNode *Loop =
            From->getTerminator()->getMetadata(LLVMContext::MD_loop))
      if (const DILocation *Start = Reality::startOf(*Loop))
        if (Loc && Loc->getLine() == Start->getLine() &&
            Loc->getColumn() == Start->getColumn())
          return true;
  return false;
}

/// Whether the -O0 code generator makes a jump of an unconditional branch.
bool Planner::emitsCode(const BranchInst &Branch) {
  const BasicBlock &BB = *Branch.getParent();
  const ConstantInt *Number = Real.numberStoredIn(BB);
  if (Number && Number->isZero())
    return false; // out of the scope, into what follows it
  if (!Number && Scopes.isOnlyWayOut(Branch))
    return false;
  // A loop's own way out is a block only where it needs a cleanup.
  if (Number && BB.getSinglePredecessor() &&
      Real.isLoopStart(Branch.getDebugLoc().getLine(),
                       Branch.getDebugLoc().getCol()))
    return false;
  if (BB.isLandingPad() && none_of(BB, [&](const Instruction &I) {
        return &I != &Branch && Real.isReal(I);
      }))
    return false;
  if (isEmpty(BB))
    return !isBreakOfSwitch(Branch) && !isConditionOfEndless(Branch);
  return Order.lookup(destinationOf(Branch, Real)) != Order.lookup(&BB) + 1;
}

/// Whether a single `return` leads here, through cleanups. At -O0 without
/// cleanups clang puts the return instruction where that statement is; only
/// with several does execution arrive at the closing brace.
bool Planner::isReturnOfOne(const BasicBlock &Last) const {
  for (const BasicBlock *From : predecessors(&Last))
    if (!Real.numberStoredIn(*From) && !Real.isPureCleanup(*From))
      return false;
  unsigned Returns = 0;
  for (const BasicBlock &BB : F) {
    const auto *Branch = dyn_cast<BranchInst>(BB.getTerminator());
    const ConstantInt *Number = Real.numberStoredIn(BB);
    if (!Number || !Branch || Branch->isConditional() ||
        destinationOf(*Branch, Real) != &Last)
      continue;
    if (!Number->isOne())
      return false; // the end of the body
    ++Returns;
  }
  return Returns == 1;
}

void Planner::collectStops(BasicBlock &BB) {
  SmallVector<Stop, 4> Found;
  const auto *Return = dyn_cast<ReturnInst>(BB.getTerminator());
  if (Return && !isReturnOfOne(BB))
    Return = nullptr;
  for (Instruction &I : BB) {
    if (Return && (&I == Return || &I == Return->getReturnValue()))
      continue;
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
