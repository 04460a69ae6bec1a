// The native half of the TorchSharp polyfill: the c10 dispatcher in boxed form, and the few things that are no operators.
// One source for libtorch 1.13 and 2.x, CPU and CUDA. A tensor travels as the address of its TensorImpl and owns one reference.
// Every call returns 0, or -1 when it failed; `dk_error` then gives the reason of this thread's last failure.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/generated/variable_factories.h>
#include <torch/version.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using Handle = int64_t;

// c10's own optional in 1.13, the standard library's in 2.x, which is about to drop c10's name for it.
using OptionalTensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

thread_local std::string error;
thread_local std::vector<int64_t> results;

template <class F>
int guarded(F&& body) {
    try {
        body();
        return 0;
    } catch (const c10::Error& e) {
        error = e.what_without_backtrace();
    } catch (const std::exception& e) {
        error = e.what();
    } catch (...) {
        error = "unknown native failure";
    }
    return -1;
}

at::Tensor borrow(Handle handle) {
    if (handle == 0) return {};
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl>::reclaim_copy(reinterpret_cast<c10::TensorImpl*>(handle)));
}

Handle give(at::Tensor tensor) {
    return tensor.defined() ? reinterpret_cast<Handle>(tensor.unsafeReleaseTensorImpl()) : 0;
}

at::Generator generator(Handle handle) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(reinterpret_cast<c10::GeneratorImpl*>(handle)));
}

c10::Device device(int64_t type, int64_t index) {
    return {static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index)};
}

double real(int64_t bits) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

// The argument code, also known to Aten.cs: a tag, then the value; a list is its length, then its items.
enum Tag : int64_t { None, Default, TensorValue, Integer, Real, Boolean, Text, DeviceValue, GeneratorValue, Integers, Reals, Booleans, Tensors, OptionalTensors };

class Reader {
public:
    Reader(const int64_t* code, int64_t length) : next(code), end(code + length) {}
    bool more() const { return next < end; }

    c10::IValue read(const c10::FunctionSchema& schema, size_t position) {
        switch (take()) {
            case None: return {};
            case Default: return fallback(schema, position);
            case TensorValue: return borrow(take());
            case Integer: return take();
            case Real: return real(take());
            case Boolean: return take() != 0;
            case Text: return text();
            case DeviceValue: {
                auto type = take();
                return device(type, take());
            }
            case GeneratorValue: return generator(take());
            case Integers: return list<int64_t>([](int64_t item) { return item; });
            case Reals: return list<double>(real);
            case Booleans: return list<bool>([](int64_t item) { return item != 0; });
            case Tensors: return list<at::Tensor>(borrow);
            case OptionalTensors:
                return list<OptionalTensor>([](int64_t item) { return item == 0 ? OptionalTensor() : OptionalTensor(borrow(item)); });
            default: throw std::invalid_argument("argument code out of step");
        }
    }

    static c10::IValue fallback(const c10::FunctionSchema& schema, size_t position) {
        const auto& argument = schema.arguments().at(position);
        if (!argument.default_value()) throw std::invalid_argument("argument '" + argument.name() + "' has no default");
        return *argument.default_value();
    }

private:
    int64_t take() {
        if (next == end) throw std::invalid_argument("argument code ended early");
        return *next++;
    }

    template <class T, class F>
    c10::List<T> list(F&& convert) {
        c10::List<T> items;
        auto count = take();
        items.reserve(count);
        for (; count > 0; count--) items.push_back(convert(take()));
        return items;
    }

    std::string text() {
        auto bytes = take();
        std::string value(reinterpret_cast<const char*>(next), bytes);
        next += (bytes + 7) / 8;
        return value;
    }

    const int64_t* next;
    const int64_t* end;
};

void write(c10::IValue value) {
    if (value.isTensor()) {
        results.push_back(give(std::move(value).toTensor()));
    } else if (value.isTensorList()) {
        for (const at::Tensor& item : value.toTensorVector()) results.push_back(give(item));
    } else if (value.isBool()) {
        results.push_back(value.toBool());
    } else if (value.isInt()) {
        results.push_back(value.toInt());
    } else if (value.isDouble()) {
        auto number = value.toDouble();
        int64_t bits;
        std::memcpy(&bits, &number, sizeof bits);
        results.push_back(bits);
    } else if (!value.isNone()) {
        throw std::invalid_argument("result of kind " + value.tagKind() + " is not supported");
    }
}

