using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>What is done to gradients before a step.</summary>
internal static class Gradients
{
    private const double Epsilon = 1e-6;

    /// <summary>
    /// Scales all gradients by one factor, so that together their norm is at most the given one (Pascanu et al. 2013, arXiv:1211.5063).
    /// </summary>
    public static void Clip(IEnumerable<Parameter> parameters, double norm)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Length == 0) return;
        var found = stack(gradients.Select(gradient => gradient.norm())).norm().item<float>();
        if (found <= norm) return;
        foreach (var gradient in gradients) gradient.mul_(Number.Of(norm / (found + Epsilon)));
    }
}
