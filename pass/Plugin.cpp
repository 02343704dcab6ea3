// Plugin.cpp - the pass as clang and opt load it.
//
// In clang it runs first of all passes, at every optimisation level, once per
// module. In opt it is called profile-memory.
#include "Allocations.h"
#include "Annotations.h"
#include "Descriptors.h"
#include "Diagnostics.h"
#include "Dispatch.h"
#include "Instrument.h"
#include "LLVMCompat.h"
#include "Lines.h"
#include "RuntimeHooks.h"
#include "Selection.h"
#include "Variants.h"
#include "Wrappers.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Passes/PassBuilder.h"

#define DEBUG_TYPE "profile-memory"

using namespace llvm;
using namespace memprof;

STATISTIC(NumTwins, "Number of functions with an instrumented twin");
STATISTIC(NumInPlace, "Number of functions instrumented in place");
STATISTIC(NumLeftOut, "Number of marked functions left out");

namespace {

class ProfileMemoryPass : public PassInfoMixin<ProfileMemoryPass> {
public:
  explicit ProfileMemoryPass(std::string Level = "")
      : Level(std::move(Level)) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &);
  /// Else optnone functions, which are all at -O0, would be skipped.
  static bool isRequired() { return true; }

private:
  std::string Level; // of optimisation, "O2"; opt does not tell it
};

} // namespace

static void remark(Function &F, const Twine &How) {
  DiagnosticLocation At;
  if (const DISubprogram *SP = F.getSubprogram())
    At = DiagnosticLocation(SP);
  OptimizationRemarkEmitter(&F).emit([&] {
    return OptimizationRemark(PassName, "Instrumented", At, &F.getEntryBlock())
           << "profiled: '" << namesOf(F).Name << "'" << How.str();
  });
}

static void leaveOut(Function &F, const Mark &M, StringRef Reason) {
  ++NumLeftOut;
  warnAt(F, "'" + namesOf(F).Name + "' cannot be profiled: " + Reason);
  LinePlan Place = planLines(F);
  Place.Table.resize(1, SourceLine());
  Place.Files.resize(Place.hasLines() ? 1 : 0);
  emitRecord(F, M, Place, 0, Reason, nullptr);
}

/// Whether a marked function may be inlined into this one, as far as we know.
static bool callsMarked(const Function &F, const Marks &Found) {
  return any_of(instructions(F), [&](const Instruction &I) {
    const auto *Call = dyn_cast<CallBase>(&I);
    return Call && Call->getCalledFunction() &&
           Found.count(Call->getCalledFunction());
  });
}

static void profile(Function &F, const Marks &Found, const AwakeWord &Word,
                    RuntimeHooks &Hooks, TwinMap &Twins) {
  const Mark &M = Found.find(&F)->second;
  Treatment How = treatmentOf(F);
  F.addFnAttr(DoneAttribute);
  if (How.How == Treatment::LeftOut) {
    leaveOut(F, M, How.Reason);
    return;
  }
  bool IsInPlace = How.How == Treatment::InPlace;
  gatherEntryAllocas(F);
  GlobalVariable *Live = createLiveWord(F);
  GlobalVariable *Asked = callsMarked(F, Found) ? nullptr : Live;
  Function *Body = IsInPlace ? &F : splitOffTwin(F, Word, Asked);
  LinePlan Plan = planLines(*Body);
  dropUntrueAttributes(F);
  if (!IsInPlace) {
    dropUntrueAttributes(*Body);
    Twins.insert({&F, Body});
  }
  instrument(*Body, *Live, Plan, Hooks);
  emitRecord(F, M, Plan, IsInPlace ? MEMPROF_RECORD_IN_PLACE : 0, "", Live);
  remark(F, IsInPlace ? " in place: it cannot be cloned" : "");
  ++(IsInPlace ? NumInPlace : NumTwins);
}

/// Once for a module that was compiled without -g, else for each function that
/// clang gave no lines.
static void warnOfMissingLines(const Module &M, const Marks &Found) {
  for (auto &Each : Found) {
    if (Each.first->getSubprogram())
      continue;
    if (!hasDebugInfo(M)) {
      warnAt(*Each.first, "compiled without line information: the tables of "
                          "its functions have no lines (add -g)");
      return;
    }
    warnAt(*Each.first, "'" + namesOf(*Each.first).Name +
                            "' has no line information: its table has no "
                            "lines");
  }
}

PreservedAnalyses ProfileMemoryPass::run(Module &M, ModuleAnalysisManager &) {
  Marks Found;
  Wrappers Own;
  bool Changed = collectMarks(M, Found, Own);
  selectFunctions(M, Found);
  keepInnermostVariants(Found);
  if (wantsOpaqueAllocations()) {
    makeAllocationsOpaque(M);
    Changed = true;
  }
  RuntimeHooks Hooks(M);
  for (auto &Each : Own) // before a marked one is cloned
    hookWrapper(*Each.first, Each.second, Hooks);
  if (Found.empty())
    return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();

  warnOfMissingLines(M, Found);
  AwakeWord Word = {createAwakeWord(M), createTypeOfOurs(M)};
  TwinMap Twins;
  for (auto &Each : Found)
    profile(*Each.first, Found, Word, Hooks, Twins);
  callTwinsFromTwins(Twins);
  emitUnit(M, Level, *Word.Global);
  emitRegistration(M, Hooks);
  return PreservedAnalyses::none();
}

/// As the option that asks for it.
static std::string nameOf(OptimizationLevel Level) {
  switch (Level.getSizeLevel()) {
  case 1:
    return "Os";
  case 2:
    return "Oz";
  default:
    return "O" + std::to_string(Level.getSpeedupLevel());
  }
}

static void registerPass(PassBuilder &PB) {
  // `auto...`: LLVM 22 also tells the phase.
  PB.registerPipelineStartEPCallback(
      [](ModulePassManager &MPM, OptimizationLevel Level, auto...) {
        MPM.addPass(ProfileMemoryPass(nameOf(Level)));
      });
  PB.registerPipelineParsingCallback(
      [](StringRef Name, ModulePassManager &MPM, auto...) {
        if (Name != PassName)
          return false;
        MPM.addPass(ProfileMemoryPass());
        return true;
      });
}

extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "MemProf", LLVM_VERSION_STRING,
          registerPass};
}
