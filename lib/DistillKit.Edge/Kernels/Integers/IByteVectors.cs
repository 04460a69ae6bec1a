namespace DistillKit.Edge.Kernels.Integers;

/// <summary>What the integer convolutions need of an instruction set with 8 accumulators at a time, so that they are written once. A vector
/// has two lanes of 128 bits; interleaving and packing stay within them, as the instructions of AVX2 do.</summary>
/// <typeparam name="TSums">Eight accumulators of 32 bits.</typeparam>
/// <typeparam name="TOperand">What 32 bytes become before they are multiplied.</typeparam>
internal unsafe interface IByteVectors<TSums, TOperand>
{
    public abstract static string Name { get; }

    public abstract static bool IsSupported { get; }

    /// <summary>What <see cref="Activations"/> and <see cref="Broadcast"/> subtract.</summary>
    public abstract static int ActivationShift { get; }

    public abstract static TOperand Activations(byte* values);

    /// <summary>A group of four bytes, eight times.</summary>
    public abstract static TOperand Broadcast(byte* group);
    public abstract static TOperand Weights(sbyte* values);
    public abstract static TSums Load(int* sums);

    /// <summary>sum[i] + activations[4i..4i+3] . weights[4i..4i+3], exact in 32 bits.</summary>
    public abstract static TSums Add(TSums sum, TOperand activations, TOperand weights);

    /// <summary>Interleaves three times 32 bytes to 32 groups of four (top, middle, bottom, anything).</summary>
    public abstract static void Interleave(byte* top, byte* middle, byte* bottom, byte* groups);

    /// <summary>Requantizes the two columns of a panel to 16 bytes.</summary>
    public abstract static void StoreBytes(TSums first, TSums second, byte* parameters, byte* output);

    /// <summary>Requantizes the four columns of a panel to 32 bytes.</summary>
    public abstract static void StoreBytes(TSums first, TSums second, TSums third, TSums fourth, byte* parameters, byte* output);

    /// <summary>Dequantizes one column, lane by lane.</summary>
    public abstract static void StoreFloats(TSums sums, byte* parameters, int column, float* firstLane, float* secondLane);
}

/// <summary>Where such a vector finds a panel's constants.</summary>
internal static unsafe class BytePanel
{
    /// <summary>32-bit elements of a vector.</summary>
    public const int Lanes = 8;

    /// <summary>Created at each use, so that the compiler sees constants.</summary>
    public static PanelOffsets Offsets => new(Lanes);

    public static byte* Column(byte* parameters, int column) => parameters + Offsets.Columns + column * Offsets.ColumnBytes;
    public static int* Bias(byte* parameters, int column) => (int*)(Column(parameters, column) + Offsets.Bias);
}
