// Descriptors.cpp - the data beside the code:
//
//   @__memprofpass_object_awake = i32 0                 section "memprof_live"
//   @f.memprof.live   = { i32 0, i32 record - here }    section "memprof_live"
//   @f.memprof.record = constant { the head, tables, strings }
//                                                  section "memprof_functions"
//   @__memprofpass_unit = constant { what compiled the module }
//                                                  section "memprof_functions"
//   @llvm.global_ctors = [ __memprofpass_register(__start_..., __stop_...) ]
//
// Record and live word name each other by distance: no dynamic relocation, and
// a linker that collects garbage keeps both or neither. Through the live word,
// which f's twin names, a live function keeps its record even where the linker does
// not count __start_memprof_functions as a use (lld).
#include "Descriptors.h"
#include "Dispatch.h"
#include "LLVMCompat.h"
#include "Selection.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Support/Path.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include <cstdlib>

using namespace llvm;

namespace memprof {

// Live words lie together, apart from data that the program writes to. The
// name is a C identifier, which the address sanitizer leaves alone.
static constexpr const char LiveSection[] = "memprof_live";
static constexpr const char AwakeName[] = "__memprofpass_object_awake";

/// `To - From` in 32 bits, filled in by the linker.
static Constant *distance(const Module &M, Constant *From, Constant *To) {
  LLVMContext &Ctx = M.getContext();
  Type *Address = M.getDataLayout().getIntPtrType(Ctx);
  Type *Int32 = Type::getInt32Ty(Ctx);
  Constant *Bytes =
      ConstantExpr::getSub(ConstantExpr::getPtrToInt(To, Address),
                           ConstantExpr::getPtrToInt(From, Address));
  return Address == Int32 ? Bytes : ConstantExpr::getTrunc(Bytes, Int32);
}

/// The address of a field of a global of struct type.
static Constant *fieldOf(GlobalVariable *GV, unsigned Field) {
  Type *Int32 = Type::getInt32Ty(GV->getContext());
  Constant *Path[] = {ConstantInt::get(Int32, 0),
                      ConstantInt::get(Int32, Field)};
  return ConstantExpr::getInBoundsGetElementPtr(GV->getValueType(), GV,
                                                ArrayRef<Constant *>(Path));
}

GlobalVariable *createAwakeWord(Module &M) {
  // One per program or shared object, as is the range of records.
  auto *Word = new GlobalVariable(
      M, Type::getInt32Ty(M.getContext()), false,
      GlobalValue::LinkOnceODRLinkage,
      ConstantInt::get(Type::getInt32Ty(M.getContext()), 0), AwakeName);
  Word->setVisibility(GlobalValue::HiddenVisibility);
  Word->setComdat(M.getOrInsertComdat(AwakeName));
  Word->setDSOLocal(true);
  Word->setSection(LiveSection);
  Word->setAlignment(Align(8));
  exemptFromSanitizers(*Word);
  return Word;
}

GlobalVariable *createLiveWord(Function &F) {
  Type *Int32 = Type::getInt32Ty(F.getContext());
  auto *Ty = StructType::get(Int32, Int32);
  auto *Live = new GlobalVariable(
      *F.getParent(), Ty, false, GlobalValue::InternalLinkage,
      ConstantAggregateZero::get(Ty), F.getName() + ".memprof.live");
  linkLike(*Live, F, F.getName() + ".memprof");
  Live->setDSOLocal(true);
  Live->setSection(LiveSection);
  Live->setAlignment(Align(8));
  exemptFromSanitizers(*Live);
  return Live;
}

namespace {

#define MEMPROF_FIELD_ID(NAME) Field_##NAME,
#define MEMPROF_UNIT_FIELD_ID(NAME) UnitField_##NAME,
enum RecordField { MEMPROF_ABI_RECORD(MEMPROF_FIELD_ID) FieldCount };
enum UnitField { MEMPROF_ABI_UNIT(MEMPROF_UNIT_FIELD_ID) UnitFieldCount };
#undef MEMPROF_FIELD_ID
#undef MEMPROF_UNIT_FIELD_ID
static_assert(unsigned(Field_size) == unsigned(UnitField_size) &&
                  unsigned(Field_abi) == unsigned(UnitField_abi) &&
                  unsigned(Field_flags) == unsigned(UnitField_flags),
              "both kinds of record begin in the same way");

/// Lays a record out: words (the head and the tables), then bytes (strings).
class RecordBuilder {
public:
  RecordBuilder(unsigned HeadFields, uint32_t Flags) : Words(HeadFields, 0) {
    set(Field_abi, MEMPROF_ABI_VERSION);
    set(Field_flags, Flags);
  }

