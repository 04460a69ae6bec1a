using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;
using Strategy = TorchSharp.torch.optim.lr_scheduler.impl.OneCycleLR.AnnealStrategy;

namespace TorchSharp.Tests.Optim;

/// <summary>Expected numbers are the learning rates of PyTorch 1.13's schedulers of the same arguments over twelve steps of SGD at 0.5.</summary>
public sealed class SchedulerTests
{
    private readonly SGD _optimizer = SGD([torch.nn.Parameter(zeros(1))], 0.5, momentum: 0.9);

    private SGD.ParamGroup Group => (SGD.ParamGroup)_optimizer.ParamGroups.Single();

    private void Expected(LRScheduler scheduler, double[] rates, double[]? momenta = null)
    {
        for (var i = 0; i < rates.Length; i++)
        {
            Assert.Equal(rates[i], Group.LearningRate, 1e-11);
            Assert.Equal([Group.LearningRate], scheduler.get_last_lr());
            if (momenta is not null) Assert.Equal(momenta[i], Group.Momentum, 1e-11);
            scheduler.step();
        }
    }

    [Fact]
    public void Steps() => Expected(StepLR(_optimizer, 3, 0.5),
        [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.0625]);

    [Fact]
    public void Milestones() => Expected(MultiStepLR(_optimizer, [2, 5, 9]),
        [0.5, 0.5, 0.05, 0.05, 0.05, 0.005, 0.005, 0.005, 0.005, 0.0005, 0.0005, 0.0005]);

    [Fact]
    public void Function() => Expected(LambdaLR(_optimizer, epoch => Math.Pow(0.9, epoch)),
        [0.5, 0.45, 0.405, 0.3645, 0.32805, 0.295245, 0.2657205, 0.23914845, 0.215233605, 0.1937102445, 0.17433922005, 0.156905298045]);

    [Fact]
    public void Line() => Expected(LinearLR(_optimizer, 0.25, 1.0, 6),
        [0.125, 0.1875, 0.25, 0.3125, 0.375, 0.4375, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);

    [Fact]
    public void Cosine() => Expected(CosineAnnealingLR(_optimizer, 5, 0.01),
        [0.5, 0.453209163622, 0.330709163622, 0.179290836378, 0.0567908363781, 0.01, 0.0567908363781, 0.179290836378, 0.330709163622,
            0.453209163622, 0.5, 0.453209163622]);

    [Fact]
    public void One_cycle() => Expected(OneCycleLR(_optimizer, 0.8, total_steps: 12),
        [0.032, 0.279831723376, 0.703428127298, 0.795532348361, 0.746410375873, 0.64939652316, 0.517903198156, 0.370109682134,
            0.226448798567, 0.106782024151, 0.0276535899403, 3.2e-06],
        [0.95, 0.917730244352, 0.862574462591, 0.850558458689, 0.856698729811, 0.868825509907, 0.885262241279, 0.903736504679,
            0.921694186956, 0.936652593591, 0.946543687432, 0.95]);

    [Fact]
    public void One_cycle_in_lines() => Expected(
        OneCycleLR(_optimizer, 0.8, epochs: 3, steps_per_epoch: 4, pct_start: 0.25, anneal_strategy: Strategy.Linear,
            cycle_momentum: false, div_factor: 10, final_div_factor: 100),
        [0.08, 0.44, 0.8, 0.7112, 0.6224, 0.5336, 0.4448, 0.356, 0.2672, 0.1784, 0.0896, 0.0008]);

    [Fact]
    public void One_cycle_in_three_phases() => Expected(OneCycleLR(_optimizer, 0.8, total_steps: 12, three_phase: true),
        [0.032, 0.279831723376, 0.703428127298, 0.756015113851, 0.369713914782, 0.0431583421084, 0.0305213545941, 0.0249796951465,
            0.0168677359151, 0.00850781440231, 0.0022932561528, 3.2e-06],
        [0.95, 0.917730244352, 0.862574462591, 0.855727198717, 0.906026834013, 0.948547090871, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]);

    [Fact]
    public void One_cycle_ends_after_its_steps_and_checks_its_arguments()
    {
        var scheduler = OneCycleLR(_optimizer, 0.8, total_steps: 3);
        for (var i = 0; i < 3; i++) scheduler.step();
        Assert.Throws<InvalidOperationException>(scheduler.step);
        Assert.Throws<ArgumentException>(() => OneCycleLR(_optimizer, 0.8));
        Assert.Throws<ArgumentException>(() => OneCycleLR(_optimizer, 0.8, total_steps: 0));
        Assert.Throws<ArgumentException>(() => OneCycleLR(_optimizer, 0.8, total_steps: 10, pct_start: 2));
    }

    [Fact]
    public void One_cycle_moves_the_first_beta_of_Adam()
    {
        var adam = Adam([torch.nn.Parameter(zeros(1))]);
        OneCycleLR(adam, 0.1, total_steps: 10);
        Assert.Equal((0.95, 0.999), ((Adam.ParamGroup)adam.ParamGroups.Single()).Betas);
    }

    [Fact]
    public void Sequence() => Expected(SequentialLR(_optimizer, [LinearLR(_optimizer, 0.1, 1.0, 4), CosineAnnealingLR(_optimizer, 8)], [4]),
        [0.05, 0.1625, 0.275, 0.3875, 0.5, 0.480969883128, 0.426776695297, 0.345670858091, 0.25, 0.154329141909, 0.0732233047034,
            0.0190301168722]);

    [Fact]
    public void Longer_sequence() => Expected(SequentialLR(_optimizer,
        [LinearLR(_optimizer, 0.1, 1.0, 3), StepLR(_optimizer, 2, 0.5), LambdaLR(_optimizer, _ => 0.3)], [3, 8]),
        [0.05, 0.2, 0.35, 0.5, 0.5, 0.25, 0.25, 0.125, 0.15, 0.15, 0.15, 0.15]);

    [Fact]
    public void Sequence_checks_its_parts()
    {
        Assert.Throws<ArgumentException>(() => SequentialLR(_optimizer, [StepLR(_optimizer, 2)], [4]));
        var other = SGD([torch.nn.Parameter(zeros(1))], 0.5);
        Assert.Throws<ArgumentException>(() => SequentialLR(_optimizer, [StepLR(other, 2)], []));
    }

    [Fact]
    public void Plateau()
    {
        var scheduler = ReduceLROnPlateau(_optimizer, factor: 0.5, patience: 1, cooldown: 1, min_lr: [0.1]);
        double[] losses = [1.0, 0.9, 0.9, 0.9, 0.95, 0.95, 0.95, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85];
        double[] rates = [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.1, 0.1, 0.1, 0.1];
        Assert.Equal(rates, losses.Select(loss =>
        {
            scheduler.step(loss);
            return Group.LearningRate;
        }));
        Assert.Throws<InvalidOperationException>(scheduler.step);
        Assert.Throws<ArgumentException>(() => ReduceLROnPlateau(_optimizer, "best"));
        Assert.Throws<ArgumentException>(() => ReduceLROnPlateau(_optimizer, factor: 1));
    }

    [Fact]
    public void A_given_epoch_is_reached_in_one_step()
    {
        var scheduler = StepLR(_optimizer, 3, 0.5);
        scheduler.step(7);
        Assert.Equal(0.125, Group.LearningRate);
    }
}
