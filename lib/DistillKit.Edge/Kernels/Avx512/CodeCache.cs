using System.Collections.Concurrent;
using DistillKit.Edge.Kernels.MachineCode;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>Machine code, made when a layer first needs it and shared by all that need the same.</summary>
internal static unsafe class CodeCache
{
    private static readonly ConcurrentDictionary<EpilogueCode, MatrixFunctions> _matrix = [];
    private static readonly ConcurrentDictionary<(int Stride, EpilogueCode Epilogue), nint> _depthwise = [];

    public static MatrixFunctions Matrix(EpilogueCode epilogue) => _matrix.GetOrAdd(epilogue, static key => new(key));

    public static delegate* unmanaged[SuppressGCTransition]<DepthwiseCall*, void> Depthwise(int stride, EpilogueCode epilogue) =>
        (delegate* unmanaged[SuppressGCTransition]<DepthwiseCall*, void>)_depthwise.GetOrAdd(
            (stride, epilogue), static key => Load(DepthwiseCode.Emit(key.Stride, key.Epilogue)));

    public static nint Load(byte[] code) => (nint)ExecutableMemory.Load(code) is var address and not 0 ? address
        : throw new EdgeException("this system refused executable memory; choose another instruction set");
}

/// <summary>The matrix kernel for every size of a tile, with one epilogue.</summary>
internal sealed unsafe class MatrixFunctions(EpilogueCode epilogue)
{
    private readonly nint[] _functions = new nint[(PanelLayout.MostColumns + 1) * (MatrixCode.MostRowsOfAny + 1)];

    /// <summary>Made on first use; should two threads make it at once, either's is good.</summary>
    public delegate* unmanaged[SuppressGCTransition]<MatrixCall*, void> this[int rows, int columns]
    {
        get
        {
            ref var function = ref _functions[columns * (MatrixCode.MostRowsOfAny + 1) + rows];
            if (function == 0) function = CodeCache.Load(MatrixCode.Emit(rows, columns, epilogue));
            return (delegate* unmanaged[SuppressGCTransition]<MatrixCall*, void>)function;
        }
    }
}
