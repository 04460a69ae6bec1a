using System.Text.Json.Serialization;

namespace DistillKit.Distillation;

/// <summary>The numbers of knowledge distillation.</summary>
/// <param name="Alpha">The teacher's share of the loss, in [0, 1].</param>
/// <param name="Temperature">What both networks' logits are divided by.</param>
/// <param name="TeacherResolution">The teacher sees larger images resized to this height and width, which costs less; null for as they are.</param>
/// <param name="Teachers">The stages whose networks teach, by name; several teach together. Null for the last assistant, or the teacher where there is none.</param>
/// <param name="Stored">Store the teacher's answers on disk once instead of asking it in every step; the student's training then shows fixed views (<see cref="Data.Views"/>).</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DistillationRecipe(double Alpha = 0.9, double Temperature = 4, int? TeacherResolution = null, IReadOnlyList<string>? Teachers = null, bool Stored = false)
{
    internal KnowledgeDistillationLoss Loss(double labelSmoothing) => new(Alpha, Temperature, labelSmoothing);
}