  void set(unsigned At, uint32_t Value) { Words[At] = Value; }
  void setText(unsigned At, StringRef Text) { pointToText(At, Text); }

  /// Appends a table and sets the field to its offset.
  size_t beginTable(unsigned At) {
    Words[At] = Words.size() * sizeof(uint32_t);
    return Words.size();
  }
  size_t append(uint32_t Value) {
    Words.push_back(Value);
    return Words.size() - 1;
  }

  /// Makes the word an offset of the bytes; they are placed by finish().
  void pointToBytes(size_t Word, StringRef Content) {
    Pointers.push_back({Word, Bytes.size()});
    Bytes += Content;
  }
  void pointToText(size_t Word, StringRef Text) {
    pointToBytes(Word, (Text + Twine('\0')).str());
  }

  /// Places the bytes behind the last table and sets `size`.
  void finish() {
    size_t Start = Words.size() * sizeof(uint32_t);
    for (const auto &Pointer : Pointers)
      Words[Pointer.first] = Start + Pointer.second;
    Bytes.resize(alignTo(Start + Bytes.size(), 8) - Start);
    Words[Field_size] = Start + Bytes.size();
  }

  std::vector<uint32_t> Words;
  std::string Bytes;

private:
  std::vector<std::pair<size_t, size_t>> Pointers; // word, offset in Bytes
};

} // namespace

static void appendLines(RecordBuilder &R, const LinePlan &Plan) {
  R.set(Field_line_count, Plan.Table.size());
  R.beginTable(Field_lines);
  for (const SourceLine &Line : Plan.Table) {
#define MEMPROF_LINE_WORD(NAME) R.append(Words.NAME);
    struct memprof_abi_line Words;
    Words.line = Line.Line;
    Words.file = Line.File;
    MEMPROF_ABI_LINE(MEMPROF_LINE_WORD)
#undef MEMPROF_LINE_WORD
  }
}

static void appendFiles(RecordBuilder &R, const LinePlan &Plan) {
  if (Plan.Files.empty())
    return;
  R.set(Field_file_count, Plan.Files.size());
  R.beginTable(Field_files);
  for (const DIFile *File : Plan.Files) {
#define MEMPROF_FILE_WORD(NAME) size_t NAME = R.append(0);
    MEMPROF_ABI_FILE(MEMPROF_FILE_WORD)
#undef MEMPROF_FILE_WORD
    R.pointToText(name, File->getFilename());
    if (!sys::path::is_absolute(File->getFilename()) &&
        !File->getDirectory().empty())
      R.pointToText(directory, File->getDirectory());
    auto Checksum = File->getChecksum();
    if (Checksum && Checksum->Kind == DIFile::CSK_MD5 &&
        Checksum->Value.size() == 32)
      R.pointToBytes(md5, fromHex(Checksum->Value));
  }
}

static void appendLimits(RecordBuilder &R, const Mark &M) {
  if (M.Limits.empty())
    return;
  R.set(Field_limit_count, M.Limits.size());
  R.beginTable(Field_limits);
  for (const std::string &Limit : M.Limits)
    R.pointToText(R.append(0), Limit);
}

/// Makes a global of a record. Its field \p At, if any, holds the way to \p Word.
static GlobalVariable *place(Module &M, const RecordBuilder &R,
                             const Twine &Name, unsigned At, Constant *Word) {
  LLVMContext &Ctx = M.getContext();
  Type *Int32 = Type::getInt32Ty(Ctx);
  SmallVector<Type *, 64> Types(R.Words.size(), Int32);
  Constant *Bytes = ConstantDataArray::getString(Ctx, R.Bytes, false);
  Types.push_back(Bytes->getType());
  auto *Ty = StructType::get(Ctx, Types);
  auto *Record = new GlobalVariable(M, Ty, true, GlobalValue::InternalLinkage,
                                    nullptr, Name);
  SmallVector<Constant *, 64> Values;
  for (uint32_t Word : R.Words)
    Values.push_back(ConstantInt::get(Int32, Word));
  if (Word)
    Values[At] = distance(M, fieldOf(Record, At), Word);
  Values.push_back(Bytes);
  Record->setInitializer(ConstantStruct::get(Ty, Values));
  Record->setSection(MEMPROF_SECTION);
  Record->setAlignment(Align(8));
  exemptFromSanitizers(*Record);
  return Record;
}

void emitUnit(Module &M, StringRef Level, GlobalVariable &Word) {
  RecordBuilder R(UnitFieldCount,
                  MEMPROF_RECORD_UNIT | MEMPROF_RECORD_HAS_AWAKE);
  R.setText(UnitField_source, M.getSourceFileName());
  for (const DICompileUnit *Unit : M.debug_compile_units()) {
    R.setText(UnitField_compiler, Unit->getProducer());
    break;
  }
  if (!Level.empty())
    R.setText(UnitField_level, Level);
  R.setText(UnitField_llvm, LLVM_VERSION_STRING);
  if (const char *Revision = std::getenv("MEMPROF_REVISION"))
    R.setText(UnitField_revision, Revision);
  R.finish();
  GlobalVariable *Record =
      place(M, R, "__memprofpass_unit", UnitField_awake, &Word);
  Record->setDSOLocal(true);
  appendToUsed(M, {Record}); // it stays, whatever is collected
}

void emitRecord(const Function &F, const Mark &M, const LinePlan &Plan,
                uint32_t Flags, StringRef Reason, GlobalVariable *Live) {
  RecordBuilder R(FieldCount,
                  Flags | (Plan.hasLines() ? 0 : MEMPROF_RECORD_NO_LINES));
  FunctionNames Names = namesOf(F);
  R.setText(Field_name, Names.Name);
  R.setText(Field_signature, Names.Signature);
  R.setText(Field_symbol, Names.Symbol);
  if (!Live)
    R.setText(Field_reason, Reason);
  appendLines(R, Plan);
  appendFiles(R, Plan);
  appendLimits(R, M);
  R.finish();

  Module &Mod = const_cast<Module &>(*F.getParent());
  Type *Int32 = Type::getInt32Ty(F.getContext());
  GlobalVariable *Record = place(Mod, R, F.getName() + ".memprof.record",
                                 Field_live, Live ? fieldOf(Live, 0) : nullptr);

  if (!Live) {
    // Nothing refers to it, so the linker must be told. A comdat of another
    // name than f.memprof: an object whose group has no twin must not stand in
    // for one whose group has.
    linkLike(*Record, F, Record->getName());
    Record->setDSOLocal(true);
    appendToUsed(Mod, {Record});
    return;
  }
  linkLike(*Record, F, F.getName() + ".memprof");
  Record->setDSOLocal(true);
  Live->setInitializer(ConstantStruct::get(
      cast<StructType>(Live->getValueType()),
      {ConstantInt::get(Int32, 0),
       distance(Mod, fieldOf(Live, 1), fieldOf(Record, 0))}));
  // A function that is dropped because nobody calls it shall be listed as not
  // executed. In a comdat the whole group goes, or the linker could pick a
  // group without the twin that another object needs.
  if (!isMergedByLinker(F))
    appendToCompilerUsed(Mod, {Record});
}

/// A boundary that the linker defines. Weak: with --gc-sections all records may
/// be gone.
static Constant *sectionBoundary(Module &M, StringRef Name) {
  auto *GV =
      new GlobalVariable(M, Type::getInt8Ty(M.getContext()), true,
                         GlobalValue::ExternalWeakLinkage, nullptr, Name);
  GV->setVisibility(GlobalValue::HiddenVisibility);
  return GV;
}

void emitRegistration(Module &M, RuntimeHooks &Hooks) {
  LLVMContext &Ctx = M.getContext();
  Constant *Start = sectionBoundary(M, "__start_" MEMPROF_SECTION);
  Constant *Stop = sectionBoundary(M, "__stop_" MEMPROF_SECTION);
  auto emit = [&](const char *Name, Hook H) {
    // One per program or shared object: its range holds all modules' records.
    auto *F = Function::createWithDefaultAttr(
        FunctionType::get(Type::getVoidTy(Ctx), false),
        GlobalValue::LinkOnceODRLinkage, 0, Name, &M);
    F->setVisibility(GlobalValue::HiddenVisibility);
    F->setDSOLocal(true);
    F->setComdat(M.getOrInsertComdat(Name));
    F->setDoesNotThrow();
    F->addFnAttr(DoneAttribute);
    IRBuilder<> B(BasicBlock::Create(Ctx, "", F));
    Hooks.call(B, H, {Start, Stop});
    B.CreateRetVoid();
    return F;
  };
  Function *Constructor = emit("__memprofpass_module_ctor", Hook_register);
  Function *Destructor = emit("__memprofpass_module_dtor", Hook_unregister);
  // As early as may be: constructors can be marked, and the comdat key keeps
  // one entry per object.
  appendToGlobalCtors(M, Constructor, 0, Constructor);
  appendToGlobalDtors(M, Destructor, 0, Destructor);
}

} // namespace memprof