std::vector<at::Tensor> borrowed(const Handle* handles, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
    return tensors;
}

int64_t devices(c10::DeviceType type) {
    if (!c10::impl::hasDeviceGuardImpl(type)) return 0;
    return c10::impl::VirtualGuardImpl(type).deviceCount();
}

}  // namespace

EXPORT const char* dk_error() { return error.c_str(); }
EXPORT const char* dk_version() { return TORCH_VERSION; }

// Operators.

EXPORT int dk_operator(const char* name, const char* overload, const void** found) {
    return guarded([&] {
        static std::vector<std::unique_ptr<c10::OperatorHandle>> handles;
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        handles.push_back(std::make_unique<c10::OperatorHandle>(handle));
        *found = handles.back().get();
    });
}

EXPORT int dk_call(const void* op, const int64_t* code, int64_t length, const int64_t** out, int64_t* count) {
    return guarded([&] {
        const auto& handle = *static_cast<const c10::OperatorHandle*>(op);
        const auto& schema = handle.schema();
        const auto arity = schema.arguments().size();
        torch::jit::Stack stack;
        stack.reserve(arity);
        for (Reader reader(code, length); reader.more();) {
            if (stack.size() == arity) throw std::invalid_argument("too many arguments");
            stack.push_back(reader.read(schema, stack.size()));
        }
        while (stack.size() < arity) stack.push_back(Reader::fallback(schema, stack.size()));
        handle.callBoxed(stack);
        results.clear();
        for (auto& value : stack) write(std::move(value));
        *out = results.data();
        *count = static_cast<int64_t>(results.size());
    });
}

// Tensors.

EXPORT void dk_tensor_retain(Handle handle) { give(borrow(handle)); }
EXPORT void dk_tensor_release(Handle handle) { c10::intrusive_ptr<c10::TensorImpl>::reclaim(reinterpret_cast<c10::TensorImpl*>(handle)); }

EXPORT int dk_tensor_describe(Handle handle, int64_t* out) {
    return guarded([&] {
        auto tensor = borrow(handle);
        out[0] = tensor.dim();
        out[1] = static_cast<int64_t>(tensor.scalar_type());
        out[2] = static_cast<int64_t>(tensor.device().type());
        out[3] = tensor.device().index();
        out[4] = tensor.requires_grad();
        out[5] = tensor.is_leaf();
        out[6] = tensor.numel();
    });
}

EXPORT int dk_tensor_shape(Handle handle, int64_t* sizes, int64_t* strides) {
    return guarded([&] {
        auto tensor = borrow(handle);
        for (int64_t i = 0; i < tensor.dim(); i++) {
            sizes[i] = tensor.size(i);
            strides[i] = tensor.stride(i);
        }
    });
}

EXPORT int dk_tensor_data(Handle handle, void** data) {
    return guarded([&] { *data = borrow(handle).data_ptr(); });
}

EXPORT int dk_tensor_from(const void* data, int64_t bytes, const int64_t* sizes, int64_t rank, int64_t type, Handle* out) {
    return guarded([&] {
        auto tensor = at::empty(at::IntArrayRef(sizes, rank), at::TensorOptions().dtype(static_cast<at::ScalarType>(type)));
        if (bytes > 0) std::memcpy(tensor.data_ptr(), data, bytes);
        *out = give(torch::autograd::make_variable(tensor, false));
    });
}

