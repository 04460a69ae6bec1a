using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class TrainingTests
{
    [Theory]
    [InlineData("resnet18-quarter", """{ "family": "resnet", "depth": 18, "width": 0.25 }""")]
    [InlineData("mobilenetv2-quarter", """{ "family": "mobilenetv2", "width": 0.25, "dropout": 0 }""")]
    public void Three_training_steps_give_PyTorchs_losses_gradients_and_statistics(string name, string spec)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load($"training-{name}");
        using var network = ModelSpec.Parse(spec).Build();
        Formula.Fill(network, fixture.Number("gain"), fixture.Number("bias"));
        network.train();
        using var optimizer = optim.SGD(network.parameters(), fixture.Number("learning_rate"));
        var losses = new List<float>();
        for (var step = 0; step < 3; step++)
        {
            var loss = nn.functional.cross_entropy(network.call(Formula.Images($"images{step}", 8, 32)), Formula.Labels(8));
            optimizer.zero_grad();
            loss.backward();
            if (step == 0) CompareGradients(fixture, network);
            optimizer.step();
            losses.Add(loss.item<float>());
        }

        Close.Assert(fixture["losses"], tensor([.. losses], [3]), 1e-4, "losses");
        var state = network.state_dict();
        foreach (var (key, expected) in fixture.Under("state.")) Close.Assert(expected, state[key], 1e-4, key);
    }

    private static void CompareGradients(Fixture fixture, nn.Module network)
    {
        var parameters = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        foreach (var (key, expected) in fixture.Under("gradient."))
            Close.AssertRelative(expected, parameters[key].grad!, 2e-4, "gradient of " + key);
    }
}
