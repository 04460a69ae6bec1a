using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The exports of native/shim.cpp. A tensor is the address of its TensorImpl; calls that return an int fail with -1.</summary>
internal static unsafe partial class Native
{
    private const string Library = "distillkit_torch";

    // Some distributions' libtorch starts with one thread; the package's starts with one for each core.
    static Native()
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null) dk_set_threads(Environment.ProcessorCount);
    }

    [LibraryImport(Library)] internal static partial byte* dk_error();
    [LibraryImport(Library)] internal static partial byte* dk_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int dk_operator(string name,
        string overload, out nint found);
    [LibraryImport(Library)] internal static partial int dk_call(nint op, long* code, long length, out long* results, out long count);

    [LibraryImport(Library)] internal static partial void dk_tensor_retain(nint handle);
    [LibraryImport(Library)] internal static partial void dk_tensor_release(nint handle);
    [LibraryImport(Library)] internal static partial int dk_tensor_describe(nint handle, long* description);
    [LibraryImport(Library)] internal static partial int dk_tensor_shape(nint handle, long* sizes, long* strides);
    [LibraryImport(Library)] internal static partial int dk_tensor_data(nint handle, out void* data);
    [LibraryImport(Library)] internal static partial int dk_tensor_from(void* data, long bytes, long* sizes, long rank, long type,
        out nint handle);
    [LibraryImport(Library)] internal static partial int dk_tensor_require_grad(nint handle, sbyte value);
    [LibraryImport(Library)] internal static partial int dk_tensor_grad(nint handle, out nint gradient);
    [LibraryImport(Library)] internal static partial int dk_tensor_set_grad(nint handle, nint gradient);
    [LibraryImport(Library)] internal static partial int dk_tensor_set_data(nint handle, nint value);

    [LibraryImport(Library)]
    internal static partial int dk_backward(nint[] roots, long rootCount, nint[] gradients, long gradientCount, nint[] inputs,
        long inputCount, sbyte retain, sbyte create);

    [LibraryImport(Library)]
    internal static partial int dk_grad(nint[] outputs, long outputCount, nint[] inputs, long inputCount, nint[] gradients,
        long gradientCount,
        sbyte retain, sbyte create, sbyte allowUnused, [Out] nint[] found);

    [LibraryImport(Library)] internal static partial sbyte dk_grad_mode();
    [LibraryImport(Library)] internal static partial void dk_set_grad_mode(sbyte enabled);
    [LibraryImport(Library)] internal static partial sbyte dk_inference_mode();
    [LibraryImport(Library)] internal static partial nint dk_inference_begin(sbyte enabled);
    [LibraryImport(Library)] internal static partial void dk_inference_end(nint guard);

    [LibraryImport(Library)] internal static partial int dk_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial int dk_generator(ulong seed, long deviceType, long deviceIndex, out nint handle);
    [LibraryImport(Library)] internal static partial int dk_default_generator(out nint handle);
    [LibraryImport(Library)] internal static partial void dk_generator_release(nint handle);
    [LibraryImport(Library)] internal static partial int dk_generator_seed(nint handle, sbyte fresh, out ulong seed);
    [LibraryImport(Library)] internal static partial int dk_generator_set_seed(nint handle, ulong seed);
    [LibraryImport(Library)] internal static partial int dk_generator_state(nint handle, out nint state);
    [LibraryImport(Library)] internal static partial int dk_generator_set_state(nint handle, nint state);

    [LibraryImport(Library)] internal static partial long dk_threads();
    [LibraryImport(Library)] internal static partial int dk_set_threads(long count);
    [LibraryImport(Library)] internal static partial long dk_device_count(long deviceType);
    [LibraryImport(Library)] internal static partial int dk_synchronize(long deviceType, long deviceIndex);

    /// <summary>Turns a failed call into the exception that the real package throws, with libtorch's own message.</summary>
    internal static void Check(int status, string? what = null)
    {
        if (status == 0) return;
        var message = Marshal.PtrToStringUTF8((nint)dk_error());
        throw new ExternalException(what is null ? message : $"{what}: {message}");
    }

    internal static nint[] Handles(IEnumerable<torch.Tensor>? tensors) => tensors?.Select(t => t.Handle).ToArray() ?? [];
    internal static sbyte Flag(bool value) => (sbyte)(value ? 1 : 0);
}
