using DistillKit.Edge.Fusion;

namespace DistillKit.Edge.Execution;

/// <summary>How a buffer's elements are stored.</summary>
internal enum Format { Byte = 1, Single = 4 }

/// <summary>The memory of one value for a chunk of images: dense NHWC. The memory plan says where it lies.</summary>
/// <param name="grid">What u8 elements mean; null for floats, and where each image has its own (dynamic quantization).</param>
internal sealed unsafe class Activation(Layer layer, Format format, Grid? grid = null)
{
    /// <summary>The name of the layer whose value it is.</summary>
    public string Name { get; } = layer.Name;
    public Shape Shape { get; } = layer.Shape;
    public Format Format { get; } = format;
    public Grid? Grid { get; } = grid;
    public long BytesOfImage { get; } = (long)layer.Shape.Elements * (int)format;

    /// <summary>Set by the memory plan; for the network's input, set for each run.</summary>
    public byte* Address { get; set; }

    public byte* Bytes(int image) => Address + image * BytesOfImage;

    public float* Floats(int image) => (float*)Bytes(image);

    public override string ToString() => Shape.ToString();
}
