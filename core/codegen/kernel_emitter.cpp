// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/kernel_emitter.h"

#include <algorithm>
#include <utility>

#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "codegen/value_emitter.h"
#include "program/interpreter.h"

namespace espalier {
namespace {

constexpr std::uint64_t kBaseAlignment = 64;
constexpr std::int64_t kMostFreshBytes = 1024 * 1024;

/// Fills one kernel: the entry, its body with one pointer parameter a buffer, and a function for each
/// parallel loop.
class KernelEmitter {
 public:
  KernelEmitter(llvm::Module& module, const Program& program, const LoweredProgram& lowered,
                const Target& target, std::string entry, const EmissionOptions& options)
      : module_(module),
        program_(program),
        lowered_(lowered),
        target_(target),
        entry_(std::move(entry)),
        options_(options),
        builder_(module.getContext()),
        values_(program, lowered.ranges, builder_, frame_, options.math, options.argumentAlignment) {
    llvm::FastMathFlags flags;
    flags.setAllowContract(options.pipeline != Pipeline::Strict);
    builder_.setFastMathFlags(flags);
  }

  void run() {
    const std::vector<BufferId> buffers = buffersTouched(lowered_.body);
    llvm::Function* body =
        newFunction(entry_ + ".body", bodyTypes(buffers, 2), llvm::Function::InternalLinkage);
    emitEntry(buffers, body);
    open(body, buffers, 2);
    threadWorkspace_ = body->getArg(0);
    threads_ = body->getArg(1);
    emit(lowered_.body);
    close();
  }

 private:
  llvm::Type* pointer() { return builder_.getPtrTy(); }
  llvm::Type* integer() { return builder_.getInt64Ty(); }
  llvm::Value* number(std::int64_t value) { return builder_.getInt64(static_cast<std::uint64_t>(value)); }

  llvm::Function* newFunction(const std::string& name, const std::vector<llvm::Type*>& parameters,
                              llvm::GlobalValue::LinkageTypes linkage) {
    llvm::FunctionType* type = llvm::FunctionType::get(builder_.getVoidTy(), parameters, false);
    llvm::Function* function = llvm::Function::Create(type, linkage, name, module_);
    function->addFnAttr("target-cpu", target_.cpu);
    if (!target_.features.empty()) function->addFnAttr("target-features", target_.features);
    const std::string bits = std::to_string(target_.vectorBits);
    function->addFnAttr("prefer-vector-width", bits);
    function->addFnAttr("min-legal-vector-width", bits);
    function->addFnAttr("frame-pointer", "none");
    function->addFnAttr("no-trapping-math", "true");
    function->addFnAttr(llvm::Attribute::NoUnwind);
    return function;
  }

  /// `leading` parameters of which the first is a pointer and the others are integers, then one pointer a
  /// buffer.
  std::vector<llvm::Type*> bodyTypes(const std::vector<BufferId>& buffers, std::size_t leading) {
    std::vector<llvm::Type*> types{pointer()};
    types.resize(leading, integer());
    types.resize(leading + buffers.size(), pointer());
    return types;
  }

  /// Starts filling a function whose parameters from `first` on are the buffers.
  void open(llvm::Function* function, const std::vector<BufferId>& buffers, unsigned first) {
    frame_.function = function;
    frame_.pointers.assign(program_.buffers.size(), nullptr);
    frame_.values.resize(lowered_.ranges.size(), nullptr);
    frame_.lanes = nullptr;
    frame_.streams = false;
    stack_.assign(program_.buffers.size(), nullptr);
    for (unsigned i = 0; i < buffers.size(); ++i) {
      const BufferId id = buffers[i];
      const Buffer& buffer = program_.buffer(id);
      llvm::Argument* argument = function->getArg(first + i);
      argument->setName(buffer.name);
      argument->addAttr(llvm::Attribute::NoAlias);
      argument->addAttr(llvm::Attribute::NonNull);
      argument->addAttr(llvm::Attribute::NoUndef);
      argument->addAttr(llvm::Attribute::getWithAlignment(
          module_.getContext(),
          llvm::Align(buffer.isArgument() ? static_cast<std::uint64_t>(options_.argumentAlignment)
                                          : kBaseAlignment)));
      argument->addAttr(llvm::Attribute::getWithDereferenceableBytes(
          module_.getContext(),
          static_cast<std::uint64_t>(lowered_.storage.of(id).elements * bytesOf(buffer.type))));
      if (buffer.role == BufferRole::Input || buffer.role == BufferRole::Constant) {
        argument->addAttr(llvm::Attribute::ReadOnly);
      }
      frame_.pointers[id.index] = argument;
    }
    // Stack memory is requested in a block of its own, so that it is all in the entry.
    allocas_ = llvm::BasicBlock::Create(module_.getContext(), "entry", function);
    start_ = llvm::BasicBlock::Create(module_.getContext(), "start", function);
    builder_.SetInsertPoint(start_);
  }

