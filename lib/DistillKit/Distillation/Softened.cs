using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>The logits that losses on soft targets compare.</summary>
internal static class Softened
{
    /// <summary>Both networks' logits, standardized where asked, divided by the temperature; the teacher's without gradient.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not above 0.</exception>
    public static (Tensor Student, Tensor Teacher) Pair(Tensor studentLogits, Tensor teacherLogits, double temperature, bool standardize)
    {
        Shapes.RequireSame(studentLogits, teacherLogits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        var teacher = teacherLogits.detach();
        return standardize
            ? (LogitStandardization.Apply(studentLogits).div(Number.Of(temperature)),
               LogitStandardization.Apply(teacher).div(Number.Of(temperature)))
            : (studentLogits.div(Number.Of(temperature)), teacher.div(Number.Of(temperature)));
    }
}
