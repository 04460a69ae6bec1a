namespace Microsoft.ML.OnnxRuntime.Tests;

/// <summary>The models of Models/make.py, and what they compute.</summary>
static class Model
{
    public const int Classes = 4, Channels = 3, Size = 2, ImageLength = Channels * Size * Size;

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Models", name + ".onnx");

    public static InferenceSession Load(string name) => new(Path(name));

    public static float[] Images(int count) => [.. Enumerable.Range(0, count * ImageLength).Select(i => i * 7 % 11 - 3f)];

    public static long[] Shape(int count) => [count, Channels, Size, Size];

    public static OrtValue Value(int count) => OrtValue.CreateTensorValueFromMemory(Images(count), Shape(count));

    public static float[] Means(int count) => [.. Images(count).Chunk(Size * Size).Select(plane => plane.Average())];

    public static float[] Logits(int count) =>
        [.. Means(count).Chunk(Channels).SelectMany(means => Enumerable.Range(0, Classes).Select(o => o + means.Select((mean, c) => mean * (c == o ? c + 1 : o - c)).Sum()))];

    public static long[] Labels(int count) => [.. Logits(count).Chunk(Classes).Select(logits => (long)Array.IndexOf(logits, logits.Max()))];

    public static void Equal(IEnumerable<float> expected, ReadOnlySpan<float> actual) =>
        Assert.Equal(expected, actual.ToArray(), (a, b) => MathF.Abs(a - b) < 1e-4f);
}
