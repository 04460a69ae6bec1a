using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public class SGD : OptimizerHelper, optim.IMomentum
        {
            private readonly Options _defaults;

            public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
                bool nesterov = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize) { }

            public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
                bool nesterov = false, bool maximize = false)
            {
                if (lr < 0.0) throw new ArgumentException($"Invalid learning rate: {lr}");
                if (momentum < 0.0) throw new ArgumentException($"Invalid momentum value: {momentum}");
                if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
                if (nesterov && (momentum <= 0 || dampening != 0))
                    throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
                _defaults = new() { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay,
                    nesterov = nesterov, maximize = maximize };
                foreach (var group in parameters) add_param_group(group);
            }

            public double Momentum
            {
                get => _defaults.momentum!.Value;
                set => _defaults.momentum = value;
            }

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            private protected override OptimizerOptions Complete(OptimizerOptions? given)
            {
                var options = (Options?)given ?? new();
                options.LearningRate ??= _defaults.LearningRate;
                options.momentum ??= _defaults.momentum;
                options.dampening ??= _defaults.dampening;
                options.weight_decay ??= _defaults.weight_decay;
                options.nesterov ??= _defaults.nesterov;
                options.maximize ??= _defaults.maximize;
                return options;
            }

            private protected override void Update(OptimizerOptions groupOptions, List<Tensor> parameters, List<Tensor> gradients,
                List<OptimizerState> states)
            {
                var options = (Options)groupOptions;
                var steps = gradients.ToArray();
                if (options.maximize!.Value) steps = Aten.CallMany("_foreach_neg", steps);
                if (options.weight_decay!.Value is not 0 and var decay)
                    steps = Aten.CallMany("_foreach_add.List", steps, parameters, decay);
                if (options.momentum!.Value is not 0 and var momentum)
                {
                    var buffers = Accumulate(states, steps, momentum, 1 - options.dampening!.Value);
                    steps = options.nesterov!.Value ? Aten.CallMany("_foreach_add.List", steps, buffers, momentum) : buffers;
                }
                Aten.Run("_foreach_add_.List", parameters, steps, -options.LearningRate!.Value);
            }

            /// <summary>Adds the steps to the momentum buffers; a parameter's first step becomes its buffer.</summary>
            private static Tensor[] Accumulate(List<OptimizerState> states, Tensor[] steps, double momentum, double weight)
            {
                var known = states.Cast<State>().Zip(steps).Where(pair => pair.First.momentum_buffer is not null).ToList();
                if (known.Count > 0)
                {
                    var old = known.ConvertAll(pair => pair.First.momentum_buffer!);
                    Aten.Run("_foreach_mul_.Scalar", old, momentum);
                    Aten.Run("_foreach_add_.List", old, known.ConvertAll(pair => pair.Second), weight);
                }
                if (known.Count < steps.Length)
                    foreach (var (state, step) in states.Cast<State>().Zip(steps))
                        state.momentum_buffer ??= step.clone().DetachFromDisposeScope();
                return states.Select(state => ((State)state).momentum_buffer!).ToArray();
            }

            public sealed class State : OptimizerState, IDisposable
            {
                public Tensor? momentum_buffer;

                public State(Parameter parameter) : base(parameter) { }

                public void Dispose() => momentum_buffer?.Dispose();

                public override void to(Device device) => Replace(ref momentum_buffer, momentum_buffer, device);

                public override void SaveStateDict(BinaryWriter writer) => TensorFormat.WriteOptional(writer, momentum_buffer);

                public override void LoadStateDict(BinaryReader reader) =>
                    TensorFormat.ReadOptional(reader, ref momentum_buffer, Parameter.device);

                public override void LoadStateDict(OptimizerState source) =>
                    Replace(ref momentum_buffer, ((State)source).momentum_buffer, Parameter.device);

                public override bool ApproximatelyEquals(OptimizerState other) =>
                    other is State state && Close(momentum_buffer, state.momentum_buffer);

                public override void Initialize(OptimizerOptions options) => Replace(ref momentum_buffer, null, Parameter.device);
            }

            public class Options : OptimizerOptions
            {
                public double? momentum;
                public double? dampening;
                public double? weight_decay;
                public bool? nesterov;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    foreach (var number in new[] { momentum, dampening, weight_decay }) writer.Write(number!.Value);
                    foreach (var flag in new[] { nesterov, maximize }) writer.Write(flag!.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    (momentum, dampening, weight_decay) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
                    (nesterov, maximize) = (reader.ReadBoolean(), reader.ReadBoolean());
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    (momentum, dampening, weight_decay) = (other.momentum, other.dampening, other.weight_decay);
                    (nesterov, maximize) = (other.nesterov, other.maximize);
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IMomentum
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0,
                    double weight_decay = 0, bool nesterov = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening,
                        weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }

                public double Momentum
                {
                    get => Options.momentum!.Value;
                    set => Options.momentum = value;
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0,
                double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0.0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