  void close() {
    // Such stores reach other threads in order only behind a fence.
    if (frame_.streams && target_.triple.rfind("x86_64", 0) == 0)
      builder_.CreateIntrinsic(llvm::Intrinsic::x86_sse_sfence, {}, {});
    builder_.CreateRetVoid();
    builder_.SetInsertPoint(allocas_);
    builder_.CreateBr(start_);
  }

  void emitEntry(const std::vector<BufferId>& buffers, llvm::Function* body) {
    llvm::Function* function =
        newFunction(entry_, {pointer(), pointer(), integer()}, llvm::Function::ExternalLinkage);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", function));
    llvm::Value* table = function->getArg(0);
    llvm::Value* workspace = function->getArg(1);
    llvm::Value* ofThreads = offsetBytes(workspace, number(lowered_.storage.workspaceBytes));
    const std::vector<BufferId> arguments = argumentsOf(program_);
    std::vector<llvm::Value*> operands{ofThreads, function->getArg(2)};
    for (const BufferId id : buffers) {
      const Storage& storage = lowered_.storage.of(id);
      if (storage.place == Place::Argument) {
        const auto position = std::find(arguments.begin(), arguments.end(), id) - arguments.begin();
        llvm::Value* slot =
            builder_.CreateConstInBoundsGEP1_64(pointer(), table, static_cast<std::uint64_t>(position));
        operands.push_back(builder_.CreateLoad(pointer(), slot));
      } else if (storage.place == Place::SharedWorkspace) {
        operands.push_back(offsetBytes(workspace, number(storage.offset)));
      } else {
        operands.push_back(offsetBytes(ofThreads, number(storage.offset)));
      }
    }
    builder_.CreateCall(body, operands);
    builder_.CreateRetVoid();
  }

  llvm::Value* offsetBytes(llvm::Value* base, llvm::Value* bytes) {
    return builder_.CreateInBoundsGEP(builder_.getInt8Ty(), base, bytes);
  }

  void emit(const std::vector<LoweredNode>& nodes) {
    for (const LoweredNode& any : nodes) std::visit([this](const auto& node) { emit(node); }, any.node);
  }

  void emit(const LoweredBlock& block) { values_.emit(block); }

  void emit(const LoweredLanes& lanes) {
    const LoweredLanes* outer = std::exchange(frame_.lanes, &lanes);
    emit(lanes.body);
    frame_.lanes = outer;
  }

  void emit(const LoweredLoop& loop) {
    llvm::Value*& variable = frame_.values.at(loop.variable.index);
    if (loop.unrolled) {
      for (std::int64_t value = loop.begin; value < loop.end; ++value) {
        variable = number(value);
        emit(loop.body);
      }
    } else {
      emitIterations(loop, number(loop.begin), number(loop.end));
    }
    frame_.values.at(loop.variable.index) = nullptr;
  }

  void emit(const LoweredPrefetch& prefetch) {
    constexpr std::uint32_t kRead = 0;
    constexpr std::uint32_t kKeepEverywhere = 3;
    constexpr std::uint32_t kData = 1;
    llvm::Type* bytes = builder_.getInt8Ty();
    const std::int64_t element = bytesOf(program_.buffer(prefetch.buffer).type);
    for (const Expr& offset : prefetch.offsets) {
      // Not in bounds: the last iterations ask for what lies past the end, which never faults.
      llvm::Value* place = builder_.CreateGEP(bytes, frame_.pointers.at(prefetch.buffer.index),
                                              builder_.CreateMul(values_.index(offset), number(element)));
      builder_.CreateIntrinsic(
          llvm::Intrinsic::prefetch, {pointer()},
          {place, builder_.getInt32(kRead), builder_.getInt32(kKeepEverywhere), builder_.getInt32(kData)});
    }
  }

