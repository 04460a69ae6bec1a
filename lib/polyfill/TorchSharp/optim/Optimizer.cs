using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public abstract partial class Optimizer : IDisposable
        {
            private protected Optimizer() { }

            public abstract IEnumerable<ILearningRateController> ParamGroups { get; }

            public abstract IEnumerable<Parameter> parameters();

            public abstract void add_param_group(ParamGroup param_group);

            /// <summary>Sets every gradient to zeros; a module's own zero_grad drops them instead, which is faster.</summary>
            public abstract void zero_grad();

            /// <summary>Updates every parameter that has a gradient. With a closure, runs that first and returns its loss.</summary>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing) { }

            /// <summary>An optimizer's own options (one for each group) and states (one for each parameter, in order): not copies.</summary>
            public class StateDictionary
            {
                internal StateDictionary() { }

                public List<OptimizerOptions> Options { get; private set; } = [];

                public List<OptimizerState> State { get; private set; } = [];

                /// <summary>For each group, which states are its parameters'.</summary>
                public List<List<int>> StateIndexRef { get; private set; } = [];
            }
        }

        public interface ILearningRateController
        {
            double LearningRate { get; set; }

            double InitialLearningRate { get; set; }
        }

        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }
    }
}
