namespace DistillKit.Edge.Fusion;

/// <summary>Reads the geometry of convolutions and pools from a node's attributes, checked so that kernels need not check.</summary>
internal static class Windows
{
    public static readonly string[] Attributes = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"];
    public static readonly string[] PoolAttributes =
        ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"];

    /// <summary>Far above what any network for this engine asks for, and low enough that a hostile file cannot exhaust memory.</summary>
    private const int MostExtent = 1 << 16, MostKernelExtent = 1 << 10, MostElements = 1 << 26;

    /// <param name="weights">[outputs, inputs of a group, height, width]</param>
    public static ConvolutionGeometry Convolution(OnnxNode node, ValueShape input, int[] weights)
    {
        var groups = node.Integer("group", 1);
        if (groups < 1 || groups > input.Channels || input.Channels % groups != 0 || weights[0] % groups != 0
            || weights[1] != input.Channels / groups)
            throw node.Error($"weights of shape {Wording.Of(weights)} in {groups} groups do not fit an input of {input.Channels} channels");
        var kernel = node.Integers("kernel_shape", 2, 0, 0, MostKernelExtent);
        if ((kernel[0] != 0 && kernel[0] != weights[2]) || (kernel[1] != 0 && kernel[1] != weights[3]))
            throw node.Error($"its kernel_shape {Wording.Of(kernel)} contradicts weights of shape {Wording.Of(weights)}");
        return Window(node, input, weights[0], weights[2], weights[3], (int)groups);
    }

    public static ConvolutionGeometry Pool(OnnxNode node, ValueShape input)
    {
        if (node.Integer("ceil_mode", 0) != 0)
            throw node.Error("ceil_mode is not supported");
        var kernel = node.Integers("kernel_shape", 2, 0, 1, MostKernelExtent);
        return Window(node, input, input.Channels, kernel[0], kernel[1], input.Channels);
    }

    /// <summary>A linear layer over a flattened image: a convolution whose kernel is the image, in the order of flattening.</summary>
    /// <param name="outputAxis">Which axis of the weight matrix counts the outputs.</param>
    public static ConvolutionGeometry Linear(OnnxNode node, ValueShape input, int[] weights, int outputAxis)
    {
        if (!input.IsFlat)
            throw node.Error($"its input has the shape {input}, where a flat one is needed (Flatten)");
        if (weights[1 - outputAxis] != input.Elements)
            throw node.Error($"weights of shape {Wording.Of(weights)} do not fit an input of {input.Elements} values");
        return new(input.Height, input.Width, input.Channels, weights[outputAxis], input.Height, input.Width, 1, 0, 0, 0, 0, 1);
    }

    public static ValueShape Result(OnnxNode node, ConvolutionGeometry geometry, bool isFlat = false) =>
        Shape(geometry.Outputs, geometry.OutputHeight, geometry.OutputWidth, node.Error) with { IsFlat = isFlat };

    /// <summary>The shape, unless it is empty or so large that the file can only be hostile.</summary>
    public static ValueShape Shape(long channels, long height, long width, Func<string, EdgeException> error) =>
        IsExtent(channels) && IsExtent(height) && IsExtent(width) && channels * height * width <= MostElements
            ? new((int)channels, (int)height, (int)width)
            : throw error($"a value of shape [{channels}, {height}, {width}] is empty or too large");

    private static bool IsExtent(long extent) => extent is >= 1 and <= MostExtent;

    private static ConvolutionGeometry Window(OnnxNode node, ValueShape input, int outputs, int height, int width, int groups)
    {
        if (node.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID"))
            throw node.Error("auto_pad is not supported; give the pads");
        node.Integers("dilations", 2, 1, 1, 1);
        var strides = node.Integers("strides", 2, 1, 1, MostKernelExtent);
        if (strides[0] != strides[1])
            throw node.Error("strides that differ between height and width are not supported");
        if (height > MostKernelExtent || width > MostKernelExtent)
            throw node.Error($"a kernel of {height} x {width} is too large");
        var pads = node.Integers("pads", 4, 0, 0, Math.Max(height, width) - 1);
        if (Math.Max(pads[0], pads[2]) >= height || Math.Max(pads[1], pads[3]) >= width)
            throw node.Error($"pads {Wording.Of(pads)} are not smaller than the kernel of {height} x {width}");
        var padded = Shape(input.Channels, input.Height + pads[0] + pads[2], input.Width + pads[1] + pads[3], node.Error);
        if (height > padded.Height || width > padded.Width)
            throw node.Error($"a kernel of {height} x {width} is larger than its padded input of shape {input}");
        return new(
            input.Height, input.Width, input.Channels, outputs, height, width, strides[0], pads[0], pads[1], pads[2], pads[3], groups);
    }
}
