using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class Dropout : nn.Module<Tensor, Tensor>
        {
            internal Dropout(double p, bool inplace) : base(nameof(Dropout))
            {
                this.p = p;
                this.inplace = inplace;
            }

            public bool inplace { get; set; }

            public double p { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static partial class functional
            {
                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                {
                    if (!inplace) return Aten.Call("dropout", input, p, training);
                    Aten.Run("dropout_", input, p, training);
                    return input.alias();
                }
            }
        }
    }
}
