using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class OptimizerTests
{
    private const int Steps = 20;

    [Fact]
    public void Nesterov_SGD_with_a_one_cycle_schedule_follows_PyTorch() =>
        Compare("optimizer-sgd-one-cycle", new Schedule(ScheduleKind.OneCycle, WarmUp: 0.25), OptimizerKind.Sgd);

    [Fact]
    public void AdamW_with_a_cosine_schedule_follows_PyTorch() =>
        Compare("optimizer-adamw-cosine", new Schedule(ScheduleKind.Cosine, WarmUp: 0), OptimizerKind.AdamW);

    private static void Compare(string name, Schedule schedule, OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load(name);
        using var network = new TinyNetwork();
        Formula.Fill(network, fixture.Number("gain"));
        network.train();
        var recipe = new OptimizerRecipe(kind, Momentum: 0.9, WeightDecay: fixture.Number("weight_decay"));
        using var optimizer = new Optimizer(recipe, [.. network.parameters()]);
        double[] rates = [.. Enumerable.Range(0, Steps).Select(step => fixture.Number("peak") * schedule.At(step, Steps))];
        float[] losses = [.. rates.Select((rate, step) => Step(network, optimizer, rate, step))];

        Close.Assert(fixture["rates"], tensor(rates, [Steps]), 1e-7, "learning rates");
        Close.Assert(fixture["losses"], tensor(losses, [Steps]), 1e-4, "losses");
        var state = network.state_dict();
        foreach (var (key, expected) in fixture.Under("final.")) Close.Assert(expected, state[key], 1e-4, key);
    }

    private static float Step(TinyNetwork network, Optimizer optimizer, double rate, int step)
    {
        using var scope = NewDisposeScope();
        optimizer.LearningRate = rate;
        var loss = nn.functional.cross_entropy(network.call(Formula.Images($"images{step}", 16, 8)), Formula.Labels(16));
        network.zero_grad();
        loss.backward();
        optimizer.Step();
        return loss.item<float>();
    }

    private sealed class TinyNetwork : nn.Module<Tensor, Tensor>
    {
        private readonly Convolution conv1 = new(3, 8, kernel: 3);
        private readonly BatchNorm bn1 = new(8);
        private readonly Convolution conv2 = new(8, 16, kernel: 3, stride: 2);
        private readonly BatchNorm bn2 = new(16);
        private readonly Classifier fc = new(16, 10);

        public TinyNetwork() : base(nameof(TinyNetwork)) => RegisterComponents();

        public override Tensor forward(Tensor images) => fc.call(bn2.call(conv2.call(bn1.call(conv1.call(images)).relu())).relu());
    }
}
