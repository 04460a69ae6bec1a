using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public class AdamW : OptimizerHelper, optim.IBetas
        {
            private readonly Options _defaults;

            public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

            public AdamW(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            {
                IAdamOptions.Validate(lr, beta1, beta2, eps, weight_decay);
                _defaults = new() { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay,
                    amsgrad = amsgrad, maximize = maximize };
                foreach (var group in parameters) add_param_group(group);
            }

            public (double, double) Betas
            {
                get => (_defaults.beta1!.Value, _defaults.beta2!.Value);
                set => (_defaults.beta1, _defaults.beta2) = value;
            }

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            private protected override OptimizerOptions Complete(OptimizerOptions? given)
            {
                var options = (Options?)given ?? new();
                options.LearningRate ??= _defaults.LearningRate;
                ((IAdamOptions)options).FillFrom(_defaults);
                return options;
            }

            private protected override void Update(OptimizerOptions options, List<Tensor> parameters, List<Tensor> gradients,
                List<OptimizerState> states) =>
                AdamUpdate.Run(options.LearningRate!.Value, (Options)options, decoupled: true, parameters, gradients, states.Cast<State>());

            public sealed class State : OptimizerState, IDisposable, IAdamState
            {
                public long step;
                public Tensor? exp_avg;
                public Tensor? exp_avg_sq;
                public Tensor? max_exp_avg_sq;

                public State(Parameter parameter) : base(parameter) { }

                ref long IAdamState.Step => ref step;
                ref Tensor? IAdamState.Mean => ref exp_avg;
                ref Tensor? IAdamState.Square => ref exp_avg_sq;
                ref Tensor? IAdamState.LargestSquare => ref max_exp_avg_sq;

                private IAdamState Shared => this;

                public void Dispose() => Shared.Release();

                public override void to(Device device) => Shared.CopyFrom(this, device);

                public override void SaveStateDict(BinaryWriter writer) => Shared.Write(writer);

                public override void LoadStateDict(BinaryReader reader) => Shared.Read(reader, Parameter.device);

                public override void LoadStateDict(OptimizerState source) => Shared.CopyFrom((State)source, Parameter.device);

                public override bool ApproximatelyEquals(OptimizerState other) => other is State state && step == state.step
                    && Close(exp_avg, state.exp_avg) && Close(exp_avg_sq, state.exp_avg_sq) && Close(max_exp_avg_sq, state.max_exp_avg_sq);

                public override void Initialize(OptimizerOptions options) =>
                    Shared.Initialize(Parameter, ((Options)options).amsgrad!.Value);
            }

            public class Options : OptimizerOptions, IAdamOptions
            {
                public double? beta1;
                public double? beta2;
                public double? weight_decay;
                public double? eps;
                public bool? amsgrad;
                public bool? maximize;

                ref double? IAdamOptions.Beta1 => ref beta1;
                ref double? IAdamOptions.Beta2 => ref beta2;
                ref double? IAdamOptions.WeightDecay => ref weight_decay;
                ref double? IAdamOptions.Epsilon => ref eps;
                ref bool? IAdamOptions.AmsGrad => ref amsgrad;
                ref bool? IAdamOptions.Maximize => ref maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    ((IAdamOptions)this).Write(writer);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    ((IAdamOptions)this).Read(reader);
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    ((IAdamOptions)this).CopyFrom((Options)source);
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IBetas
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                    double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps,
                        weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize }) { }

                public (double, double) Betas
                {
                    get => (Options.beta1!.Value, Options.beta2!.Value);
                    set => (Options.beta1, Options.beta2) = value;
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9,
                double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
