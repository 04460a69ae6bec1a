namespace DistillKit.Training;

/// <summary>The shape of the learning rate after its warm-up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScheduleKind>))]
public enum ScheduleKind
{
    /// <summary>A straight line down to the final share; with a long warm-up, one-cycle (Smith and Topin 2018, arXiv:1708.07120).</summary>
    OneCycle,

    /// <summary>Half a cosine down to the final share (Loshchilov and Hutter 2017, arXiv:1608.03983).</summary>
    Cosine,

    /// <summary>The peak to the end.</summary>
    Constant,

    /// <summary>The peak, multiplied by a factor whenever the validation stops improving.</summary>
    Plateau,
}

/// <summary>The learning rate of a step, a share of the peak. Only <see cref="ScheduleKind.Plateau"/> depends on anything else.</summary>
/// <param name="WarmUp">The share of all steps in which the learning rate rises to its peak in a straight line.</param>
/// <param name="Final">The share of the peak at the end.</param>
/// <param name="Factor">Of <see cref="ScheduleKind.Plateau"/>: what each reduction multiplies by.</param>
/// <param name="Patience">Of <see cref="ScheduleKind.Plateau"/>: the validations without a better one before a reduction.</param>
public sealed record Schedule(
    ScheduleKind Kind = ScheduleKind.OneCycle,
    [property: Range(0, 1, MaximumIsExclusive = true)] double WarmUp = 0.25,
    [property: Range(0, 1)] double Final = 0,
    [property: Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true)] double Factor = 0.1,
    [property: Range(1, TrainingRecipe.MostEpochs)] int Patience = 3)
{
    /// <summary>The share of the peak learning rate at a step, from 0, of so many; a plateau has been reduced so often.</summary>
    public double At(int step, int steps, int reductions = 0)
    {
        var warmUpSteps = WarmUp * steps;
        if (step + 1 < warmUpSteps) return (step + 1) / warmUpSteps;
        // 0 at the peak, 1 after the last step: the last step itself still learns.
        var progress = Math.Clamp((step + 1 - warmUpSteps) / Math.Max(steps + 1 - warmUpSteps, 1), 0, 1);
        return Kind switch
        {
            ScheduleKind.OneCycle => 1 - (1 - Final) * progress,
            ScheduleKind.Cosine => Final + (1 - Final) * (1 + Math.Cos(Math.PI * progress)) / 2,
            ScheduleKind.Plateau => Math.Max(Math.Pow(Factor, reductions), Final),
            ScheduleKind.Constant => 1,
            _ => throw new NotSupportedException($"There is no schedule {Kind}."),
        };
    }
}
