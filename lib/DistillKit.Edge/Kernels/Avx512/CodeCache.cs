using System.Collections.Concurrent;
using DistillKit.Edge.Kernels.MachineCode;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>Machine code, made when a layer first needs it and shared by all that need the same.</summary>
internal static unsafe class CodeCache
{
    private static readonly ConcurrentDictionary<(int Rows, int Columns, EpilogueCode Epilogue), nint> _matrix = [];
    private static readonly ConcurrentDictionary<(int Stride, EpilogueCode Epilogue), nint> _depthwise = [];

    public static delegate* unmanaged[SuppressGCTransition]<MatrixCall*, void> Matrix(int rows, int columns, EpilogueCode epilogue) =>
        (delegate* unmanaged[SuppressGCTransition]<MatrixCall*, void>)_matrix.GetOrAdd(
            (rows, columns, epilogue), static key => Load(MatrixCode.Emit(key.Rows, key.Columns, key.Epilogue)));

    public static delegate* unmanaged[SuppressGCTransition]<DepthwiseCall*, void> Depthwise(int stride, EpilogueCode epilogue) =>
        (delegate* unmanaged[SuppressGCTransition]<DepthwiseCall*, void>)_depthwise.GetOrAdd(
            (stride, epilogue), static key => Load(DepthwiseCode.Emit(key.Stride, key.Epilogue)));

    private static nint Load(byte[] code) => (nint)ExecutableMemory.Load(code) is var address and not 0 ? address
        : throw new EdgeException("this system refused executable memory; choose another instruction set");
}
