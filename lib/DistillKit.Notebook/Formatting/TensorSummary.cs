using System.Net;
using TorchSharp;

namespace DistillKit.Notebook.Formatting;

/// <summary>A tensor's shape, type, place and the range of its values; the values themselves where they are few.</summary>
internal static class TensorSummary
{
    private const int Few = 100;

    internal static string Describe(Tensor tensor)
    {
        var place = tensor.device_type == DeviceType.CPU ? "" : $" on {tensor.device}";
        var head = $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]{place}";
        if (tensor.numel() == 0) return head;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var values = tensor.detach().to(CPU).to(ScalarType.Float64);
        return $"{head}, min {Number(values.min())}, max {Number(values.max())}, mean {Number(values.mean())}";

        static string Number(Tensor value) => Text.Number(value.item<double>());
    }

    internal static string ToHtml(Tensor tensor)
    {
        var text = $"<div><code>{WebUtility.HtmlEncode(Describe(tensor))}</code></div>";
        if (tensor.numel() is 0 or > Few || tensor.shape.Length is 0 or > 2) return text;
        using var scope = NewDisposeScope();
        var values = tensor.detach().to(CPU).to(ScalarType.Float64).contiguous().data<double>().ToArray();
        string[][] rows = [.. values.Chunk((int)tensor.shape[^1]).Select(row => row.Select(Text.Number).ToArray())];
        return text + new Table([], rows).ToHtml();
    }
}
