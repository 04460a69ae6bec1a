using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>
/// The memory layout in which convolutions run fastest: a tensor of shape [N, C, H, W] whose memory is ordered N, H, W, C.
/// The engine's convolution recognizes it by the strides and keeps it.
/// </summary>
public static class ChannelsLast
{
    /// <summary>
    /// The same values and shape [N, C, H, W], in channels-last memory. Copies only where the memory is not in that order yet.
    /// </summary>
    public static Tensor Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
