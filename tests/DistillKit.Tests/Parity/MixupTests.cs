using DistillKit.Data;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class MixupTests
{
    [Fact]
    public void Mixup_blends_images_and_targets_as_PyTorch_does()
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("mixup");
        var mixed = new Mixing(Mixup: 1).Apply(
            new Batch(fixture["images"], fixture["labels"], null), classes: 10, seed: 1, epoch: 0, step: 0);
        Close.Assert(fixture["mixed_images"], mixed.Images, 1e-6, "images");
        Close.Assert(fixture["mixed_targets"], mixed.Targets!, 1e-6, "targets");
    }
}
