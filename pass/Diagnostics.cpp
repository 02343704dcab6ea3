// Diagnostics.cpp - messages at the user's file and line.
#include "Diagnostics.h"
#include "LLVMCompat.h"
#include "llvm/IR/DebugInfoMetadata.h"

using namespace llvm;

namespace memprof {

void warnAt(const Function &F, const Twine &Message) {
  DiagnosticLocation Location;
  if (const DISubprogram *SP = F.getSubprogram())
    Location = DiagnosticLocation(SP);
  F.getContext().diagnose(
      DiagnosticInfoUnsupported(F, Message, Location, DS_Warning));
}

void reportAt(const GlobalValue &Marked, Place At, DiagnosticSeverity Severity,
              const Twine &Message) {
  // Diagnostics take their place from debug info, and a mark has none: a
  // subprogram that nothing refers to stands in. It is never emitted.
  LLVMContext &Ctx = Marked.getContext();
  DIFile *File = DIFile::get(Ctx, At.File, "");
  DISubprogram *SP = DISubprogram::getDistinct(
      Ctx, File, Marked.getName(), "", File, At.Line, nullptr, At.Line, nullptr,
      0, 0, DINode::FlagZero, DISubprogram::SPFlagZero, nullptr);
  const auto *F = dyn_cast<Function>(&Marked);
  Function *StandIn = nullptr;
  if (!F) {
    StandIn = Function::Create(FunctionType::get(Type::getVoidTy(Ctx), false),
                               GlobalValue::ExternalLinkage, Marked.getName());
    F = StandIn;
  }
  Ctx.diagnose(
      DiagnosticInfoUnsupported(*F, Message, DiagnosticLocation(SP), Severity));
  delete StandIn;
}

void report(Module &M, DiagnosticSeverity Severity, const Twine &Message) {
  // The diagnostic keeps a reference.
  std::string Text = (Twine(PassName) + ": " + Message).str();
  M.getContext().diagnose(MessageDiagnostic(Text, Severity));
}

} // namespace memprof
