// Variants.cpp - which variants of constructors and destructors count:
//
//   C1 (complete object)  builds virtual bases,  then enters C2, or holds the
//                         body itself
//   C2 (base object)      the body
//   D0 (deleting)         enters D1, then calls operator delete
//   D1 (complete object)  enters D2, then destroys virtual bases
//   D2 (base object)      the body
//
// Each call of a constructor or destructor shall count once, so of variants
// that enter each other the innermost is kept. What D0 releases is then charged
// to the line of the delete expression.
#include "Variants.h"
#include "Selection.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace memprof {

static bool isConstructorOrDestructor(const Function &F) {
  ItaniumPartialDemangler Demangler;
  return !Demangler.partialDemangle(F.getName().str().c_str()) &&
         Demangler.isCtorOrDtor();
}

/// Whether \p V is the object on which \p F was called; clang keeps it in a
/// stack slot.
static bool isThis(const Value *V, const Function &F) {
  V = V->stripPointerCasts();
  const auto *Load = dyn_cast<LoadInst>(V);
  if (!Load)
    return V == F.getArg(0);
  return any_of(Load->getPointerOperand()->users(), [&](const User *U) {
    const auto *Store = dyn_cast<StoreInst>(U);
    return Store && Store->getValueOperand() == F.getArg(0);
  });
}

static const Function *calleeOf(const CallBase &Call) {
  const Value *Callee = Call.getCalledOperand()->stripPointerCasts();
  if (const auto *Alias = dyn_cast<GlobalAlias>(Callee))
    Callee = Alias->getAliasee()->stripPointerCasts();
  return dyn_cast<Function>(Callee);
}

/// Whether \p F calls another variant of itself on the same object. A copy
/// constructor that copies a list calls itself too, but on other objects.
static bool entersVariant(const Function &F, const Marks &Found) {
  if (F.arg_empty() || !isConstructorOrDestructor(F))
    return false;
  std::string Signature = namesOf(F).Signature;
  return any_of(instructions(F), [&](const Instruction &I) {
    const auto *Call = dyn_cast<CallBase>(&I);
    if (!Call || Call->arg_empty() || !isThis(Call->getArgOperand(0), F))
      return false;
    auto *Callee = const_cast<Function *>(calleeOf(*Call));
    return Callee && Callee != &F && Found.count(Callee) &&
           namesOf(*Callee).Signature == Signature;
  });
}

void keepInnermostVariants(Marks &Found) {
  SmallVector<Function *, 4> Entering;
  for (auto &Each : Found)
    if (entersVariant(*Each.first, Found))
      Entering.push_back(Each.first);
  for (Function *F : Entering)
    Found.erase(F);
}

} // namespace memprof
