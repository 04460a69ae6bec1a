namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>Where the constants of a panel lie that its kernel needs besides the weights: a header of vectors and masks, then for each
/// column its bias and what its epilogue multiplies with. Offsets are bytes.</summary>
/// <param name="Lanes">32-bit elements of a vector.</param>
internal readonly record struct PanelOffsets(int Lanes)
{
    public const int MostColumns = 4;

    private int Vector => Lanes * sizeof(int);

    // The header.
    public int Rounding => 0; // for u8: 1 + 2 * zero point, in 16 bits
    public int Minimum => Vector; // the limits, as bytes or floats
    public int Maximum => 2 * Vector;
    public int Order => 3 * Vector; // for u8: in which order the 32-bit elements of a packed vector follow, with fewer than four columns
    public int Half => 4 * Vector; // for u8: 2^14, in 16 bits: a rounding multiplication with it halves
    public int Masks => 5 * Vector; // 64-bit masks of what to store; for floats one for each column

    /// <summary>The first column.</summary>
    public int Columns => Masks + MostColumns * sizeof(ulong) + Vector - 1 & -Vector;

    // A column.
    public int Bias => 0; // with the input's zero point folded in
    public int Even => Vector; // for u8: the multipliers, of which the even ones are used
    public int Odd => 2 * Vector; // for u8: the multipliers of the odd elements, in the even places
    public int Excess => 3 * Vector; // for u8: how much smaller than usual the shift of a large factor is
    public int Low => 4 * Vector; // for u8: the limits of accumulators
    public int High => 5 * Vector;
    public int Factor => Even; // for floats: the scale of the accumulators
    public int FloatBias => Odd; // for floats: what is added to them
    public int ColumnBytes => 6 * Vector;
    public int PanelBytes => Columns + MostColumns * ColumnBytes;
}
