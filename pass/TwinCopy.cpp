// TwinCopy.cpp - copies a function:
//
//   before  define void @f() !dbg !1 { ..., !dbg !2 }
//           !1 = distinct !DISubprogram(...)
//           !2 = !DILocation(line: 3, scope: !1)
//
//   after   ... and
//           define void @f.memprof() !dbg !3 { ..., !dbg !4 }
//           !3 = distinct !DISubprogram(...)               ; as !1
//           !4 = !DILocation(line: 3, scope: !3)
//
// LLVM's CloneFunction does the same, but, in 14 for one, for each function it
// walks through the debug info of the whole module. What belongs to a function
// is little: its subprogram, blocks, variables, labels, locations and loops. The
// rest is shared.
#include "TwinCopy.h"
#include "LLVMCompat.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace memprof {

namespace {

/// The copies of the metadata that belongs to one function.
class LocalMetadata {
public:
  LocalMetadata(Function &F, Function &Copy);
  void copyOf(Instruction &I);

  // For the debug info beside an instruction, which LLVMCompat.h goes through.
  DebugLoc operator()(const DebugLoc &Loc) { return location(Loc.get()); }
  DILocalVariable *operator()(DILocalVariable *Variable) {
    return placed(Variable, 0, Variable->getScope());
  }
  DILabel *operator()(DILabel *Label) {
    return placed(Label, 0, Label->getScope());
  }
  LLVM_ATTRIBUTE_UNUSED MDNode *distinct(MDNode *Id); // not before 16

private:
  DILocation *location(DILocation *Loc);
  MDNode *loop(MDNode *Loop);
  Metadata *scope(DILocalScope *Scope);
  template <typename T> T *placed(T *Node, unsigned Operand, DILocalScope *In);

  LLVMContext &Ctx;
  DenseMap<const Metadata *, MDNode *> Copies; // of f's own; others: themselves
};

} // namespace

LocalMetadata::LocalMetadata(Function &F, Function &Copy)
    : Ctx(F.getContext()) {
  DISubprogram *SP = F.getSubprogram();
  if (!SP)
    return;
  DISubprogram *Own = MDNode::replaceWithDistinct(SP->clone());
  // Variables that the optimiser removed altogether are listed with f.
  dropRetainedNodes(*Own);
  Copies[SP] = Own;
  Copy.setSubprogram(Own);
}

/// A copy of a node that lies \p In a scope, which operand tells.
template <typename T>
T *LocalMetadata::placed(T *Node, unsigned Operand, DILocalScope *In) {
  auto Known = Copies.find(Node);
  if (Known != Copies.end())
    return cast<T>(Known->second);
  Metadata *NewScope = scope(In);
  MDNode *New = Node;
  if (NewScope != In) { // else it is another function's, which was inlined
    auto Draft = Node->clone();
    static_cast<MDNode &>(*Draft).replaceOperandWith(Operand, NewScope);
    New = Node->isDistinct() ? MDNode::replaceWithDistinct(std::move(Draft))
                             : MDNode::replaceWithUniqued(std::move(Draft));
  }
  Copies[Node] = New;
  return cast<T>(New);
}

Metadata *LocalMetadata::scope(DILocalScope *Scope) {
  if (auto *Block = dyn_cast<DILexicalBlockBase>(Scope))
    return placed(Block, 1, Block->getScope());
  MDNode *Own = Copies.lookup(Scope);
  return Own ? Own : Scope;
}

DILocation *LocalMetadata::location(DILocation *Loc) {
  if (!Loc)
    return nullptr;
  DILocation *InlinedAt = Loc->getInlinedAt();
  if (!InlinedAt)
    return placed(Loc, 0, Loc->getScope());
  auto Known = Copies.find(Loc);
  if (Known != Copies.end())
    return cast<DILocation>(Known->second);
  auto Draft = Loc->clone();
  static_cast<MDNode &>(*Draft).replaceOperandWith(1, location(InlinedAt));
  auto *New = Loc->isDistinct() ? MDNode::replaceWithDistinct(std::move(Draft))
                                : MDNode::replaceWithUniqued(std::move(Draft));
  Copies[Loc] = New;
  return New;
}

/// A loop's metadata names its start and end.
MDNode *LocalMetadata::loop(MDNode *Loop) {
  MDNode *&New = Copies[Loop];
  if (New)
    return New;
  SmallVector<Metadata *, 4> Operands{nullptr};
  for (const MDOperand &Operand : drop_begin(Loop->operands()))
    Operands.push_back(Operand.get());
  MDNode *Draft = MDNode::getDistinct(Ctx, Operands);
  New = Draft; // before others come in, which may move it
  Draft->replaceOperandWith(0, Draft);
  for (unsigned I = 1; I != Draft->getNumOperands(); ++I)
    if (auto *Loc = dyn_cast_or_null<DILocation>(Draft->getOperand(I).get()))
      Draft->replaceOperandWith(I, location(Loc));
  return Draft;
}

/// Of an identity: the same within the function, another than the original's.
MDNode *LocalMetadata::distinct(MDNode *Id) {
  MDNode *&New = Copies[Id];
  if (!New)
    New = MDNode::replaceWithDistinct(Id->clone());
  return New;
}

void LocalMetadata::copyOf(Instruction &I) {
  if (DILocation *Loc = I.getDebugLoc().get())
    I.setDebugLoc(location(Loc));
  if (MDNode *Loop = I.getMetadata(LLVMContext::MD_loop))
    I.setMetadata(LLVMContext::MD_loop, loop(Loop));
  mapDebugInfoOf(I, *this);
}

Function *copyFunction(Function &F, const Twine &Name, ValueToValueMapTy &Map) {
  auto *Copy = Function::Create(F.getFunctionType(), F.getLinkage(),
                                F.getAddressSpace(), Name, F.getParent());
  copyDebugInfoFormat(F, *Copy);
  Copy->copyAttributesFrom(&F);
  SmallVector<std::pair<unsigned, MDNode *>, 4> Attached;
  F.getAllMetadata(Attached);
  for (const auto &Each : Attached)
    if (Each.first != LLVMContext::MD_dbg)
      Copy->addMetadata(Each.first, *Each.second);

  for (Argument &A : F.args()) {
    Argument *Its = Copy->getArg(A.getArgNo());
    Its->setName(A.getName());
    Map[&A] = Its;
  }
  for (BasicBlock &BB : F) {
    BasicBlock *Its = CloneBasicBlock(&BB, Map, "", Copy);
    Map[&BB] = Its;
    if (BB.hasAddressTaken())
      Map[BlockAddress::get(&F, &BB)] = BlockAddress::get(Copy, Its);
  }
  LocalMetadata Own(F, *Copy);
  for (Instruction &I : instructions(*Copy)) {
    remapLocals(I, Map);
    Own.copyOf(I);
  }
  return Copy;
}

} // namespace memprof
