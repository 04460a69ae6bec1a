using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients together so that their joint norm is at most <paramref name="max_norm"/>. Returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                var gradients = Gradients(tensors);
                if (gradients.Count == 0) return 0;
                var norms = Aten.CallMany("_foreach_norm.Scalar", gradients, norm_type);
                var total = Aten.Call("linalg_vector_norm", Aten.Call("stack", norms), norm_type).to(ScalarType.Float64).item<double>();
                var scale = max_norm / (total + 1e-6);
                if (scale < 1) Aten.Run("_foreach_mul_.Scalar", gradients, scale);
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                foreach (var gradient in Gradients(tensors)) Aten.Run("clamp_", gradient, -clip_value, clip_value);
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return Aten.Call("cat", tensors.Select(tensor => Aten.Call("reshape", tensor,
                    new[] { -1L })).ToArray()).MoveToOuterDisposeScope();
            }

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                var start = 0L;
                foreach (var tensor in tensors)
                {
                    var length = tensor.shape.Aggregate(1L, (product, size) => product * size);
                    tensor.copy_(Aten.Call("reshape", Aten.Call("narrow", vec, 0L, start, length), tensor.shape));
                    start += length;
                }
            }

            private static List<Tensor> Gradients(IEnumerable<Parameter> tensors) =>
                tensors.Select(tensor => tensor.grad).OfType<Tensor>().ToList();
        }
    }
}
