using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class ArithmeticTests
{
    static readonly Int32DataFrameColumn I = new("i", new int?[] { 7, null, -3 });
    static readonly Int64DataFrameColumn L = new("l", new long?[] { 2, 5, null });
    static readonly SingleDataFrameColumn F = new("f", new float?[] { 1.5f, 2, -0.5f });
    static readonly DoubleDataFrameColumn D = new("d", new double?[] { 0.1, null, 4 });
    static readonly BooleanDataFrameColumn B = new("b", new bool?[] { true, false, null });
    static readonly StringDataFrameColumn S = new("s", ["x", null, "z"]);

    [Fact]
    public void Columns_of_one_type_answer_in_it()
    {
        DataFrameColumn i = I, f = F;
        Assert.Equal("Int32: 14,null,-6; Int32: 0,null,0; Int32: 49,null,9; Int32: 1,null,1; Int32: 0,null,0", Show(i + i, i - i, i * i, i / i, i % i));
        Assert.Equal("Single: 3,4,-1; Single: 1,1,1", Show(f + f, f / f));
        Assert.Equal("i", (i + i).Name);
    }

    [Fact]
    public void Columns_of_unknown_and_different_types_answer_in_doubles()
    {
        DataFrameColumn i = I, l = L, f = F, d = D;
        Assert.Equal("Double: 9,null,null; Double: 3.5,null,null; Double: 8.5,null,-3.5; Double: 70,null,-0.75", Show(i + l, i / l, i + f, i / d));
        Assert.Equal("Double: 1,null,null; Double: 1.5,2,null", Show(l % i - 1, f % l));
    }

    [Fact]
    public void Columns_of_known_types_answer_in_the_wider()
    {
        Assert.Equal("Int64: 9,null,null; Int64: 3,null,null; Int64: 0,null,null", Show(I + L, I / L, L / I));
        Assert.Equal("Single: 4.6666665,null,6; Single: 1.3333334,2.5,null; Single: 0.75,0.4,null", Show(I / F, L / F, F / L));
        Assert.Equal("Double: 70,null,-0.75; Double: 15,null,-0.125; Double: 0.05,null,null", Show(I / D, F / D, D / L));
        Int64DataFrameColumn typed = I + L;
        Assert.Equal(9, typed[0]);
        Assert.Equal(long.MaxValue - 1, (new Int64DataFrameColumn("a", [long.MaxValue]) - new Int32DataFrameColumn("b", [1]))[0]);
    }

    [Fact]
    public void Numbers_are_added_from_both_sides()
    {
        DataFrameColumn i = I, l = L, f = F;
        Assert.Equal("Int32: 9,null,-1; Double: 9,null,-1; Double: 17.5,null,-7.5; Int32: 3,null,-1", Show(i + 2, i + 2L, i * 2.5, i / 2));
        Assert.Equal("Int32: 0,null,0; Double: -5,null,5; Int32: 5,null,2; Double: 1,0.4,null", Show(2 / i, 2.0 - i, 5 % i, 2 / l));
        Assert.Equal("Double: 3.5,4,1.5; Single: 4,4.5,2", Show(f + 2, f + 2.5f));
        Assert.Equal("Int32: 3,null,-1; Int64: 3,null,-1; Single: 3.5,null,-1.5; Double: 3.5,null,-1.5", Show(I / 2, I / 2L, I / 2f, I / 2.0));
        Assert.Equal("Int64: 1,0,null; Single: 1.3333334,1,-4; Double: 0.35714285714285715,null,-0.8333333333333334", Show(2 / L, 2 / F, 2.5 / I));
        Assert.Equal("Int32: 3,null,-1; Int64: 3,null,-1; Single: 3.5,null,-1.5; Double: -1.9,null,2", Show(I / (byte)2, I / 2u, I / 2ul, D - (short)2));
        Assert.Equal("Double: 9,null,-1; Double: 9,null,-1", Show(i + (byte)2, (short)2 + i));
    }

    [Fact]
    public void Integers_wrap_around_and_do_not_divide_by_zero()
    {
        DataFrameColumn i = I;
        Assert.Equal("Int32: -2147483648", Show(new Int32DataFrameColumn("a", [int.MaxValue]) + 1));
        Assert.Throws<DivideByZeroException>(() => i / 0);
        Assert.Throws<DivideByZeroException>(() => I / new Int32DataFrameColumn("zero", [0, 1, 1]));
        Assert.Equal("Double: Infinity,null,-Infinity", Show(i / 0.0).Replace("∞", "Infinity"));
    }

    [Fact]
    public void Named_operations_do_what_the_signs_do()
    {
        Assert.Equal(Show(I + L, I - 2, I * F, I / D, I % 2), Show(I.Add(L), I.Subtract(2), I.Multiply(F), I.Divide(D), I.Modulo(2)));
        Assert.Equal(Show(2 + I, 2.0 - I, 2L * I, 2 / I, 5 % I), Show(I.ReverseAdd(2), I.ReverseSubtract(2.0), I.ReverseMultiply(2L), I.ReverseDivide(2), I.ReverseModulo(5)));
    }

    [Fact]
    public void An_operation_in_place_changes_the_column()
    {
        var d = new DoubleDataFrameColumn("d", new double?[] { 0.5, null, 4 });
        Assert.Same(d, d.Add(I, inPlace: true));
        Assert.Equal("Double: 7.5,null,1", Show(d));
        Assert.Equal("Double: 0.1,null,4", Show(D + 0));
        DataFrameColumn untyped = d;
        Assert.Throws<ArgumentException>(() => untyped.Add(2, inPlace: true));
        Assert.Throws<ArgumentException>(() => untyped.Add((DataFrameColumn)I, inPlace: true));
    }

    [Fact]
    public void Lengths_have_to_agree()
    {
        DataFrameColumn longer = new Int32DataFrameColumn("a", 4), i = I;
        Assert.Equal("Column lengths are mismatched (Parameter 'column')", Assert.Throws<ArgumentException>(() => i + longer).Message);
        Assert.Throws<ArgumentException>(() => I + new Int32DataFrameColumn("a", 4));
        Assert.Throws<ArgumentException>(() => i.ElementwiseEquals(longer));
    }

    [Fact]
    public void What_is_no_number_does_not_add_up()
    {
        DataFrameColumn i = I, b = B, s = S;
        Assert.Throws<NotSupportedException>(() => i + b);
        Assert.Throws<NotSupportedException>(() => b + 1);
        Assert.Throws<NotSupportedException>(() => i + s);
        Assert.Throws<NotSupportedException>(() => i & true);
        Assert.ThrowsAny<Exception>(() => s * 2);
    }

    [Fact]
    public void Texts_are_joined_and_a_null_is_an_empty_one()
    {
        DataFrameColumn s = S;
        Assert.Equal("String: x!,!,z!; String: -x,-,-z; String: x2,2,z2; String: x1.5,2,z-0.5", Show(S + "!", "-" + S, s + 2, s + F));
    }

    [Fact]
    public void A_comparison_answers_true_or_false_and_takes_a_null_for_zero()
    {
        DataFrameColumn i = I, l = L, d = D;
        Assert.Equal("Boolean: True,False,False; Boolean: True,False,False; Boolean: False,True,False", Show(i.ElementwiseGreaterThan(1), i.ElementwiseEquals(7), i.ElementwiseEquals(0)));
        Assert.Equal("Boolean: False,True,True; Boolean: True,False,False; Boolean: False,True,False", Show(i.ElementwiseLessThan(l), i.ElementwiseGreaterThanOrEqual(l), i.ElementwiseEquals(d)));
        Assert.Equal("Boolean: False,True,True; Boolean: True,True,True; Boolean: True,False,False", Show(i.ElementwiseNotEquals(7), i.ElementwiseLessThanOrEqual(7.5), I.ElementwiseGreaterThan(L)));
        BooleanDataFrameColumn typed = D.ElementwiseGreaterThanOrEqual(2);
        Assert.Equal("Boolean: False,False,True", Show(typed));
    }

    [Fact]
    public void A_null_that_an_addition_left_is_compared_by_what_was_added()
    {
        DataFrameColumn i = I, sum = i + 2;
        Assert.Equal("Boolean: False,True,False; Boolean: False,True,False", Show((sum / 2).ElementwiseEquals(1), (sum / i).ElementwiseEquals(2)));
        Assert.Equal("Boolean: False,True,False; Boolean: False,False,False", Show(sum.ElementwiseEquals(2), sum.Clone(new Int32DataFrameColumn("rows", [0, 1, 2])).ElementwiseEquals(2)));
    }

    [Fact]
    public void Texts_are_compared()
    {
        DataFrameColumn s = S;
        Assert.Equal("Boolean: True,False,False; Boolean: False,True,True; Boolean: True,True,True", Show(s.ElementwiseEquals("x"), S.ElementwiseNotEquals("x"), s.ElementwiseEquals(S)));
        Assert.Equal("Boolean: False,True,False; Boolean: False,True,False", Show(S.ElementwiseEquals((string)null!), s.ElementwiseEquals((DataFrameColumn)null!)));
    }

    [Fact]
    public void Nulls_are_found()
    {
        DataFrameColumn i = I;
        Assert.Equal("Boolean: False,True,False; Boolean: True,False,True", Show(i.ElementwiseIsNull(), S.ElementwiseIsNotNull()));
        Assert.Equal("Boolean: False,True,False; Boolean: True,False,True", Show(i.ElementwiseEquals((DataFrameColumn)null!), i.ElementwiseNotEquals((DataFrameColumn)null!)));
    }

    [Fact]
    public void Truth_values_are_combined()
    {
        DataFrameColumn b = B;
        Assert.Equal("Boolean: True,False,null; Boolean: True,True,null; Boolean: False,False,null", Show(B & true, B | true, B ^ B));
        Assert.Equal(Show(B & B, B | B), Show(b & b, b.Or(b)));
        BooleanDataFrameColumn between = F.ElementwiseGreaterThan(0).And(F.ElementwiseLessThan(2));
        Assert.Equal("Boolean: True,False,False; Boolean: True,False,False; Boolean: False,True,True", Show(between, B.ElementwiseEquals(true), B.ElementwiseNotEquals(between).ElementwiseEquals(B)));
        Assert.Throws<NotSupportedException>(() => b.ElementwiseLessThan(true));
    }
}
