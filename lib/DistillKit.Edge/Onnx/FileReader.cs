namespace DistillKit.Edge.Onnx;

/// <summary>Reads a whole file, if it has a size that a model can have.</summary>
internal static class FileReader
{
    public static byte[] Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= Limits.FileBytes ? File.ReadAllBytes(path)
                : throw new EdgeException($"The file {Wording.Quoted(path)} has {length >> 20} MiB, more than the {Limits.FileBytes >> 20} MiB this engine reads. Is it a model?");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EdgeException($"The file {Wording.Quoted(path)} {(File.Exists(path) ? "cannot be read" : "does not exist")}. Give the path of an ONNX file.", e);
        }
    }
}
