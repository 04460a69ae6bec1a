using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

internal static class GradientCheck
{
    /// <summary>Compares the engine's gradient with central differences at every element of a float64 input.</summary>
    public static void Check(Func<Tensor, Tensor> loss, double[] values, long rows)
    {
        const double step = 1e-5;
        double Loss(IEnumerable<double> at) => loss(tensor(at.ToArray()).reshape(rows, -1)).item<double>();

        using var scope = NewDisposeScope();
        var input = tensor(values).reshape(rows, -1).requires_grad_();
        loss(input).backward();
        var gradient = input.grad!.contiguous().data<double>().ToArray();
        for (var index = 0; index < values.Length; index++)
        {
            var up = Loss(values.Select((value, at) => at == index ? value + step : value));
            var down = Loss(values.Select((value, at) => at == index ? value - step : value));
            Assert.Equal((up - down) / (2 * step), gradient[index], tolerance: 1e-7);
        }
    }
}
