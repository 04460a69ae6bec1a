using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

public partial class InferenceSession
{
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(IReadOnlyCollection<NamedOnnxValue> inputs) => Run(inputs, outputNames);

    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(
        IReadOnlyCollection<NamedOnnxValue> inputs, IReadOnlyCollection<string> outputNames) => Run(inputs, outputNames, null);

    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(
        IReadOnlyCollection<NamedOnnxValue> inputs, IReadOnlyCollection<string> outputNames, RunOptions? options)
    {
        using var values = new DisposableList<OrtValue>();
        foreach (var input in inputs)
            values.Add(input.ToOrtValue());
        using var results = Run(options, [.. inputs.Select(input => input.Name)], values, outputNames);
        var named = new DisposableList<DisposableNamedOnnxValue>();
        foreach (var (name, value) in outputNames.Zip(results))
            named.Add(DisposableNamedOnnxValue.Of(name, value));
        ((DisposableList<OrtValue>)results).Clear(); // they belong to the named values now
        return named;
    }

    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions? runOptions, IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputNames) =>
        Run(runOptions, [.. inputs.Keys], [.. inputs.Values], outputNames);

    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions? runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames)
    {
        var results = new nint[outputNames.Count];
        Invoke(runOptions, inputNames, inputValues, outputNames, results);
        var values = new DisposableList<OrtValue>();
        foreach (var result in results)
            values.Add(new(result));
        return values;
    }

    /// <summary>Writes into the memory of the given outputs, whose shapes have to be right.</summary>
    public void Run(
        RunOptions? runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames, IReadOnlyCollection<OrtValue> outputValues)
    {
        CheckCounts(nameof(outputNames), outputNames.Count, nameof(outputValues), outputValues.Count);
        Invoke(runOptions, inputNames, inputValues, outputNames, Handles(outputValues));
        GC.KeepAlive(outputValues);
    }

    unsafe void Invoke(
        RunOptions? options, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames, nint[] results)
    {
        CheckCounts(nameof(inputNames), inputNames.Count, nameof(inputValues), inputValues.Count);
        using var inUse = new HandleUse(session);
        fixed (nint* names = Names(inputNames, inputs, "Input"), values = Handles(inputValues))
        fixed (nint* wanted = Names(outputNames, outputs, "Output"), found = results)
            Api.Call(Function.Run, inUse.Handle, options?.Handle ?? 0, (nint)names, (nint)values, inputNames.Count,
                (nint)wanted, outputNames.Count, (nint)found);
        GC.KeepAlive(options);
        GC.KeepAlive(inputValues);
    }

    static nint[] Names(IReadOnlyCollection<string> names, Dictionary<string, NodeMetadata> known, string kind)
    {
        var pointers = new nint[names.Count];
        var count = 0;
        foreach (var name in names)
            pointers[count++] = known.TryGetValue(name, out var node)
                ? node.Name
                : throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"{kind} name: '{name}' is not in the metadata");
        return pointers;
    }

    static nint[] Handles(IReadOnlyCollection<OrtValue> values)
    {
        var handles = new nint[values.Count];
        var count = 0;
        foreach (var value in values)
            handles[count++] = value.Handle;
        return handles;
    }

    static void CheckCounts(string names, int nameCount, string values, int valueCount)
    {
        if (nameCount != valueCount)
            throw new ArgumentException($"Length of {names} ({nameCount}) must match that of {values} ({valueCount}).");
    }
}
