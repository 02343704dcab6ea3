// RuntimeHooks.h - the functions of the runtime that generated code calls, and
// the flags that it reads.
#ifndef MEMPROF_PASS_RUNTIMEHOOKS_H
#define MEMPROF_PASS_RUNTIMEHOOKS_H

#include "memprof_abi.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace memprof {

#define MEMPROF_HOOK_ID(NAME, ...) Hook_##NAME,
enum Hook { MEMPROF_ABI_HOOKS(MEMPROF_HOOK_ID) HookCount };
#undef MEMPROF_HOOK_ID

#define MEMPROF_FLAG_ID(NAME) Flag_##NAME,
enum Flag { MEMPROF_ABI_FLAGS(MEMPROF_FLAG_ID) FlagCount };
#undef MEMPROF_FLAG_ID

/// Declares a hook in the module when it is first called for.
class RuntimeHooks {
public:
  explicit RuntimeHooks(llvm::Module &M) : M(M) {}

  llvm::FunctionCallee get(Hook H);

  /// Calls a hook where \p B stands. Pointers are cast to what it takes. The
  /// call never unwinds.
  llvm::CallInst *call(llvm::IRBuilderBase &B, Hook H,
                       llvm::ArrayRef<llvm::Value *> Args);

  /// Asks where \p B stands whether a flag is set, as an i1.
  llvm::Value *isSet(llvm::IRBuilderBase &B, Flag F);

private:
  llvm::Module &M;
  llvm::FunctionCallee Declared[HookCount];
};

} // namespace memprof

#endif
