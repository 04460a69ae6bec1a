namespace DistillKit.Edge.Execution;

/// <summary>The shape of one image's value. Flattening only sets a mark, because values lie in memory as NHWC and stay there.</summary>
internal readonly record struct ValueShape(int Channels, int Height, int Width, bool IsFlat = false)
{
    public int Pixels => Height * Width;

    public int Elements => Channels * Height * Width;

    public override string ToString() => IsFlat ? $"[{Elements}]" : $"[{Channels}, {Height}, {Width}]";
}

/// <summary>How a buffer's elements are stored.</summary>
internal enum ElementFormat { Byte = 1, Single = 4 }

/// <summary>The memory of one value for a chunk of images: dense NHWC. <see cref="BufferPlacement"/> says where it lies.</summary>
/// <param name="name">The name of the layer whose value it is.</param>
/// <param name="grid">What u8 elements mean; null for floats, and where each image has its own (dynamic quantization).</param>
internal sealed unsafe class ActivationBuffer(string name, ValueShape shape, ElementFormat format, QuantizationGrid? grid = null)
{
    public string Name { get; } = name;
    public ValueShape Shape { get; } = shape;
    public ElementFormat Format { get; } = format;
    public QuantizationGrid? Grid { get; } = grid;
    public long BytesOfImage { get; } = (long)shape.Elements * (int)format;

    /// <summary>Set when memory is allocated; for the network's input, set for each run.</summary>
    public byte* Address { get; set; }

    public byte* Bytes(int image) => Address + image * BytesOfImage;

    public float* Floats(int image) => (float*)Bytes(image);
}
