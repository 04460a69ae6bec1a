using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>A tensor that a module learns. Takes over the tensor it is made of, which is invalid afterwards, and its place in a dispose scope.</summary>
        public class Parameter : Tensor
        {
            public Parameter(Tensor data, bool requires_grad = true) : base(Retain(data))
            {
                if (data.OwningDisposeScope is { } scope) scope.Attach(this);
                else DetachFromDisposeScope();
                data.Dispose();
                this.requires_grad = requires_grad;
            }

            private static nint Retain(Tensor data)
            {
                Native.dk_tensor_retain(data.Handle);
                return data.Handle;
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
