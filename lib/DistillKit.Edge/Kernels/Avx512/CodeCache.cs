using System.Collections.Concurrent;
using DistillKit.Edge.Kernels.MachineCode;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// Machine code, made when a layer first needs it and shared by all that need the same. A function's argument is an array of 64-bit numbers
/// and addresses: <see cref="MatrixArgument"/> or <see cref="DepthwiseArgument"/>.
/// </summary>
internal static unsafe class CodeCache
{
    private static readonly ConcurrentDictionary<(int Rows, int Columns, EpilogueCode Epilogue), nint> matrix = [];
    private static readonly ConcurrentDictionary<(int Stride, EpilogueCode Epilogue), nint> depthwise = [];

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
