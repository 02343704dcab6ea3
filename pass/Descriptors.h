// Descriptors.h - what the runtime and `memprof functions` read of a function:
// its record (memprof_abi.h), and its live word.
#ifndef MEMPROF_PASS_DESCRIPTORS_H
#define MEMPROF_PASS_DESCRIPTORS_H

#include "Annotations.h"
#include "Lines.h"
#include "RuntimeHooks.h"

namespace memprof {

/// Makes the word that is not zero while a function of this program or shared
/// object is live.
llvm::GlobalVariable *createAwakeWord(llvm::Module &M);

/// Makes f.memprof.live, which is zero while the program sleeps.
llvm::GlobalVariable *createLiveWord(llvm::Function &F);

/// Makes f.memprof.record. \p Live is null, and \p Reason set, for a function
/// that was left out.
void emitRecord(const llvm::Function &F, const Mark &M, const LinePlan &Plan,
                uint32_t Flags, llvm::StringRef Reason,
                llvm::GlobalVariable *Live);

/// Makes the record of the translation unit: what compiled it, and at which
/// level, "O2" for instance; "" when nobody knows. \p Word: of createAwakeWord.
void emitUnit(llvm::Module &M, llvm::StringRef Level,
              llvm::GlobalVariable &Word);

/// Makes the constructor and destructor that tell the runtime of this object's
/// records.
void emitRegistration(llvm::Module &M, RuntimeHooks &Hooks);

} // namespace memprof

#endif
