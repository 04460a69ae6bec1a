namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rate of an optimizer's groups, first when constructed and then at each <c>step</c>.</summary>
            public abstract class LRScheduler
            {
                internal readonly Optimizer _optimizer;
                internal int _last_epoch;
                internal IReadOnlyList<double> _last_lrs;
                private readonly bool _verbose;

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    _last_lrs = Rates;
                    InitialRates = Groups.Select(group => group.InitialLearningRate).ToArray();
                }

                private protected ILearningRateController[] Groups => _optimizer.ParamGroups.ToArray();

                private protected double[] Rates => Array.ConvertAll(Groups, group => group.LearningRate);

                /// <summary>The rates that the optimizer was constructed with.</summary>
                private protected double[] InitialRates { get; }

                public virtual void step() => step(null);

                /// <summary>Goes on by one epoch, or to a given one.</summary>
                public virtual void step(int? epoch)
                {
                    _last_epoch = epoch ?? _last_epoch + 1;
                    Apply((epoch is null ? get_lr() : get_closed_form_lr()).ToArray());
                }

                /// <summary>Ignores the metric, except in a ReduceLROnPlateau.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                public IEnumerable<double> get_last_lr() => _last_lrs;

                /// <summary>The groups' next rates, mostly from their present ones.</summary>
                protected virtual IEnumerable<double> get_lr() => Rates;

                /// <summary>The groups' rates at the present epoch, from their initial ones.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                private protected void Apply(double[] rates)
                {
                    var groups = Groups;
                    for (var i = 0; i < groups.Length; i++)
                    {
                        groups[i].LearningRate = rates[i];
                        if (_verbose && rates[i] != _last_lrs[i]) Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                    }
                    _last_lrs = rates;
                }
            }
        }
    }
}
