using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    public enum PaddingModes
    {
        Zeros = 0,
        Reflect = 1,
        Replicate = 2,
        Circular = 3,
        Constant = 4,
    }

    public enum Padding
    {
        Valid = 0,
        Same = 1,
    }

    namespace Modules
    {
        public abstract class Convolution : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = nameof(bias))]
            private Parameter? _bias;

            [ComponentName(Name = nameof(weight))]
            private Parameter? _weight;

            private protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride,
                long[]? padding, Padding? padding_type, long[] dilation, long groups, bool bias, PaddingModes padding_mode, Device? device,
                ScalarType? dtype) : base(name)
            {
                this.in_channels = in_channels;
                this.out_channels = out_channels;
                this.kernel_size = kernel_size;
                this.stride = stride;
                this.dilation = dilation;
                this.groups = groups;
                this.padding_mode = padding_mode;
                if (padding_type is { } type) SetPadding(type);
                else SetPadding(padding ?? new long[kernel_size.Length]);

                weight = nn.Parameter(empty([out_channels, in_channels / groups, .. kernel_size], dtype, device));
                if (bias) this.bias = nn.Parameter(empty([out_channels], dtype, device));
                reset_parameters();
            }

            public long in_channels { get; }
            public long out_channels { get; }
            public Padding? padding_type { get; private set; }
            public long[]? padding { get; private set; }
            public PaddingModes padding_mode { get; set; }
            public long groups { get; set; }
            public long[] kernel_size { get; set; }
            public long[] stride { get; set; }
            public long[] dilation { get; set; }

            public Parameter weight
            {
                get => _weight!;
                set => SetParameter(ref _weight, value, nameof(weight));
            }

            public Parameter? bias
            {
                get => _bias;
                set => SetParameter(ref _bias, value, nameof(bias));
            }

            public void reset_parameters() => nn.init.ResetWeightAndBias(weight, bias);

            public void SetPadding(long[] padding) => (this.padding, padding_type) = (padding, null);

            public void SetPadding(Padding padding)
            {
                if (padding == Padding.Same && stride.Any(step => step != 1))
                    throw new ArgumentException("padding='same' is not supported for strided convolutions");
                (this.padding, padding_type) = (null, padding);
            }

            /// <summary>The padding as <c>nn.functional.pad</c> wants it: last dimension first, before and after.</summary>
            private protected long[] PaddingByDimension()
            {
                var both = kernel_size.Select((kernel, i) =>
                {
                    if (padding is not null) return (Before: padding[i], After: padding[i]);
                    var total = padding_type == Padding.Same ? dilation[i] * (kernel - 1) : 0;
                    return (Before: total / 2, After: total - total / 2);
                });
                return both.Reverse().SelectMany(pad => new[] { pad.Before, pad.After }).ToArray();
            }
        }
    }
}
