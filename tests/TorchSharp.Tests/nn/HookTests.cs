using static TorchSharp.torch;

namespace TorchSharp.Tests.Nn;

public sealed class HookTests
{
    [Fact]
    public void Hooks_run_around_forward_until_removed()
    {
        using var relu = torch.nn.ReLU();
        var calls = new List<string>();
        var before = relu.register_forward_pre_hook((_, _) => { calls.Add("before"); return null; });
        var after = relu.register_forward_hook((_, _, _) => { calls.Add("after"); return null; });
        var plain = relu.register_forward_hook(module => calls.Add(module.GetName()));
        relu.call(ones(1));
        Assert.Equal(["before", "after", "ReLU"], calls);
        before.remove();
        plain.remove();
        after.remove();
        relu.call(ones(1));
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public void What_a_hook_returns_replaces_input_or_output()
    {
        using var relu = torch.nn.ReLU();
        relu.register_forward_pre_hook((_, input) => input + 5);
        relu.register_forward_hook((_, _, output) => output * 2);
        Expect.Values(relu.call(tensor(new[] { -4f, -6f })), 2, 0);
    }

    [Fact]
    public void A_hook_in_a_sequence_keeps_an_intermediate_result_by_aliasing_it()
    {
        using var first = torch.nn.ReLU();
        using var sequential = torch.nn.Sequential(first, torch.nn.Flatten(0));
        Tensor? seen = null, kept = null;
        first.register_forward_hook((_, _, output) => { (seen, kept) = (output, output.alias()); return null; });
        sequential.call(tensor(new[,] { { -1f, 2f } }));
        Assert.True(seen!.IsInvalid);
        Expect.Values(kept!, 0, 2);
    }

    [Fact]
    public void A_loss_calls_hooks_with_both_inputs()
    {
        using var loss = torch.nn.MSELoss();
        loss.register_forward_pre_hook((_, input, target) => (input * 2, target));
        loss.register_forward_hook((_, _, _, output) => output + 1);
        Expect.Values(loss.call(tensor(new[] { 1f }), tensor(new[] { 5f })), 10);
    }
}
