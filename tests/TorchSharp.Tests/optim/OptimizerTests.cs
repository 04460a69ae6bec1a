using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Tests.Optim;

/// <summary>Expected numbers are PyTorch 1.13's after five steps on sum(w^2 [0.5, 1, 1.5]) + sum(exp(b)) from w = [0.5, -1.25, 2], b = [[0.1, -0.3]].</summary>
public sealed class OptimizerTests
{
    private readonly Parameter _w = torch.nn.Parameter(tensor(new[] { 0.5f, -1.25f, 2f }));
    private readonly Parameter _b = torch.nn.Parameter(tensor(new[,] { { 0.1f, -0.3f } }));

    private Parameter[] Both => [_w, _b];

    private void Steps(OptimizerHelper optimizer, int count = 5)
    {
        for (var i = 0; i < count; i++)
        {
            optimizer.zero_grad();
            (_w * _w * tensor(new[] { 0.5f, 1f, 1.5f })).sum().add(_b.exp().sum()).backward();
            optimizer.step();
        }
    }

    private void After(OptimizerHelper optimizer, double[] w, double[] b)
    {
        Steps(optimizer);
        Expect.Values(_w, w);
        Expect.Values(_b, b);
    }

    [Fact]
    public void Plain_descent() => After(SGD(Both, 0.1), [0.295244992, -0.40959996, 0.336139977], [-0.356547534, -0.62402159]);

    [Fact]
    public void Momentum() => After(SGD(Both, 0.05, momentum: 0.9), [0.208578005, 0.0364499204, -0.712609351], [-0.5469262, -0.749209166]);

    [Fact]
    public void Momentum_with_dampening_and_decay() =>
        After(SGD(Both, 0.05, 0.9, dampening: 0.3, weight_decay: 0.01), [0.259892851, -0.16281718, -0.363727659],
            [-0.42658332, -0.661139488]);

    [Fact]
    public void Nesterov_momentum_with_decay() =>
        After(SGD(Both, 0.05, 0.9, weight_decay: 5e-4, nesterov: true), [0.157836169, 0.130922303, -0.659260571],
            [-0.669644654, -0.845264792]);

    [Fact]
    public void Ascent() => After(SGD(Both, 0.05, 0.9, weight_decay: 0.01, maximize: true), [0.864884794, -3.30116844, 7.49629021],
        [0.94275701, 0.237481177]);

    [Fact]
    public void Adams() => After(Adam(Both, 0.05), [0.253981858, -1.00111246, 1.75063384], [-0.148665175, -0.548665166]);

    [Fact]
    public void Adam_with_decay() => After(Adam(Both, 0.05, weight_decay: 0.1), [0.253981829, -1.00111246, 1.75063384],
        [-0.148511082, -0.548315883]);

    [Fact]
    public void Adam_with_ams_and_ascent() => After(Adam(Both, 0.05, amsgrad: true, maximize: true),
        [0.751089573, -1.50066721, 2.25046062], [0.350823045, -0.0491769724]);

    [Fact]
    public void Decoupled_decay() => After(AdamW(Both, 0.05, weight_decay: 0.1), [0.244365022, -0.972824991, 1.70376158],
        [-0.148651004, -0.538812995]);

    [Fact]
    public void Decoupled_decay_with_ams() =>
        After(AdamW(Both, 0.05, 0.8, 0.9, 1e-6, 0.01, amsgrad: true), [0.253356844, -0.998358965, 1.74596369],
            [-0.148549318, -0.547556937]);

    [Fact]
    public void Parameters_without_a_gradient_stay_and_their_first_step_may_come_later()
    {
        var optimizer = SGD(Both, 0.1, momentum: 0.9);
        _b.exp().sum().backward();
        optimizer.step();
        Expect.Values(_w, 0.5, -1.25, 2);
        Steps(optimizer, 1);
        Expect.Values(_w, 0.45, -1, 1.4);
        var adam = Adam([_w]);
        adam.step();
        Assert.Equal(1, ((Adam.State)adam.state_dict().State[0]).step);
    }

