// marks.cpp - libFuzzer: what the pass reads of a user's: the first byte
// chooses: a special-case list (-profile-memory-list), or the strings of
// annotate("profile", ...), separated by NULs. Through the pass's own functions.
#include "Annotations.h"
#include "Selection.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/CommandLine.h"
#include <cassert>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;
using namespace memprof;

/// A user's mistake is a diagnostic, not the end.
struct Listener : DiagnosticHandler {
  bool handleDiagnostics(const DiagnosticInfo &Info) override {
    std::string Text;
    raw_string_ostream OS(Text);
    DiagnosticPrinterRawOStream Printer(OS);
    Info.print(Printer);
    return true;
  }
};

static int ListFile = -1;

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  ListFile = memfd_create("list", MFD_CLOEXEC);
  static std::string Option =
      "-profile-memory-list=/proc/self/fd/" + std::to_string(ListFile);
  const char *Arguments[] = {"marks", Option.c_str()};
  cl::ParseCommandLineOptions(2, Arguments);
  return ListFile < 0;
}

static void writeList(StringRef Text) {
  if (ftruncate(ListFile, 0) != 0 ||
      pwrite(ListFile, Text.data(), Text.size(), 0) != (ssize_t)Text.size())
    abort();
}

static Function *makeFunction(Module &M, StringRef Name) {
  auto *F = Function::Create(
      FunctionType::get(Type::getVoidTy(M.getContext()), false),
      GlobalValue::ExternalLinkage, Name, M);
  IRBuilder<>(BasicBlock::Create(M.getContext(), "", F)).CreateRetVoid();
  return F;
}

static Constant *makeText(Module &M, StringRef Text) {
  Constant *Data = ConstantDataArray::getString(M.getContext(), Text);
  return new GlobalVariable(M, Data->getType(), true,
                            GlobalValue::PrivateLinkage, Data);
}

/// As clang writes annotate("profile", Texts...).
static void annotate(Module &M, Function *F, ArrayRef<StringRef> Texts) {
  LLVMContext &C = M.getContext();
  SmallVector<Constant *, 8> Arguments;
  for (StringRef Text : Texts)
    Arguments.push_back(makeText(M, Text));
  Constant *Struct = ConstantStruct::getAnon(C, Arguments);
  auto *Packed = new GlobalVariable(M, Struct->getType(), true,
                                    GlobalValue::PrivateLinkage, Struct);
  Constant *Entry = ConstantStruct::getAnon(
      {F, makeText(M, "profile"), makeText(M, "a.c"),
       ConstantInt::get(Type::getInt32Ty(C), 1), Packed});
  auto *Array =
      ConstantArray::get(ArrayType::get(Entry->getType(), 1), {Entry});
  new GlobalVariable(M, Array->getType(), false, GlobalValue::AppendingLinkage,
                     Array, "llvm.global.annotations");
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  if (Size == 0)
    return 0;
  LLVMContext C;
  C.setDiagnosticHandler(std::make_unique<Listener>());
  Module M("a.c", C);
  Marks Found;
  Wrappers Own;
  StringRef Text(reinterpret_cast<const char *>(Data) + 1, Size - 1);
  Function *F = makeFunction(M, "_ZN4json5parseEPKc");
  if (Data[0] % 2) {
    SmallVector<StringRef, 8> Texts;
    Text.split(Texts, '\0');
    annotate(M, F, Texts);
    bool Changed = collectMarks(M, Found, Own);
    assert(Changed && Found.size() == 1 &&
           Found.begin()->second.Limits.size() <= Texts.size());
    assert(!M.getGlobalVariable("llvm.global.annotations"));
  } else {
    writeList(Text);
    selectFunctions(M, Found);
  }
  return 0;
}
