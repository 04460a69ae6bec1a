namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static bool is_grad_enabled() => Native.dk_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_inference_mode_enabled() => Native.dk_inference_mode() != 0;

    public static partial class autograd
    {
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            var found = new nint[inputs.Count];
            var gradients = Native.Handles(grad_outputs);
            Native.Check(Native.dk_grad(Native.Handles(outputs), outputs.Count, Native.Handles(inputs), inputs.Count, gradients,
            gradients.Length,
                Native.Flag(retain_graph), Native.Flag(create_graph), Native.Flag(allow_unused), found), "grad");
            return found.Select(handle => Tensor.FromNative(handle)!).ToList();
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            var gradients = Native.Handles(grad_tensors);
            var leaves = Native.Handles(inputs);
            Native.Check(Native.dk_backward(Native.Handles(tensors), tensors.Count, gradients, gradients.Length, leaves, leaves.Length,
                Native.Flag(retain_graph ?? create_graph), Native.Flag(create_graph)), "backward");
        }
    }

    private sealed class GradMode : IDisposable
    {
        private readonly sbyte _before = Native.dk_grad_mode();

        internal GradMode(bool enabled) => Native.dk_set_grad_mode(Native.Flag(enabled));

        public void Dispose() => Native.dk_set_grad_mode(_before);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.dk_inference_begin(Native.Flag(enabled));

        public void Dispose()
        {
            if (_guard != 0) Native.dk_inference_end(_guard);
            _guard = 0;
        }
    }
}