EXPORT int dk_tensor_require_grad(Handle handle, int8_t value) {
    return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

EXPORT int dk_tensor_grad(Handle handle, Handle* out) {
    return guarded([&] { *out = give(borrow(handle).grad()); });
}

EXPORT int dk_tensor_set_grad(Handle handle, Handle value) {
    return guarded([&] { borrow(handle).mutable_grad() = borrow(value); });
}

EXPORT int dk_tensor_set_data(Handle handle, Handle value) {
    return guarded([&] { borrow(handle).set_data(borrow(value)); });
}

// Autograd.

EXPORT int dk_backward(const Handle* roots, int64_t root_count, const Handle* gradients, int64_t gradient_count, const Handle* inputs,
                       int64_t input_count, int8_t retain, int8_t create) {
    return guarded([&] {
        torch::autograd::backward(borrowed(roots, root_count), borrowed(gradients, gradient_count), retain != 0, create != 0,
                                  borrowed(inputs, input_count));
    });
}

EXPORT int dk_grad(const Handle* outputs, int64_t output_count, const Handle* inputs, int64_t input_count, const Handle* gradients,
                   int64_t gradient_count, int8_t retain, int8_t create, int8_t allow_unused, Handle* out) {
    return guarded([&] {
        auto found = torch::autograd::grad(borrowed(outputs, output_count), borrowed(inputs, input_count),
                                           borrowed(gradients, gradient_count), retain != 0, create != 0, allow_unused != 0);
        for (size_t i = 0; i < found.size(); i++) out[i] = give(found[i]);
    });
}

EXPORT int8_t dk_grad_mode() { return at::GradMode::is_enabled(); }
EXPORT void dk_set_grad_mode(int8_t enabled) { at::GradMode::set_enabled(enabled != 0); }
EXPORT int8_t dk_inference_mode() { return c10::InferenceMode::is_enabled(); }
EXPORT void* dk_inference_begin(int8_t enabled) { return new c10::InferenceMode(enabled != 0); }
EXPORT void dk_inference_end(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// Random numbers.

EXPORT int dk_manual_seed(uint64_t seed) {
    return guarded([&] {
        auto reseed = [&](const at::Generator& source) {
            auto target = source;
            std::lock_guard<std::mutex> lock(target.mutex());
            target.set_current_seed(seed);
        };
        reseed(at::globalContext().defaultGenerator(c10::DeviceType::CPU));
        for (int64_t i = 0; i < devices(c10::DeviceType::CUDA); i++) reseed(at::globalContext().defaultGenerator(device(1, i)));
    });
}

EXPORT int dk_generator(uint64_t seed, int64_t type, int64_t index, Handle* out) {
    return guarded([&] {
        auto where = device(type, index);
        auto made = where.is_cpu() ? at::make_generator<at::CPUGeneratorImpl>(seed) : at::globalContext().defaultGenerator(where).clone();
        made.set_current_seed(seed);
        *out = reinterpret_cast<Handle>(made.unsafeReleaseGeneratorImpl());
    });
}

EXPORT int dk_default_generator(Handle* out) {
    return guarded([&] {
        auto copy = at::globalContext().defaultGenerator(c10::DeviceType::CPU);
        *out = reinterpret_cast<Handle>(copy.unsafeReleaseGeneratorImpl());
    });
}

EXPORT void dk_generator_release(Handle handle) { c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(reinterpret_cast<c10::GeneratorImpl*>(handle)); }

EXPORT int dk_generator_seed(Handle handle, int8_t fresh, uint64_t* seed) {
    return guarded([&] {
        auto source = generator(handle);
        *seed = fresh ? source.seed() : source.current_seed();
    });
}

EXPORT int dk_generator_set_seed(Handle handle, uint64_t seed) {
    return guarded([&] { generator(handle).set_current_seed(seed); });
}

EXPORT int dk_generator_state(Handle handle, Handle* out) {
    return guarded([&] { *out = give(generator(handle).get_state()); });
}

EXPORT int dk_generator_set_state(Handle handle, Handle state) {
    return guarded([&] { generator(handle).set_state(borrow(state)); });
}

// The machine.

EXPORT int64_t dk_threads() { return at::get_num_threads(); }
EXPORT int dk_set_threads(int64_t count) {
    return guarded([&] { at::set_num_threads(static_cast<int>(count)); });
}

EXPORT int64_t dk_device_count(int64_t type) {
    int64_t count = 0;
    guarded([&] { count = devices(static_cast<c10::DeviceType>(type)); });
    return count;
}

EXPORT int dk_synchronize(int64_t type, int64_t index) {
    return guarded([&] {
        c10::impl::VirtualGuardImpl guard(static_cast<c10::DeviceType>(type));
        guard.getStream(index < 0 ? guard.getDevice() : device(type, index)).synchronize();
    });
}
