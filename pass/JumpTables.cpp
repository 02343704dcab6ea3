// JumpTables.cpp - what a clone needs of a computed goto:
//
//   before  @table = internal constant [2 x ptr] [blockaddress(@f, %a), ...]
//           %label = load ptr, ptr getelementptr(@table, %i)     ; in @f
//           indirectbr ptr %label, [...]
//
//   after   @table.memprof = internal constant [2 x ptr]
//                            [blockaddress(@f.memprof, %a), ...]
//           %label = load ptr, ptr getelementptr(@table.memprof, %i)
//                                                         ; in @f.memprof
//
// A label is followed from where it stands to where it is jumped to. One that
// goes anywhere else, to a call or into memory that is not a local variable,
// could come back in the other of the two functions.
#include "JumpTables.h"
#include "Dispatch.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace memprof {

namespace {

/// Follows the labels of one function.
class LabelFlow {
public:
  LabelFlow(const Function &F, JumpTables &Tables) : F(F), Tables(Tables) {}
  bool staysInside();

private:
  bool followLabel(const User &By, const Value &Label);
  bool followTable(const Value &Address);
  bool followSlot(const Value &Address);
  void follow(const Value &V) {
    if (Seen.insert(&V).second)
      Work.push_back(&V);
  }

  const Function &F;
  JumpTables &Tables;
  SmallPtrSet<const Value *, 16> Seen;
  SmallVector<const Value *, 16> Work; // labels, and what is computed from them
};

} // namespace

/// A table is only read, and only here.
bool LabelFlow::followTable(const Value &Address) {
  return all_of(Address.users(), [&](const User *U) {
    if (const auto *Load = dyn_cast<LoadInst>(U)) {
      follow(*Load);
      return Load->getFunction() == &F;
    }
    return (isa<GEPOperator>(U) || isa<BitCastOperator>(U)) && followTable(*U);
  });
}

/// A local variable whose address nobody else has.
bool LabelFlow::followSlot(const Value &Address) {
  return all_of(Address.users(), [&](const User *U) {
    if (const auto *Load = dyn_cast<LoadInst>(U)) {
      follow(*Load);
      return true;
    }
    if (const auto *Store = dyn_cast<StoreInst>(U))
      return Store->getValueOperand() != &Address;
    if (const auto *Call = dyn_cast<IntrinsicInst>(U))
      return Call->isLifetimeStartOrEnd();
    return isa<BitCastOperator>(U) && followSlot(*U);
  });
}

bool LabelFlow::followLabel(const User &By, const Value &Label) {
  if (isa<IndirectBrInst>(By) || isa<ICmpInst>(By))
    return true;
  if (const auto *Store = dyn_cast<StoreInst>(&By))
    return Store->getValueOperand() == &Label &&
           isa<AllocaInst>(Store->getPointerOperand()) &&
           followSlot(*Store->getPointerOperand());
  if (const auto *Table = dyn_cast<GlobalVariable>(&By)) {
    if (!Table->hasLocalLinkage() || Table->hasSection())
      return false;
    if (!Tables.insert(const_cast<GlobalVariable *>(Table)))
      return true;
    return followTable(*Table);
  }
  if (const auto *I = dyn_cast<Instruction>(&By))
    if (I->getFunction() != &F ||
        !(isa<PHINode>(I) || isa<SelectInst>(I) || isa<CastInst>(I) ||
          isa<BinaryOperator>(I) || isa<GetElementPtrInst>(I)))
      return false;
  if (isa<Instruction>(By) || isa<ConstantExpr>(By) ||
      isa<ConstantAggregate>(By)) {
    follow(By);
    return true;
  }
  return false;
}

bool LabelFlow::staysInside() {
  for (const BasicBlock &BB : F)
    if (BB.hasAddressTaken())
      if (const BlockAddress *Label = BlockAddress::lookup(&BB))
        follow(*Label);
  while (!Work.empty()) {
    const Value *Label = Work.pop_back_val();
    for (const User *By : Label->users())
      if (!followLabel(*By, *Label))
        return false;
  }
  return true;
}

bool collectJumpTables(const Function &F, JumpTables &Tables) {
  if (none_of(F, [](const BasicBlock &BB) { return BB.hasAddressTaken(); }))
    return true;
  // A copy may not refer into a group that the linker drops.
  return !isMergedByLinker(F) && LabelFlow(F, Tables).staysInside();
}

void declareCopies(const JumpTables &Tables, ValueToValueMapTy &Map) {
  for (GlobalVariable *Table : Tables) {
    auto *Copy = new GlobalVariable(
        *Table->getParent(), Table->getValueType(), Table->isConstant(),
        GlobalValue::InternalLinkage, nullptr, Table->getName() + ".memprof");
    Copy->copyAttributesFrom(Table);
    Map[Table] = Copy;
  }
}

void fillCopies(const JumpTables &Tables, ValueToValueMapTy &Map) {
  for (GlobalVariable *Table : Tables)
    cast<GlobalVariable>(Map[Table])
        ->setInitializer(MapValue(Table->getInitializer(), Map));
}

} // namespace memprof
