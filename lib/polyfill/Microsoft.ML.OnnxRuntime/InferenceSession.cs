using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A loaded model. Several threads may run it at once.</summary>
public partial class InferenceSession : IDisposable
{
    readonly SessionHandle session;
    readonly Dictionary<string, NodeMetadata> inputs = [], outputs = [];
    readonly List<string> inputNames = [], outputNames = [];

    public InferenceSession(string modelPath) : this(modelPath, null) { }

    public InferenceSession(string modelPath, SessionOptions? options) : this(options, chosen =>
    {
        using var path = NativeText.Path(modelPath);
        return Api.Get(Function.CreateSession, OrtEnv.Instance().Handle, path.Pointer, chosen.Handle);
    })
    { }

    public InferenceSession(byte[] model) : this(model, null) { }

    public InferenceSession(byte[] model, SessionOptions? options) : this(options, chosen => Create(model, chosen)) { }

    InferenceSession(SessionOptions? options, Func<SessionOptions, nint> create)
    {
        using var defaults = options is null ? new SessionOptions() : null;
        session = new(create(options ?? defaults!));
        GC.KeepAlive(options);
        try
        {
            Describe(Function.SessionGetInputCount, Function.SessionGetInputName, Function.SessionGetInputTypeInfo, inputNames, inputs);
            Describe(Function.SessionGetOutputCount, Function.SessionGetOutputName, Function.SessionGetOutputTypeInfo, outputNames, outputs);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public IReadOnlyDictionary<string, NodeMetadata> InputMetadata => inputs;

    public IReadOnlyDictionary<string, NodeMetadata> OutputMetadata => outputs;

    public IReadOnlyList<string> InputNames => inputNames;

    public IReadOnlyList<string> OutputNames => outputNames;

    /// <summary>Ends profiling; the path of the file with the profile.</summary>
    public string EndProfiling() => session.EndProfiling();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) session.Dispose();
    }

    static unsafe nint Create(byte[] model, SessionOptions options)
    {
        nint session = 0;
        fixed (byte* bytes = model)
            Api.Call(Function.CreateSessionFromArray, OrtEnv.Instance().Handle, (nint)bytes, model.Length, options.Handle, (nint)(&session));
        return session;
    }

    void Describe(Function getCount, Function getName, Function getType, List<string> names, Dictionary<string, NodeMetadata> all)
    {
        var handle = session.DangerousGetHandle();
        var count = Api.Get(getCount, handle);
        for (nint i = 0; i < count; i++)
        {
            var name = session.Name(getName, i);
            var type = Api.Get(getType, handle, i);
            try
            {
                names.Add(Marshal.PtrToStringUTF8(name)!);
                all[names[^1]] = new(name, type);
            }
            finally
            {
                Api.Release(Function.ReleaseTypeInfo, type);
            }
        }
    }
}
