using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Networks;

public sealed class SkippedResidualTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string> Networks => new()
    {
        """{ "family": "mobilenetv2", "width": 0.25, "dropout": 0, "zeroInitResidual": true }""",
        """{ "family": "resnet", "blocks": [2, 2], "width": 0.125, "zeroInitResidual": true }""",
        """{ "family": "resnet", "blocks": [2], "bottleneck": true, "width": 0.125, "zeroInitResidual": true }""",
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Skipping_residuals_that_start_at_zero_leaves_the_outputs_as_they_are(string spec)
    {
        using var model = ModelSpec.Parse(spec).Build();
        model.eval();
        var images = rand(2, 3, 16, 16);
        var whole = model.call(images);
        model.SkipsResiduals = true;
        Assert.True(whole.allclose(model.call(images), atol: 1e-5));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Skipped_blocks_get_no_gradients_until_they_are_switched_on(string spec)
    {
        using var model = ModelSpec.Parse(spec).Build();
        var images = rand(2, 3, 16, 16);
        model.SkipsResiduals = true;
        model.call(images).sum().backward();
        var without = model.parameters().Count(parameter => parameter.grad is null);
        Assert.InRange(without, 3, model.parameters().Count() - 3);

        model.SkipsResiduals = false;
        model.zero_grad();
        model.call(images).sum().backward();
        Assert.DoesNotContain(model.parameters(), parameter => parameter.grad is null);
    }
}
