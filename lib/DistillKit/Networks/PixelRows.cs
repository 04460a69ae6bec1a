using System.Runtime.Intrinsics;

namespace DistillKit.Networks;

/// <summary>Maps in channels-last memory as rows, a pixel with all of its channels each, and the passes of a batch norm over them. The
/// engine's threads share the rows.</summary>
/// <param name="maps">[N, H, W, C] without gaps, float32 or bfloat16.</param>
internal sealed class PixelRows(Tensor maps)
{
    /// <summary>The channels of a vector.</summary>
    public const int Width = 8;

    private readonly int channels = (int)maps.shape[^1];

    private interface IElement
    {
        public static abstract int Size { get; }

        public static abstract Vector256<float> Load(ref byte source);

        public static abstract void Store(Vector256<float> values, ref byte target);
    }

    /// <summary>Work on rows of maps and of other maps, which may have another type.</summary>
    private interface IPass
    {
        public void Run<TMap, TOther>(int part, int start, int end) where TMap : IElement where TOther : IElement;
    }

    private ScalarType Type => maps.dtype;

    /// <summary>The number of pixels.</summary>
    public int Count => (int)(maps.numel() / channels);

    /// <summary>The rows of maps [N, C, H, W]; a copy of those in other memory. The caller's dispose scope owns them.</summary>
    public static PixelRows Of(Tensor maps) => new(maps.permute(0, 2, 3, 1).contiguous());

    /// <summary>The first pixel.</summary>
    public float[] First() => [.. TensorMemory.Floats(maps.view(-1, channels)[0].to(ScalarType.Float32))];

    /// <summary>For each channel the sums of the values' distances to a number, and of their squares.</summary>
    public (double[] Sums, double[] Squares) Squares(float[] origin) => Sum(new SquarePass(this, origin), this);

    /// <summary>For each channel the sums of the gradients that the activation passes, and of these times the values' distances to the
    /// mean.</summary>
    public (double[] Sums, double[] Products) Products(NormChannels norm, PixelRows gradients) =>
        Sum(new ProductPass(this, gradients, norm), gradients);

    /// <summary>Writes the values, normalized and activated.</summary>
    public void Normalize(NormChannels norm, PixelRows result) => Run(new NormalizePass(this, result, norm), result);

    /// <summary>Writes the values' gradient.</summary>
    public void Back(NormChannels norm, PixelRows gradients, PixelRows result) =>
        Run(new BackPass(this, gradients, result, norm), gradients);

    private (double[], double[]) Sum(SumPass pass, PixelRows other)
    {
        Run(pass, other);
        return pass.Result();
    }

    private void Run(IPass pass, PixelRows other)
    {
        Action<int, int, int> run = (Type, other.Type) switch
        {
            (ScalarType.Float32, ScalarType.Float32) => pass.Run<Float32, Float32>,
            (ScalarType.Float32, ScalarType.BFloat16) => pass.Run<Float32, BFloat16>,
            (ScalarType.BFloat16, ScalarType.Float32) => pass.Run<BFloat16, Float32>,
            (ScalarType.BFloat16, ScalarType.BFloat16) => pass.Run<BFloat16, BFloat16>,
            var types => throw new NotSupportedException($"Norms do not compute with {types}."),
        };
        TensorMemory.Share(Count, run);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Of(float[] values, nint channel) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(values), (nuint)channel);

