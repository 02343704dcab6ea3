// RuntimeHooks.cpp - declares the hooks and the flags from the tables in
// memprof_abi.h.
#include "RuntimeHooks.h"
#include "LLVMCompat.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace memprof {

namespace {
struct HookRow {
  const char *Symbol;
  char Result;
  const char *Arguments; // "P, S": one letter each
};
} // namespace

#define MEMPROF_HOOK_ROW(NAME, RESULT, ...)                                    \
  {"__memprofpass_" #NAME, #RESULT[0], #__VA_ARGS__},
static const HookRow Rows[HookCount] = {MEMPROF_ABI_HOOKS(MEMPROF_HOOK_ROW)};
#undef MEMPROF_HOOK_ROW

#define MEMPROF_FLAG_ROW(NAME) "__memprofpass_" #NAME,
static const char *const Flags[FlagCount] = {
    MEMPROF_ABI_FLAGS(MEMPROF_FLAG_ROW)};
#undef MEMPROF_FLAG_ROW

static Type *typeOf(char Letter, Module &M) {
  LLVMContext &Ctx = M.getContext();
  switch (Letter) {
  case 'V':
    return Type::getVoidTy(Ctx);
  case 'P':
    return bytePointerType(Ctx);
  case 'S':
    return M.getDataLayout().getIntPtrType(Ctx);
  case 'W':
    return Type::getInt64Ty(Ctx);
  }
  llvm_unreachable("a letter that MEMPROF_ABI_HOOKS does not explain");
}

FunctionCallee RuntimeHooks::get(Hook H) {
  FunctionCallee &Callee = Declared[H];
  if (Callee)
    return Callee;
  const HookRow &Row = Rows[H];
  SmallVector<Type *, 4> Parameters;
  for (const char *Letter = Row.Arguments; *Letter; ++Letter)
    if (isAlpha(*Letter))
      Parameters.push_back(typeOf(*Letter, M));
  Callee = M.getOrInsertFunction(
      Row.Symbol, FunctionType::get(typeOf(Row.Result, M), Parameters, false));
  // Else a C++ function that cannot throw would grow landing pads.
  if (auto *F = dyn_cast<Function>(Callee.getCallee()))
    F->setDoesNotThrow();
  return Callee;
}

CallInst *RuntimeHooks::call(IRBuilderBase &B, Hook H, ArrayRef<Value *> Args) {
  FunctionCallee Callee = get(H);
  SmallVector<Value *, 4> Cast;
  for (unsigned I = 0; I != Args.size(); ++I) {
    Type *Wanted = Callee.getFunctionType()->getParamType(I);
    Cast.push_back(Wanted->isPointerTy()
                       ? B.CreatePointerCast(Args[I], Wanted)
                       : B.CreateZExtOrTrunc(Args[I], Wanted));
  }
  CallInst *Call = B.CreateCall(Callee, Cast);
  Call->setDoesNotThrow();
  return Call;
}

Value *RuntimeHooks::isSet(IRBuilderBase &B, Flag F) {
  Type *Byte = B.getInt8Ty();
  LoadInst *Load = B.CreateLoad(Byte, M.getOrInsertGlobal(Flags[F], Byte));
  exemptFromSanitizers(*Load);
  return B.CreateIsNotNull(Load);
}

} // namespace memprof
