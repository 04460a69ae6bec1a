using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class Softmax : nn.Module<Tensor, Tensor>
        {
            internal Softmax(long dim) : base(nameof(Softmax)) => this.dim = dim;

            public long dim { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.softmax(tensor, dim);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Softmax Softmax(long dim) => new(dim);

            public static partial class functional
            {
                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                    Aten.Call("softmax.int", input, dim, dtype);
            }
        }
    }
}
