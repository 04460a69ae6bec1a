namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>
/// Where the constants of a panel lie that its kernel needs besides the weights: a header of vectors and masks, then for each column its
/// bias and what its epilogue multiplies with. Offsets are bytes.
/// </summary>
/// <param name="Lanes">32-bit elements of a vector.</param>
internal readonly record struct PanelOffsets(int Lanes)
{
    public const int MostColumns = 4;
    private int Vector => Lanes * sizeof(int);

    /// <summary>Header for u8: 1 + 2 * zero point, in 16 bits.</summary>
    public int Rounding => 0;

    /// <summary>Header: the lower limit, as bytes or floats.</summary>
    public int Minimum => Vector;

    /// <summary>Header: the upper limit, as bytes or floats.</summary>
    public int Maximum => 2 * Vector;

    /// <summary>
    /// Header for u8: the order in which the 32-bit elements of a packed vector follow each other, where the columns are fewer than four.
    /// </summary>
    public int Order => 3 * Vector;

    /// <summary>Header for u8: 2^14, in 16 bits: a rounding multiplication with it halves.</summary>
    public int Half => 4 * Vector;

    /// <summary>Header: 64-bit masks of what to store; for floats one for each column.</summary>
    public int Masks => 5 * Vector;

    /// <summary>The first column.</summary>
    public int Columns => Masks + MostColumns * sizeof(ulong) + Vector - 1 & -Vector;

    /// <summary>Column: the bias, with the input's zero point folded in.</summary>
    public int Bias => 0;

    /// <summary>Column for u8: the multipliers, of which the even ones are used.</summary>
    public int Even => Vector;

    /// <summary>Column for u8: the multipliers of the odd elements, in the even places.</summary>
    public int Odd => 2 * Vector;

    /// <summary>Column for u8: how much smaller than usual the shift of a large factor is, and the limits of accumulators.</summary>
    public int Excess => 3 * Vector;
    public int Low => 4 * Vector;
    public int High => 5 * Vector;

    /// <summary>Column for floats: the scale of the accumulators.</summary>
    public int Factor => Even;

    /// <summary>Column for floats: what is added to them.</summary>
    public int FloatBias => Odd;
    public int ColumnBytes => 6 * Vector;
    public int PanelBytes => Columns + MostColumns * ColumnBytes;
}
