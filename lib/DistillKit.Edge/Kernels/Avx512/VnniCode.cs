using System.Collections.Concurrent;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>Machine code for processors with AVX512_VNNI (Intel since Ice Lake, AMD since Zen 4): .NET 10 has no intrinsics for its 512-bit
/// dot product. It is made when a layer first needs it and shared by all that need the same. A function's argument is an array of 64-bit
/// numbers and addresses: <see cref="MatrixArgument"/> or <see cref="DepthwiseArgument"/>.</summary>
internal static unsafe class VnniCode
{
    private static readonly ConcurrentDictionary<(int Rows, int Columns, EpilogueCode Epilogue), nint> matrix = [];
    private static readonly ConcurrentDictionary<(int Stride, EpilogueCode Epilogue), nint> depthwise = [];

    /// <summary>The processor has the instructions, and the system lets us make code.</summary>
    public static bool IsSupported =>
        Environment.Is64BitProcess && Avx512BW.IsSupported && HasVnni && ExecutableMemory.Load([0xC3]) != null;

    /// <summary>CPUID leaf 7, ECX bit 11. The system's support for 512-bit registers is part of Avx512BW.IsSupported.</summary>
    private static bool HasVnni => X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & 1 << 11) != 0;

    /// <summary>The matrix kernel for a tile of this size.</summary>
    public static nint Matrix(int rows, int columns, EpilogueCode epilogue) =>
        matrix.GetOrAdd((rows, columns, epilogue), static key => Load(MatrixCode.Emit(key.Rows, key.Columns, key.Epilogue)));

    public static nint Depthwise(int stride, EpilogueCode epilogue) =>
        depthwise.GetOrAdd((stride, epilogue), static key => Load(DepthwiseCode.Emit(key.Stride, key.Epilogue)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Call(nint function, nint* argument) => ((delegate* unmanaged[SuppressGCTransition]<nint*, void>)function)(argument);

    private static nint Load(byte[] code) => (nint)ExecutableMemory.Load(code) is var address and not 0 ? address
        : throw new EdgeException("This system refused executable memory. Choose another instruction set.");
}
