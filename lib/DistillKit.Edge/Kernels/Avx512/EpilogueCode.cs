using static DistillKit.Edge.Kernels.MachineCode.Mask;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>Which epilogue a piece of machine code ends with; only what changes the instructions.</summary>
/// <param name="HasLargeFactors">Some factor has less than the usual shift.</param>
/// <param name="HasLimits">The byte limits are narrower than a byte.</param>
/// <param name="IsInterleaved">Float results are in the channel order of bytes.</param>
internal readonly record struct EpilogueCode(bool IsFloat, bool HasLargeFactors, bool HasZeroPoint, bool HasLimits, bool IsInterleaved)
{
    private const Mask EvenElements = K1;

    private static PanelOffsets At => MatrixCode.Offsets;

    public static EpilogueCode Of(Epilogue epilogue, bool isInterleaved) => epilogue switch
    {
        Requantize r => new(false, r.Factors.Any(factor => factor.Shift < FixedPoint.UsualShift), HasZeroPoint: r.ZeroPoint > 0,
            HasLimits: r.Minimum > byte.MinValue || r.Maximum < byte.MaxValue, true),
        Dequantize => new(true, false, false, false, isInterleaved),
        _ => throw new UnreachableException(epilogue.ToString()),
    };

    /// <summary>Loads the masks. Must come before <see cref="Finish"/>, for each panel.</summary>
    public void LoadMasks(Assembler code, General parameters)
    {
        if (!IsFloat) code.LoadEvenElementsMask(EvenElements);
        for (var column = 0; column < (IsFloat ? PanelOffsets.MostColumns : 1); column++)
            code.LoadMask(MaskOf(column), new(parameters, At.Masks + column * sizeof(ulong)));
    }

    /// <summary>Turns the accumulators of one pixel (one panel's columns) into results and stores them; they are lost.</summary>
    /// <param name="spares">Four registers to use (one where the results are bytes).</param>
    /// <param name="parameters">Points to the panel's <see cref="PanelOffsets"/>.</param>
    public void Finish(Assembler code, ReadOnlySpan<Zmm> sums, ReadOnlySpan<Zmm> spares, General parameters, Memory output)
    {
        for (var column = 0; column < sums.Length; column++)
        {
            Memory vectors = new(parameters, At.Columns + column * At.ColumnBytes);
            if (IsFloat) ToFloats(code, sums[column], parameters, vectors);
            else MultiplyToHalves(code, sums[column], spares[0], vectors);
        }
        if (!IsFloat)
        {
            HalvesToBytes(code, sums, spares[0], parameters, output);
            return;
        }
        if (IsInterleaved) Transpose(code, sums, spares);
        for (var column = 0; column < sums.Length; column++) code.StoreFloats(output + column * 64, MaskOf(column), sums[column]);
    }

    private static Mask MaskOf(int column) => (Mask)((int)K2 + column);

    private static void ToFloats(Assembler code, Zmm sum, General parameters, Memory vectors)
    {
        code.ToFloat(sum, sum);
        code.MultiplyFloat(sum, sum, vectors + At.Factor);
        code.AddFloat(sum, sum, vectors + At.FloatBias);
        code.MaximumFloat(sum, sum, new(parameters, At.Minimum));
        code.MinimumFloat(sum, sum, new(parameters, At.Maximum));
    }

    /// <summary>Lane l of vector c becomes lane c of vector l.</summary>
    private static void Transpose(Assembler code, ReadOnlySpan<Zmm> vectors, ReadOnlySpan<Zmm> spares)
    {
        const byte FirstTwo = 0x44, LastTwo = 0xEE, Even = 0x88, Odd = 0xDD;
        code.ShuffleLanes(spares[0], vectors[0], vectors[1], FirstTwo);
        code.ShuffleLanes(spares[1], vectors[0], vectors[1], LastTwo);
        code.ShuffleLanes(spares[2], vectors[2], vectors[3], FirstTwo);
        code.ShuffleLanes(spares[3], vectors[2], vectors[3], LastTwo);
        code.ShuffleLanes(vectors[0], spares[0], spares[2], Even);
        code.ShuffleLanes(vectors[1], spares[0], spares[2], Odd);
        code.ShuffleLanes(vectors[2], spares[1], spares[3], Even);
        code.ShuffleLanes(vectors[3], spares[1], spares[3], Odd);
    }

    /// <summary>To twice the scaled value, rounded down: (sum * multiplier) >> 32 is the upper half of a 64-bit product. A large factor's
    /// shift goes into the sum first; limiting the sum before does no harm, since such a sum leaves 8 bits anyway.</summary>
    private void MultiplyToHalves(Assembler code, Zmm sum, Zmm spare, Memory vectors)
    {
        if (HasLargeFactors)
        {
            code.MaximumSigned32(sum, sum, vectors + At.Low);
            code.MinimumSigned32(sum, sum, vectors + At.High);
            code.ShiftLeft32(sum, sum, vectors + At.Excess);
        }
        code.MultiplyEven(spare, sum, vectors + At.Even);
        code.ShiftRight64(sum, sum, 32);
        code.MultiplyEven(sum, sum, vectors + At.Odd);
        code.OddToEven(sum, EvenElements, spare);
    }

    /// <summary>(halves + 1 + 2 * zeroPoint) >> 1 is the rounded value with its zero point; 16 saturated bits are enough for it.</summary>
    private void HalvesToBytes(Assembler code, ReadOnlySpan<Zmm> sums, Zmm spare, General parameters, Memory output)
    {
        for (var column = 0; column < sums.Length; column += 2)
        {
            code.Pack32To16(sums[column], sums[column], sums[Math.Min(column + 1, sums.Length - 1)]);
            if (HasZeroPoint)
            {
                code.AddSaturated16(sums[column], sums[column], new(parameters, At.Rounding));
                code.ShiftRightSigned16(sums[column], sums[column], 1);
            }
            else code.MultiplyRounded16(sums[column], sums[column], new(parameters, At.Half));
        }
        var result = sums[0];
        code.Pack16ToUnsigned8(result, result, sums.Length > 2 ? sums[2] : result);
        if (HasLimits)
        {
            code.MaximumUnsigned8(result, result, new(parameters, At.Minimum));
            code.MinimumUnsigned8(result, result, new(parameters, At.Maximum));
        }
        if (sums.Length < PanelOffsets.MostColumns)
        {
            code.Load(spare, new Memory(parameters, At.Order));
            code.Permute32(result, spare, result);
        }
        code.StoreBytes(output, MaskOf(0), result);
    }
}
