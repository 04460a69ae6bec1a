using System.Collections.Concurrent;

namespace TorchSharp;

/// <summary>
/// Calls any ATen operator by its name and overload ("add.Tensor") through the dispatcher.
/// Missing trailing arguments take the defaults of the operator's own schema.
/// </summary>
internal static unsafe class Aten
{
    private static readonly ConcurrentDictionary<string, nint> operators = new();

    [ThreadStatic] private static CodeWriter? writer;

    /// <summary>Calls an operator and returns its first result as a tensor of the current dispose scope.</summary>
    internal static torch.Tensor Call(string op, params ReadOnlySpan<Argument> arguments)
    {
        var results = Invoke(op, arguments);
        for (var i = 1; i < results.Length; i++) Release((nint)results[i]);
        return new((nint)results[0]);
    }

    /// <summary>Calls an operator that returns a tuple or a list of tensors; an undefined one becomes null.</summary>
    internal static torch.Tensor[] CallMany(string op, params ReadOnlySpan<Argument> arguments)
    {
        var results = Invoke(op, arguments);
        var tensors = new torch.Tensor[results.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = torch.Tensor.FromNative((nint)results[i])!;
        return tensors;
    }

    /// <summary>Calls an operator for its effect: in place, or with no result.</summary>
    internal static void Run(string op, params ReadOnlySpan<Argument> arguments)
    {
        foreach (var result in Invoke(op, arguments)) Release((nint)result);
    }

    /// <summary>Calls an operator whose result is one integer or truth value.</summary>
    internal static long CallInteger(string op, params ReadOnlySpan<Argument> arguments) => Invoke(op, arguments)[0];

    // The span lives in this thread's native buffer, until its next call.
    private static ReadOnlySpan<long> Invoke(string op, ReadOnlySpan<Argument> arguments)
    {
        var code = writer ??= new();
        code.Clear();
        foreach (ref readonly var argument in arguments) argument.Write(code);
        long* results;
        long count;
        fixed (long* words = code.Words)
        {
            if (Native.dk_call(Find(op), words, code.Words.Length, out results, out count) != 0) Native.Check(-1, op);
        }
        foreach (ref readonly var argument in arguments) GC.KeepAlive(argument.Reference);
        return new(results, (int)count);
    }

    private static nint Find(string op)
    {
        if (operators.TryGetValue(op, out var known)) return known;
        var dot = op.IndexOf('.');
        lock (operators)
        {
            Native.Check(Native.dk_operator("aten::" + (dot < 0 ? op : op[..dot]), dot < 0 ? "" : op[(dot + 1)..], out var found), op);
            return operators.GetOrAdd(op, found);
        }
    }

    private static void Release(nint handle)
    {
        if (handle != 0) Native.dk_tensor_release(handle);
    }
}