    [Fact]
    public void Groups_have_their_own_options_and_the_optimizers_where_they_say_nothing()
    {
        var optimizer = SGD([new SGD.ParamGroup([_w], new SGD.Options { weight_decay = 0 }), new SGD.ParamGroup { Parameters = [_b] }],
            0.1, weight_decay: 0.5);
        var groups = optimizer.ParamGroups.Cast<SGD.ParamGroup>().ToList();
        Assert.Equal([0.1, 0.1], groups.Select(group => group.LearningRate));
        Assert.Equal([0, 0.5], groups.Select(group => group.Options.weight_decay!.Value));
        groups[1].LearningRate = 0;
        Steps(optimizer, 1);
        Expect.Values(_w, 0.45, -1, 1.4);
        Expect.Values(_b, 0.1, -0.3);
        Assert.Equal([0.1, 0.1], groups.Select(group => group.InitialLearningRate));
    }

    public static TheoryData<string> Kinds => ["SGD", "Adam", "AdamW"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Saved_state_resumes_exactly(string kind)
    {
        OptimizerHelper New(double learningRate) => kind switch
        {
            "SGD" => SGD(Both, learningRate, 0.9, weight_decay: 0.01, nesterov: true),
            "Adam" => Adam(Both, learningRate, amsgrad: true),
            _ => AdamW(Both, learningRate, weight_decay: 0.1),
        };
        var original = New(0.05);
        Steps(original, 3);
        var (w, b) = (_w.clone(), _b.clone());
        var file = new MemoryStream();
        original.save_state_dict(new BinaryWriter(file));
        var another = New(0.1);
        another.load_state_dict(original.state_dict());
        Assert.All(original.state_dict().State.Zip(another.state_dict().State), pair =>
            Assert.True(pair.First.ApproximatelyEquals(pair.Second)));
        Steps(original, 2);
        var expected = (W: _w.detach().clone(), B: _b.detach().clone());

        var fromFile = New(0.1);
        using (NewDisposeScope()) fromFile.load_state_dict(new BinaryReader(new MemoryStream(file.ToArray())));
        foreach (var resumed in new[] { another, fromFile })
        {
            using (no_grad())
            {
                _w.copy_(w);
                _b.copy_(b);
            }
            Steps(resumed, 2);
            Assert.True(_w.Equals(expected.W) && _b.Equals(expected.B));
        }
        Assert.Throws<ArgumentException>(() => SGD([_w], 0.1).load_state_dict(New(0.1).state_dict()));
        Assert.Throws<InvalidDataException>(() => (kind == "SGD" ? (OptimizerHelper)Adam(Both)
            : SGD(Both, 1)).load_state_dict(new BinaryReader(new MemoryStream(file.ToArray()))));
    }

    [Fact]
    public void State_survives_the_scope_of_a_step()
    {
        var optimizer = SGD(Both, 0.05, momentum: 0.9);
        using (NewDisposeScope()) Steps(optimizer, 1);
        Assert.All(optimizer.state_dict().State, state => Assert.False(((SGD.State)state).momentum_buffer!.IsInvalid));
        Assert.Equal([0, 1], optimizer.state_dict().StateIndexRef.Single());
    }

    [Fact]
    public void A_closure_computes_the_loss_that_is_returned()
    {
        var optimizer = SGD([_w], 0.1);
        var loss = optimizer.step(() =>
        {
            var sum = _w.sum();
            sum.backward();
            return sum;
        });
        Expect.Values(loss!, 1.25);
        Expect.Values(_w, 0.4, -1.35, 1.9);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SGD(Both, -1));
        Assert.Throws<ArgumentException>(() => SGD(Both, 0.1, momentum: -1));
        Assert.Throws<ArgumentException>(() => SGD(Both, 0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => SGD(Both, 0.1, weight_decay: -1));
        Assert.Throws<ArgumentException>(() => Adam(Both, beta1: 1));
        Assert.Throws<ArgumentException>(() => AdamW(Both, eps: -1));
    }
}
