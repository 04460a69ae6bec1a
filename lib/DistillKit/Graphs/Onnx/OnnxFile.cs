using Google.Protobuf;

namespace DistillKit.Graphs.Onnx;

/// <summary>Graphs as ONNX files, valid for any runtime: operator set 17, input <c>images</c> [batch, C, H, W], output <c>logits</c>
/// [batch, K], weights of quantized layers as 8-bit integers.</summary>
public static class OnnxFile
{
    private const int LargestStructure = 1 << 22;

    /// <summary>Writes a graph, completely or not at all. Its batch norms must be folded.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The graph holds what ONNX files of ours do not have, for instance a norm.</exception>
    public static void Save(string path, Graph graph) => AtomicFile.Write(path, stream => stream.Write(ToBytes(graph)));

    /// <summary>Reads a file that <see cref="Save"/> has written.</summary>
    /// <exception cref="UserException">The file cannot be read, or is not one of ours; the message says why.</exception>
    public static Graph Load(string path)
    {
        try
        {
            return FromBytes(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UserException($"{path} cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }

    /// <summary>The bytes of a graph's file.</summary>
    public static byte[] ToBytes(Graph graph) => new OnnxWriter(graph).Write().ToByteArray();

    /// <summary>The graph of a file's bytes.</summary>
    /// <exception cref="InvalidDataException">It is not a file of ours.</exception>
    public static Graph FromBytes(byte[] bytes)
    {
        try
        {
            RequireSmallStructure(UnsafeByteOperations.UnsafeWrap(bytes));
            return new OnnxReader(ModelProto.Parser.ParseFrom(bytes)).Read();
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException("it is no ONNX file, or a damaged one", error);
        }
        catch (Exception error) when (error is InvalidDataException or KeyNotFoundException or ArgumentException
            or InvalidOperationException or IndexOutOfRangeException or ArithmeticException or UserException)
        {
            var reason = error is InvalidDataException ? error.Message : $"it is damaged: {error.Message.TrimEnd('.')}";
            throw new InvalidDataException(PlainText.Of(reason, 300), error);
        }
    }

    /// <summary>Refuses a file before it takes memory: what is no weights, an empty operator say, takes a hundred times its
    /// bytes.</summary>
    private static void RequireSmallStructure(ByteString file)
    {
        var weights = Parts(file, ModelProto.GraphFieldNumber).SelectMany(graph => Parts(graph, GraphProto.InitializerFieldNumber))
            .SelectMany(tensor => Parts(tensor, TensorProto.RawDataFieldNumber)).Sum(data => (long)data.Length);
        if (file.Length - weights > LargestStructure)
            throw new InvalidDataException($"it has {file.Length - weights} bytes beside its weights, more than any network of DistillKit");
    }

    private static IEnumerable<ByteString> Parts(ByteString message, int field)
    {
        var stream = message.CreateCodedInput();
        while (stream.ReadTag() is not 0 and var tag)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited)) yield return stream.ReadBytes();
            else stream.SkipLastField();
        }
    }
}