  void emit(const LoweredChoice& choice) {
    llvm::LLVMContext& context = module_.getContext();
    llvm::Value* value = values_.index(choice.value);
    llvm::BasicBlock* after = llvm::BasicBlock::Create(context, "chosen", frame_.function);
    for (const LoweredLoop& piece : choice.pieces) {
      llvm::BasicBlock* inside = llvm::BasicBlock::Create(context, "choice", frame_.function);
      llvm::BasicBlock* next = llvm::BasicBlock::Create(context, "otherwise", frame_.function);
      builder_.CreateCondBr(builder_.CreateICmpSLT(value, number(piece.end)), inside, next);
      builder_.SetInsertPoint(inside);
      frame_.values.at(piece.variable.index) = value;
      emit(piece.body);
      frame_.values.at(piece.variable.index) = nullptr;
      builder_.CreateBr(after);
      builder_.SetInsertPoint(next);
    }
    builder_.CreateBr(after);
    builder_.SetInsertPoint(after);
  }

  /// The test stands at the end, so the range must not be empty.
  void emitIterations(const LoweredLoop& loop, llvm::Value* begin, llvm::Value* end) {
    llvm::LLVMContext& context = module_.getContext();
    llvm::BasicBlock* before = builder_.GetInsertBlock();
    llvm::BasicBlock* body = llvm::BasicBlock::Create(context, "loop", frame_.function);
    llvm::BasicBlock* after = llvm::BasicBlock::Create(context, "done", frame_.function);
    builder_.CreateBr(body);
    builder_.SetInsertPoint(body);
    llvm::PHINode* variable = builder_.CreatePHI(integer(), 2);
    variable->addIncoming(begin, before);
    frame_.values.at(loop.variable.index) = variable;
    emit(loop.body);
    llvm::Value* next = builder_.CreateAdd(variable, number(1), "", true, true);
    llvm::Instruction* branch = builder_.CreateCondBr(builder_.CreateICmpSLT(next, end), body, after);
    if (options_.pipeline == Pipeline::Schedule) branch->setMetadata(llvm::LLVMContext::MD_loop, leaveAsIs());
    variable->addIncoming(next, builder_.GetInsertBlock());
    builder_.SetInsertPoint(after);
  }

  /// Loop metadata: the schedule has decided about vectors and unrolling.
  llvm::MDNode* leaveAsIs() {
    llvm::LLVMContext& context = module_.getContext();
    llvm::Metadata* vectorise[] = {llvm::MDString::get(context, "llvm.loop.vectorize.enable"),
                                   llvm::ConstantAsMetadata::get(builder_.getFalse())};
    llvm::Metadata* unroll[] = {llvm::MDString::get(context, "llvm.loop.unroll.disable")};
    llvm::Metadata* operands[] = {nullptr, llvm::MDNode::get(context, vectorise),
                                  llvm::MDNode::get(context, unroll)};
    llvm::MDNode* loop = llvm::MDNode::getDistinct(context, operands);
    loop->replaceOperandWith(0, loop);
    return loop;
  }

  void emit(const LoweredScope& scope) {
    for (const BufferId id : scope.buffers) {
      llvm::Value*& stack = stack_.at(id.index);
      // Copies that LLVM cannot dissolve must not add up to more than a thread's stack.
      const bool fresh = lowered_.storage.of(id).place == Place::Registers && freshBytes_ < kMostFreshBytes;
      if (stack == nullptr || fresh) stack = allocate(id);
      frame_.pointers.at(id.index) = stack;
    }
    emit(scope.body);
    for (const BufferId id : scope.buffers) frame_.pointers.at(id.index) = nullptr;
  }

