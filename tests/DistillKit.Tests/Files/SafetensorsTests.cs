using System.Buffers.Binary;
using System.Text;
using DistillKit.Files;
using static TorchSharp.torch;

namespace DistillKit.Tests.Files;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly IDisposable scope = NewDisposeScope();

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "shorter than 8 bytes", [1, 2, 3] },
        { "would have", [255, 255, 255, 255, 255, 255, 255, 127, 0] },
        { "would have", [255, 255, 255, 255, 255, 255, 255, 255, 0] },
        { "ends inside its header", Bytes("{}")[..9] },
        { "not a JSON object", Bytes("[]") },
        { "header is not valid", Bytes("{]") },
        { "header is not valid",
            Bytes("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2) },
        { "header is not valid", Bytes("""{"a":{"dtype":"U8","shape":[1]}}""", 1) },
        { "header is not valid", Bytes("""{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1) },
        { "header is not valid", Bytes("""{"__metadata__":{"a":"1","a":"2"}}""") },
        { "header is not valid", Bytes("""{"a":{"dtype":"U8","dtype":"F32","shape":[1],"data_offsets":[0,1]}}""", 1) },
        { "header is not valid", Bytes("""{"a":null}""") },
        { "header is not valid", Bytes("""{"__metadata__":{"a":null}}""") },
        { "header is not valid", Bytes("""{"__metadata__":{"seed":1}}""") },
        { "cannot be used: tensor a has type F64", Bytes("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8) },
        { "negative size", Bytes("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1) },
        { "not a range", Bytes("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1) },
        { "not a range", Bytes("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1) },
        { "needs 8", Bytes("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4) },
        { "needs", Bytes("""{"a":{"dtype":"U8","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""") },
        { "truncated", Bytes("""{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}""", 8) },
        { "overlaps",
            Bytes("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3) },
        { "gap", Bytes("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2) },
        { "1 bytes follow", Bytes("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2) },
    };

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0 }, "a ZIP archive, as torch.save writes it")]
    [InlineData(new byte[] { 0x80, 2, 0x7D, 0x71, 0, 0x2E, 0, 0, 0 }, "a Python pickle")]
    [InlineData(new byte[] { 0x08, 8, 0x12, 7, 112, 121, 116, 111, 114 }, "an ONNX file")]
    [InlineData(new byte[] { 0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0 }, "an HDF5 file")]
    public void A_sound_file_of_another_kind_is_called_what_it_is(byte[] bytes, string kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file"], bytes);
        Assert.Equal(
            $"{folder["file"]} is {kind}, not a safetensors file: write the network's state with safetensors.torch.save_file.",
            Assert.Throws<UserException>(() => Safetensors.Load(folder["file"])).Message);
    }

    [Fact]
    public void Tensors_of_every_type_and_the_metadata_round_trip()
    {
        var values = tensor(new float[] { 0, 1, 2, 3, 4, 100 }).reshape(2, 3);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int8,
            ScalarType.Byte })
            tensors[$"äöü \"{type}\""] = values.to(type);
        tensors["scalar"] = tensor(7L);
        tensors["empty"] = zeros(0, 4);
        tensors["also empty"] = zeros(2, 0);
        Safetensors.Save(folder["a"], tensors, new Dictionary<string, string> { ["recipe"] = "{\"α\":1}" });

        using var file = Safetensors.Load(folder["a"]);
        Assert.Equal("{\"α\":1}", file.Metadata["recipe"]);
        Assert.Equal(tensors.Keys.Order(), file.Tensors.Keys.Order());
        Assert.All(tensors, entry =>
        {
            var read = file.Tensors[entry.Key];
            Assert.Equal(entry.Value.dtype, read.dtype);
            Assert.Equal(entry.Value.shape, read.shape);
            Assert.True(entry.Value.eq(read).all().item<bool>());
        });
    }

    [Fact]
    public void Memory_order_is_not_part_of_the_file()
    {
        var values = arange(24, dtype: ScalarType.Float32).reshape(2, 3, 4);
        Safetensors.Save(folder["a"], new Dictionary<string, Tensor> { ["t"] = values.permute(2, 0, 1).requires_grad_() });
        using var file = Safetensors.Load(folder["a"]);
        Assert.True(values.permute(2, 0, 1).eq(file.Tensors["t"]).all().item<bool>());
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        Safetensors.Save(folder["a"], new Dictionary<string, Tensor> { ["t"] = tensor(new byte[] { 1, 2 }) });
        var bytes = File.ReadAllBytes(folder["a"]);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal("""{"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", Encoding.UTF8.GetString(bytes, 8, length).TrimEnd());
        Assert.Equal(0, length % 8);
        Assert.Equal([1, 2], bytes[(8 + length)..]);
    }

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_is_refused_with_the_reason(string reason, byte[] content)
    {
        File.WriteAllBytes(folder["a"], content);
        var error = Assert.Throws<UserException>(() => Safetensors.Load(folder["a"]));
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Any_prefix_of_a_file_is_refused()
    {
        Safetensors.Save(folder["a"], new Dictionary<string, Tensor> { ["t"] = rand(3), ["u"] = tensor(1L) });
        var bytes = File.ReadAllBytes(folder["a"]);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["b"], bytes[..length]);
            Assert.Throws<UserException>(() => Safetensors.Load(folder["b"]));
        }
    }

    [Fact]
    public void A_missing_file_is_refused_with_its_path() =>
        Assert.Contains(folder["none"], Assert.Throws<UserException>(() => Safetensors.Load(folder["none"])).Message);

    [Fact]
    public void A_tensor_of_another_type_is_refused_and_nothing_is_written()
    {
        Assert.Throws<ArgumentException>(
            () => Safetensors.Save(folder["a"], new Dictionary<string, Tensor> { ["t"] = zeros(2, dtype: ScalarType.Float64) }));
        Assert.Empty(folder.Names);
    }

    private static byte[] Bytes(string header, int dataLength = 0)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8 - dataLength);
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        return bytes;
    }
}
