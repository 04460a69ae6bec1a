using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class Sigmoid : nn.Module<Tensor, Tensor>
        {
            internal Sigmoid(bool inplace) : base(nameof(Sigmoid)) => this.inplace = inplace;

            public bool inplace { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Sigmoid Sigmoid() => new(false);

            public static Sigmoid Sigmoid(bool inplace) => new(inplace);

            public static partial class functional
            {
                public static Tensor sigmoid(Tensor x) => sigmoid(x, false);

                public static Tensor sigmoid(Tensor x, bool inplace) => Activate("sigmoid", x, inplace);

                /// <summary>Applies an element-wise operator, or its in-place form; then the result is another handle to the input.</summary>
                private static Tensor Activate(string op, Tensor x, bool inplace)
                {
                    if (!inplace) return Aten.Call(op, x);
                    Aten.Run(op + "_", x);
                    return x.alias();
                }
            }
        }
    }
}
