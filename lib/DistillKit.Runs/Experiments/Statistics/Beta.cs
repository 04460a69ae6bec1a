
namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>The regularized incomplete beta function, from which the distributions of Student and Fisher follow.</summary>
internal static class Beta
{
    private const double Tiny = 1e-300;
    private const double Precision = 1e-16;
    private const int MaxTerms = 10_000;

    /// <summary>Lanczos's coefficients for g = 7 (Lanczos 1964; as tabled by Godfrey).</summary>
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>
    /// I_x(a, b), the share of the beta distribution below x, in [0, 1]: the continued fraction of Abramowitz and Stegun 26.5.8, by Lentz's method (1976).
    /// </summary>
    /// <param name="x">In [0, 1].</param>
    /// <param name="a">At least 1/2.</param>
    /// <param name="b">At least 1/2.</param>
    public static double Regularized(double x, double a, double b)
    {
        if (x is 0 or 1) return x;
        // The fraction converges fast on this side only; I_x(a, b) = 1 - I_(1-x)(b, a).
        if (x > (a + 1) / (a + b + 2)) return 1 - Regularized(1 - x, b, a);
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * double.LogP1(-x)) / a;
        return Math.Clamp(front / Fraction(x, a, b), 0, 1);
    }

    /// <summary>The logarithm of the gamma function.</summary>
    /// <param name="x">At least 1/2.</param>
    public static double LogGamma(double x)
    {
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x - 1 + i);
        var t = x + 6.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    private static double Fraction(double x, double a, double b)
    {
        var (value, c, d) = (1.0, 1.0, 0.0);
        for (var term = 1; term <= MaxTerms; term++)
        {
            var m = term / 2;
            var numerator = term % 2 == 0
                ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + numerator * d);
            c = NotZero(1 + numerator / c);
            value *= c * d;
            if (Math.Abs(c * d - 1) < Precision) break;
        }
        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