  llvm::Value* allocate(BufferId id) {
    const llvm::IRBuilder<>::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(allocas_);
    const Buffer& buffer = program_.buffer(id);
    freshBytes_ += lowered_.storage.of(id).elements * bytesOf(buffer.type);
    llvm::Type* element = buffer.type == DataType::Float32 ? builder_.getFloatTy()
                          : buffer.type == DataType::Float64
                              ? builder_.getDoubleTy()
                              : builder_.getIntNTy(static_cast<unsigned>(8 * bytesOf(buffer.type)));
    llvm::AllocaInst* memory = builder_.CreateAlloca(
        llvm::ArrayType::get(element, static_cast<std::uint64_t>(lowered_.storage.of(id).elements)), nullptr,
        buffer.name);
    memory->setAlignment(llvm::Align(kBaseAlignment));
    return memory;
  }

  void emit(const LoweredParallel& parallel) {
    const std::vector<BufferId> buffers = buffersTouched(parallel.pieces);
    std::vector<std::size_t> variables;
    for (std::size_t i = 0; i < frame_.values.size(); ++i) {
      if (frame_.values[i] != nullptr && !llvm::isa<llvm::Constant>(frame_.values[i])) variables.push_back(i);
    }
    const std::string name = entry_ + ".parallel." + std::to_string(parallelLoops_++);

    // The context: the workspace of threads, the buffers, the variables of loops around.
    std::vector<llvm::Value*> captured{threadWorkspace_};
    for (const BufferId id : buffers) captured.push_back(frame_.pointers.at(id.index));
    for (const std::size_t variable : variables) captured.push_back(frame_.values[variable]);
    std::vector<llvm::Type*> fields(1 + buffers.size(), pointer());
    fields.resize(captured.size(), integer());
    llvm::StructType* record = llvm::StructType::get(module_.getContext(), fields);

    std::vector<llvm::Type*> parameters(2, integer());
    parameters.resize(2 + buffers.size(), pointer());
    parameters.resize(2 + buffers.size() + variables.size(), integer());
    llvm::Function* body = newFunction(name + ".body", parameters, llvm::Function::InternalLinkage);
    llvm::Function* adapter =
        newFunction(name, {integer(), integer(), integer(), pointer()}, llvm::Function::InternalLinkage);

    emitCall(parallel, record, captured, adapter);
    const llvm::IRBuilder<>::InsertPointGuard guard(builder_);
    emitAdapter(adapter, body, record, buffers, variables.size());
    emitParallelBody(parallel, body, buffers, variables);
  }

  /// In the caller: fill the context and run the adapter, directly where there is only one thread.
  void emitCall(const LoweredParallel& parallel, llvm::StructType* record,
                const std::vector<llvm::Value*>& captured, llvm::Function* adapter) {
    llvm::LLVMContext& context = module_.getContext();
    llvm::AllocaInst* memory = nullptr;
    {
      const llvm::IRBuilder<>::InsertPointGuard guard(builder_);
      builder_.SetInsertPoint(allocas_);
      memory = builder_.CreateAlloca(record);
    }
    for (unsigned i = 0; i < captured.size(); ++i) {
      builder_.CreateStore(captured[i], builder_.CreateStructGEP(record, memory, i));
    }
    llvm::FunctionCallee runtime = module_.getOrInsertFunction(
        "espalier_parallel_for",
        llvm::FunctionType::get(builder_.getVoidTy(), {integer(), integer(), pointer(), pointer()}, false));
    llvm::BasicBlock* direct = llvm::BasicBlock::Create(context, "alone", frame_.function);
    llvm::BasicBlock* shared = llvm::BasicBlock::Create(context, "shared", frame_.function);
    llvm::BasicBlock* after = llvm::BasicBlock::Create(context, "joined", frame_.function);
    builder_.CreateCondBr(builder_.CreateICmpSLE(threads_, number(1)), direct, shared);
    builder_.SetInsertPoint(direct);
    builder_.CreateCall(adapter, {number(0), number(parallel.iterations), number(0), memory});
    builder_.CreateBr(after);
    builder_.SetInsertPoint(shared);
    builder_.CreateCall(runtime, {number(parallel.iterations), threads_, adapter, memory});
    builder_.CreateBr(after);
    builder_.SetInsertPoint(after);
  }