    private ref byte At<T>(int row) where T : IElement =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(maps.bytes), (nint)row * channels * T.Size);

    private readonly struct Float32 : IElement
    {
        public static int Size => sizeof(float);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load(ref byte source) => Vector256.LoadUnsafe(ref Unsafe.As<byte, float>(ref source));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector256<float> values, ref byte target) => values.StoreUnsafe(ref Unsafe.As<byte, float>(ref target));
    }

    private readonly struct BFloat16 : IElement
    {
        public static int Size => sizeof(ushort);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load(ref byte source)
        {
            var upper = Vector128.LoadUnsafe(ref Unsafe.As<byte, ushort>(ref source));
            return (Vector256.WidenLower(upper.ToVector256Unsafe()) << 16).AsSingle();
        }

        // To the nearest, and the even one of two, as the engine rounds.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector256<float> values, ref byte target)
        {
            var bits = values.AsUInt32();
            var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
            Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).StoreUnsafe(ref Unsafe.As<byte, ushort>(ref target));
        }
    }

    /// <summary>Two sums for each channel: float64, of float32 sums of a few rows.</summary>
    private abstract class SumPass(int channels) : IPass
    {
        private const int RowsOfSum = 64;

        private readonly (double[] First, double[] Second)[] sums =
            [.. Enumerable.Range(0, get_num_threads()).Select(_ => (new double[channels], new double[channels]))];

        public void Run<TMap, TOther>(int part, int start, int end) where TMap : IElement where TOther : IElement
        {
            var (first, second) = (new float[channels], new float[channels]);
            for (; start < end; start += RowsOfSum)
            {
                Array.Clear(first);
                Array.Clear(second);
                Add<TMap, TOther>(start, Math.Min(end, start + RowsOfSum), first, second);
                for (var channel = 0; channel < channels; channel++)
                {
                    sums[part].First[channel] += first[channel];
                    sums[part].Second[channel] += second[channel];
                }
            }
        }

        public (double[] First, double[] Second) Result()
        {
            foreach (var (first, second) in sums.Skip(1))
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    sums[0].First[channel] += first[channel];
                    sums[0].Second[channel] += second[channel];
                }
            }
            return sums[0];
        }

        protected abstract void Add<TMap, TOther>(int start, int end, float[] first, float[] second)
            where TMap : IElement where TOther : IElement;
    }

    private sealed class SquarePass(PixelRows rows, float[] origin) : SumPass(rows.channels)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Add<TMap, TOther>(int start, int end, float[] first, float[] second)
        {
            nint channels = rows.channels;
            ref var map = ref rows.At<TMap>(start);
            for (; start < end; start++, map = ref Unsafe.Add(ref map, channels * TMap.Size))
                for (nint channel = 0; channel < channels; channel += Width)
                {
                    var distance = TMap.Load(ref Unsafe.Add(ref map, channel * TMap.Size)) - Of(origin, channel);
                    (Of(first, channel) + distance).StoreUnsafe(ref first[channel]);
                    Vector256.MultiplyAddEstimate(distance, distance, Of(second, channel)).StoreUnsafe(ref second[channel]);
                }
        }
    }

    private sealed class ProductPass(PixelRows rows, PixelRows gradients, NormChannels norm) : SumPass(rows.channels)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Add<TMap, TOther>(int start, int end, float[] first, float[] second)
        {
            nint channels = rows.channels;
            ref var map = ref rows.At<TMap>(start);
            ref var gradient = ref gradients.At<TOther>(start);
            var gate = new Gate(norm);
            for (; start < end; start++)
            {
                for (nint channel = 0; channel < channels; channel += Width)
                {
                    var value = TMap.Load(ref Unsafe.Add(ref map, channel * TMap.Size));
                    var passed = gate.Pass(TOther.Load(ref Unsafe.Add(ref gradient, channel * TOther.Size)), value, channel);
                    (Of(first, channel) + passed).StoreUnsafe(ref first[channel]);
                    Vector256.MultiplyAddEstimate(passed, value - Of(norm.Mean, channel), Of(second, channel))
                        .StoreUnsafe(ref second[channel]);
                }
                map = ref Unsafe.Add(ref map, channels * TMap.Size);
                gradient = ref Unsafe.Add(ref gradient, channels * TOther.Size);
            }
        }
    }

    private sealed class NormalizePass(PixelRows rows, PixelRows results, NormChannels norm) : IPass
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TMap, TOther>(int part, int start, int end) where TMap : IElement where TOther : IElement
        {
            nint channels = rows.channels;
            ref var map = ref rows.At<TMap>(start);
            ref var result = ref results.At<TOther>(start);
            var gate = new Gate(norm);
            for (; start < end; start++)
            {
                for (nint channel = 0; channel < channels; channel += Width)
                {
                    var value = TMap.Load(ref Unsafe.Add(ref map, channel * TMap.Size));
                    TOther.Store(gate.Activate(value, channel), ref Unsafe.Add(ref result, channel * TOther.Size));
                }
                map = ref Unsafe.Add(ref map, channels * TMap.Size);
                result = ref Unsafe.Add(ref result, channels * TOther.Size);
            }
        }
    }

    private sealed class BackPass(PixelRows rows, PixelRows gradients, PixelRows results, NormChannels norm) : IPass
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TMap, TOther>(int part, int start, int end) where TMap : IElement where TOther : IElement
        {
            nint channels = rows.channels;
            ref var map = ref rows.At<TMap>(start);
            ref var result = ref results.At<TMap>(start);
            ref var gradient = ref gradients.At<TOther>(start);
            var gate = new Gate(norm);
            for (; start < end; start++)
            {
                for (nint channel = 0; channel < channels; channel += Width)
                {
                    var value = TMap.Load(ref Unsafe.Add(ref map, channel * TMap.Size));
                    var passed = gate.Pass(TOther.Load(ref Unsafe.Add(ref gradient, channel * TOther.Size)), value, channel);
                    var rest = Vector256.MultiplyAddEstimate(value, Of(norm.Slope, channel), Of(norm.Constant, channel));
                    TMap.Store(
                        Vector256.MultiplyAddEstimate(passed, Of(norm.Scale, channel), rest),
                        ref Unsafe.Add(ref result, channel * TMap.Size));
                }
                map = ref Unsafe.Add(ref map, channels * TMap.Size);
                result = ref Unsafe.Add(ref result, channels * TMap.Size);
                gradient = ref Unsafe.Add(ref gradient, channels * TOther.Size);
            }
        }
    }

    /// <summary>The norm's scale and shift, and the activation.</summary>
    private readonly struct Gate(NormChannels norm)
    {
        private readonly float[] scale = norm.Scale;
        private readonly float[] shift = norm.Shift;
        private readonly Vector256<float> low = Vector256.Create(norm.Bounds.Low);
        private readonly Vector256<float> high = Vector256.Create(norm.Bounds.High);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Activate(Vector256<float> value, nint channel) =>
            Vector256.Min(Vector256.Max(Normalize(value, channel), low), high);

        /// <summary>The gradient where the activation does not clip, 0 elsewhere.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Pass(Vector256<float> gradient, Vector256<float> value, nint channel)
        {
            var normalized = Normalize(value, channel);
            return gradient & Vector256.GreaterThan(normalized, low) & Vector256.LessThan(normalized, high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector256<float> Normalize(Vector256<float> value, nint channel) =>
            Vector256.MultiplyAddEstimate(value, Of(scale, channel), Of(shift, channel));
    }
}
