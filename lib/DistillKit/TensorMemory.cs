namespace DistillKit;

/// <summary>For loops of ours over the memory of tensors on a processor.</summary>
internal static class TensorMemory
{
    /// <summary>Whether a tensor's size in bytes is a number of 32 bits, as a span's must be.</summary>
    public static bool IsInReach(Tensor tensor) => tensor.device.type == DeviceType.CPU && tensor.numel() <= int.MaxValue / sizeof(float);

    /// <summary>The memory of a float32 tensor without gaps.</summary>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>Shares items among as many threads as the engine has.</summary>
    /// <param name="work">Is told the share's number, its first item, and the first of the next share.</param>
    public static void Share(int count, Action<int, int, int> work)
    {
        var shares = get_num_threads();
        if (shares == 1) work(0, 0, count);
        else Parallel.For(0, shares, share => work(share, Begin(share), Begin(share + 1)));

        int Begin(int share) => (int)((long)count * share / shares);
    }
}