  /// From the runtime's signature to one with a pointer parameter a buffer.
  void emitAdapter(llvm::Function* adapter, llvm::Function* body, llvm::StructType* record,
                   const std::vector<BufferId>& buffers, std::size_t variables) {
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", adapter));
    llvm::Value* memory = adapter->getArg(3);
    unsigned field = 0;
    const auto next = [&] {
      llvm::Value* slot = builder_.CreateStructGEP(record, memory, field);
      return builder_.CreateLoad(record->getElementType(field++), slot);
    };
    llvm::Value* ofThreads = next();
    llvm::Value* ofThread = offsetBytes(
        ofThreads, builder_.CreateMul(adapter->getArg(2), number(lowered_.storage.workspaceBytesPerThread)));
    std::vector<llvm::Value*> operands{adapter->getArg(0), adapter->getArg(1)};
    for (const BufferId id : buffers) {
      llvm::Value* captured = next();
      const Storage& storage = lowered_.storage.of(id);
      operands.push_back(
          storage.place == Place::ThreadWorkspace ? offsetBytes(ofThread, number(storage.offset)) : captured);
    }
    for (std::size_t i = 0; i < variables; ++i) operands.push_back(next());
    builder_.CreateCall(body, operands);
    builder_.CreateRetVoid();
  }

  void emitParallelBody(const LoweredParallel& parallel, llvm::Function* body,
                        const std::vector<BufferId>& buffers, const std::vector<std::size_t>& variables) {
    const Frame outerFrame = frame_;
    const std::vector<llvm::Value*> outerStack = stack_;
    llvm::BasicBlock* outerAllocas = allocas_;
    llvm::BasicBlock* outerStart = start_;

    open(body, buffers, 2);
    for (unsigned i = 0; i < variables.size(); ++i) {
      frame_.values[variables[i]] = body->getArg(2 + static_cast<unsigned>(buffers.size()) + i);
    }
    for (const LoweredLoop& piece : parallel.pieces) emitPiece(piece, body->getArg(0), body->getArg(1));
    close();

    frame_ = outerFrame;
    stack_ = outerStack;
    allocas_ = outerAllocas;
    start_ = outerStart;
  }

  /// The part of begin … end − 1 that falls into the piece.
  void emitPiece(const LoweredLoop& piece, llvm::Value* begin, llvm::Value* end) {
    llvm::LLVMContext& context = module_.getContext();
    llvm::Value* first = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, begin, number(piece.begin));
    llvm::Value* last = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, end, number(piece.end));
    llvm::BasicBlock* inside = llvm::BasicBlock::Create(context, "piece", frame_.function);
    llvm::BasicBlock* after = llvm::BasicBlock::Create(context, "next", frame_.function);
    builder_.CreateCondBr(builder_.CreateICmpSLT(first, last), inside, after);
    builder_.SetInsertPoint(inside);
    emitIterations(piece, first, last);
    builder_.CreateBr(after);
    builder_.SetInsertPoint(after);
    frame_.values.at(piece.variable.index) = nullptr;
  }

  llvm::Module& module_;
  const Program& program_;
  const LoweredProgram& lowered_;
  const Target& target_;
  std::string entry_;
  EmissionOptions options_;
  llvm::IRBuilder<> builder_;
  Frame frame_;
  ValueEmitter values_;
  std::vector<llvm::Value*> stack_;  ///< stack memory of the function at hand, by BufferId
  llvm::BasicBlock* allocas_ = nullptr;
  llvm::BasicBlock* start_ = nullptr;
  llvm::Value* threadWorkspace_ = nullptr;
  llvm::Value* threads_ = nullptr;
  std::int64_t freshBytes_ = 0;  ///< of stack memory so far
  int parallelLoops_ = 0;
};

}  // namespace

void emitKernel(llvm::Module& module, const Program& program, const LoweredProgram& lowered,
                const Target& target, const std::string& entry, const EmissionOptions& options) {
  KernelEmitter(module, program, lowered, target, entry, options).run();
}

}  // namespace espalier
