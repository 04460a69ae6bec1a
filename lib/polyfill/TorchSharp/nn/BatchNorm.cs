using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public abstract class BatchNorm : NormBase
        {
            private protected BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats,
                Device? device, ScalarType? dtype, string name)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

            public override Tensor forward(Tensor input)
            {
                ValidateInputDimensions(input);
                if (training && num_batches_tracked is { } batches) Aten.Run("add_.Scalar", batches, 1L);

                // Without a momentum the running statistics are plain averages over all batches seen.
                var factor = momentum ?? (training && num_batches_tracked is { } seen ? 1.0 / seen.to(ScalarType.Int64).item<long>() : 0.0);
                var useBatch = training || (running_mean is null && running_var is null);
                return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, useBatch, factor, eps);
            }
        }

        public sealed class BatchNorm1d : BatchNorm
        {
            internal BatchNorm1d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device,
                ScalarType? dtype)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d)) { }

            protected override void ValidateInputDimensions(Tensor input)
            {
                if (input.shape.Length is not (2 or 3))
                    throw new ArgumentException($"expected 2D or 3D input, but got {input.shape.Length}D input.");
            }
        }

        public sealed class BatchNorm2d : BatchNorm
        {
            internal BatchNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device,
                ScalarType? dtype)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d)) { }

            protected override void ValidateInputDimensions(Tensor input)
            {
                if (input.shape.Length != 4) throw new ArgumentException($"expected 4D input, but got {input.shape.Length}D input.");
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static partial class functional
            {
                public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null,
                    Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
                {
                    if (training && input.shape.Where((_, dimension) => dimension != 1).All(size => size == 1))
                        throw new ExternalException($"Expected more than 1 value per channel when training, got input size [{string.Join(", ", input.shape)}]");
                    return Aten.Call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, true);
                }
            }
        }
    }
}
