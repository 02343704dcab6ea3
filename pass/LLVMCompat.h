// LLVMCompat.h - the differences between LLVM 14, 16, 19 and 22, and the only
// file that asks which one it is.
#ifndef MEMPROF_PASS_LLVMCOMPAT_H
#define MEMPROF_PASS_LLVMCOMPAT_H

#include "llvm/Config/llvm-config.h"
#if LLVM_VERSION_MAJOR >= 22
#include "llvm/Plugins/PassPlugin.h"
#else
#include "llvm/Passes/PassPlugin.h"
#endif

#if LLVM_VERSION_MAJOR >= 16
#include "llvm/TargetParser/Triple.h"
#else
#include "llvm/ADT/Triple.h"
#endif

#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Metadata.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

namespace memprof {

/// A message that has no place.
#if LLVM_VERSION_MAJOR >= 22
using MessageDiagnostic = llvm::DiagnosticInfoGeneric;
#else
using MessageDiagnostic = llvm::DiagnosticInfoInlineAsm;
#endif

/// `i8 *` where pointers are typed, `ptr` where they are opaque.
inline llvm::PointerType *bytePointerType(llvm::LLVMContext &Ctx) {
#if LLVM_VERSION_MAJOR >= 16
  return llvm::PointerType::get(Ctx, 0);
#else
  return llvm::Type::getInt8PtrTy(Ctx);
#endif
}

/// The type of a pointer to \p Pointee.
inline llvm::PointerType *pointerTypeTo(llvm::Type *Pointee) {
#if LLVM_VERSION_MAJOR >= 16
  return llvm::PointerType::get(Pointee->getContext(), 0);
#else
  return llvm::PointerType::getUnqual(Pointee);
#endif
}

/// Keeps the sanitizers from moving or padding a global of ours. LLVM 14 has no
/// mark for it; there the section's name, a C identifier, does the same.
inline void exemptFromSanitizers(llvm::GlobalVariable &GV) {
#if LLVM_VERSION_MAJOR >= 16
  llvm::GlobalValue::SanitizerMetadata Exempt;
  Exempt.NoAddress = true;
  Exempt.NoHWAddress = true;
  GV.setSanitizerMetadata(Exempt);
#else
  (void)GV;
#endif
}

/// Marks a load or store that the pass inserted. By name: LLVM 14 has no
/// constant for it.
inline void exemptFromSanitizers(llvm::Instruction &I) {
  I.setMetadata("nosanitize", llvm::MDNode::get(I.getContext(), {}));
}

/// The variable that a stack slot holds, as -g tells; null when it does not.
inline llvm::DILocalVariable *variableIn(llvm::AllocaInst &Slot) {
#if LLVM_VERSION_MAJOR >= 19
  for (llvm::DbgVariableRecord *Declare : llvm::findDVRDeclares(&Slot))
    return Declare->getVariable();
#endif
#if LLVM_VERSION_MAJOR < 22
#if LLVM_VERSION_MAJOR >= 19
  auto Declares = llvm::findDbgDeclares(&Slot);
#else
  auto Declares = llvm::FindDbgDeclareUses(&Slot);
#endif
  for (llvm::DbgVariableIntrinsic *Declare : Declares)
    return Declare->getVariable();
#endif
  return nullptr;
}

/// Whether debug info stands beside instructions or among them: in 19 a
/// function's own choice, which a copy has to follow.
inline void copyDebugInfoFormat(const llvm::Function &From,
                                llvm::Function &To) {
#if LLVM_VERSION_MAJOR >= 18 && LLVM_VERSION_MAJOR < 21
  To.setIsNewDbgInfoFormat(From.IsNewDbgInfoFormat);
#else
  (void)From, (void)To;
#endif
}

/// Empties the list of a function's variables, which only those need that the
/// optimiser removed altogether.
inline void dropRetainedNodes(llvm::DISubprogram &SP) {
  constexpr unsigned Operand = 7; // 14 has no name for it
  assert(!SP.getRawRetainedNodes() ||
         SP.getOperand(Operand) == SP.getRawRetainedNodes());
  static_cast<llvm::MDNode &>(SP).replaceOperandWith(
      Operand, llvm::MDTuple::get(SP.getContext(), {}));
}

/// Makes a copied instruction, with the debug info in front of it, refer to the
/// copies of values and blocks. Metadata stays what it is.
inline void remapLocals(llvm::Instruction &I, llvm::ValueToValueMapTy &Map) {
  const auto Flags = llvm::RemapFlags(llvm::RF_NoModuleLevelChanges |
                                      llvm::RF_IgnoreMissingLocals);
  llvm::RemapInstruction(&I, Map, Flags);
#if LLVM_VERSION_MAJOR >= 19
  llvm::RemapDbgRecordRange(I.getModule(), I.getDbgRecordRange(), Map, Flags);
#endif
}

/// Replaces the variables, labels, locations and identities that debug info at
/// an instruction names by what \p Map makes of them.
template <typename MapT> void mapDebugInfoOf(llvm::Instruction &I, MapT &Map) {
  auto asValue = [&](llvm::Metadata *MD) {
    return llvm::MetadataAsValue::get(I.getContext(), MD);
  };
  if (auto *Variable = llvm::dyn_cast<llvm::DbgVariableIntrinsic>(&I))
    llvm::cast<llvm::CallBase>(I).setArgOperand(
        1, asValue(Map(Variable->getVariable())));
  if (auto *Label = llvm::dyn_cast<llvm::DbgLabelInst>(&I))
    llvm::cast<llvm::CallBase>(I).setArgOperand(
        0, asValue(Map(Label->getLabel())));
#if LLVM_VERSION_MAJOR >= 16
  if (llvm::MDNode *Id = I.getMetadata(llvm::LLVMContext::MD_DIAssignID))
    I.setMetadata(llvm::LLVMContext::MD_DIAssignID, Map.distinct(Id));
  if (auto *Assign = llvm::dyn_cast<llvm::DbgAssignIntrinsic>(&I))
    llvm::cast<llvm::CallBase>(I).setArgOperand(
        3, asValue(Map.distinct(Assign->getAssignID())));
#endif
#if LLVM_VERSION_MAJOR >= 19
  for (llvm::DbgRecord &Record : I.getDbgRecordRange()) {
    Record.setDebugLoc(Map(Record.getDebugLoc()));
    if (auto *Label = llvm::dyn_cast<llvm::DbgLabelRecord>(&Record)) {
      Label->setLabel(Map(Label->getLabel()));
      continue;
    }
    auto &Variable = llvm::cast<llvm::DbgVariableRecord>(Record);
    Variable.setVariable(Map(Variable.getVariable()));
    if (Variable.isDbgAssign())
      Variable.setAssignId(
          llvm::cast<llvm::DIAssignID>(Map.distinct(Variable.getAssignID())));
  }
#endif
}

/// Whether a musttail call may copy arguments to the stack: LLVM 14 stops on it
/// when it optimises, 16 and 19 jump to nowhere.
constexpr bool forwardsByValInMustTail() { return LLVM_VERSION_MAJOR >= 22; }

inline bool startsWith(llvm::StringRef Text, llvm::StringRef Prefix) {
  return Text.take_front(Prefix.size()) == Prefix;
}

} // namespace memprof

#endif
