using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class init
        {
            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                _ => 1.0,
            };

            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                if (tensor.shape is not [var outputs, var inputs, .. var kernel])
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var field = kernel.Aggregate(1L, (product, size) => product * size);
                return (inputs * field, outputs * field);
            }

            public static Tensor ones_(Tensor tensor) => Fill("fill_.Scalar", tensor, 1.0);

            public static Tensor zeros_(Tensor tensor) => Fill("zero_", tensor);

            public static Tensor constant_(Tensor tensor, Scalar val) => Fill("fill_.Scalar", tensor, val);

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                Fill("uniform_", tensor, low, high, generator);

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Fill("normal_", tensor, mean, std, generator);

            /// <summary>Draws from a normal distribution cut off at a and b, through the inverse of its distribution function.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0,
                Generator? generator = null)
            {
                uniform_(tensor, 2 * NormalDistribution((a - mean) / std) - 1, 2 * NormalDistribution((b - mean) / std) - 1, generator);
                Fill("erfinv_", tensor);
                Fill("mul_.Scalar", tensor, std * Math.Sqrt(2));
                Fill("add_.Scalar", tensor, mean);
                return Fill("clamp_", tensor, a, b);
            }

            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                UniformOfDeviation(tensor, calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));

            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0) =>
                UniformOfDeviation(tensor, XavierDeviation(tensor, gain));

            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => normal_(tensor, 0, XavierDeviation(tensor, gain));

            /// <summary>PyTorch's own start for linear and convolution layers.</summary>
            internal static void ResetWeightAndBias(Parameter weight, Parameter? bias)
            {
                kaiming_uniform_(weight, Math.Sqrt(5));
                var (fanIn, _) = CalculateFanInAndFanOut(weight);
                if (bias is not null && fanIn > 0) uniform_(bias, -1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn));
            }

            private static Tensor Fill(string op, Tensor tensor, params ReadOnlySpan<Argument> arguments)
            {
                using var _ = no_grad();
                Aten.Run(op, [tensor, .. arguments]);
                return tensor;
            }

            private static Tensor UniformOfDeviation(Tensor tensor, double deviation) =>
                uniform_(tensor, -Math.Sqrt(3) * deviation, Math.Sqrt(3) * deviation);

            private static long Fan(Tensor tensor, FanInOut mode)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return mode == FanInOut.FanIn ? fanIn : fanOut;
            }

            private static double XavierDeviation(Tensor tensor, double gain)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static double NormalDistribution(double x)
            {
                using var scope = NewDisposeScope();
                return (1 + Aten.Call("erf", tensor(x / Math.Sqrt(2), ScalarType.Float64)).item<double>()) / 2;
            }
        }
    }
}
