using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests;

public sealed class NumberTests
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Dictionary<MethodBase, bool> visited = [];

    [Fact]
    public void A_number_lives_for_many_more()
    {
        using var scope = NewDisposeScope();
        var kept = Number.Of(0.5);
        for (var i = 0; i < 60; i++) Number.Of(i);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal([0.5f, 1], tensor(new[] { 1f, 2 }).mul(kept).data<float>().ToArray());
    }

    [Fact]
    public void Integers_stay_integers()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).mul(Number.Of(3L)).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1L }).mul(Number.Of(0.5)).dtype);
    }

    /// <summary>Whatever makes a number on the spot, here or inside of TorchSharp, may compute with freed memory: see <see cref="Number"/>.</summary>
    [Fact]
    public void No_operation_of_the_library_leaves_its_numbers_to_the_garbage_collector()
    {
        var found = typeof(Number).Assembly.GetTypes()
            .Where(type => type != typeof(Number))
            .SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            .SelectMany(method => CallsOf(method).Where(MakesANumber).Select(called => $"{method.DeclaringType}.{method.Name} calls {called.DeclaringType?.Name}.{called.Name}"))
            .Distinct().ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void The_search_finds_what_it_looks_for()
    {
        Assert.Contains(CallsOf(((Func<Tensor, Tensor>)Converts).Method), MakesANumber);
        Assert.Contains(CallsOf(((Func<Tensor, Tensor>)Adds).Method), MakesANumber);
        Assert.DoesNotContain(CallsOf(((Func<Tensor, Tensor>)Keeps).Method), MakesANumber);
    }

    private static Tensor Converts(Tensor tensor) => tensor.mul(0.5);

    private static Tensor Adds(Tensor tensor) => tensor.add(tensor);

    private static Tensor Keeps(Tensor tensor) => tensor.add(tensor, Number.One);

    private bool MakesANumber(MethodBase called)
    {
        if (called.DeclaringType?.Assembly != typeof(torch).Assembly) return false;
        if (called.Name == "ToScalar" || (called.DeclaringType == typeof(Scalar) && called.Name == "op_Implicit")) return true;
        if (visited.TryGetValue(called, out var known)) return known;
        visited[called] = false;
        return visited[called] = CallsOf(called).Any(MakesANumber);
    }

    private static IEnumerable<MethodBase> CallsOf(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        for (var at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE) value = (short)(0xFE00 | code[at++]);
            var instruction = OpCodesByValue[value];
            if (instruction.OperandType == OperandType.InlineMethod)
            {
                var (type, arguments) = (method.DeclaringType!, method.IsGenericMethod ? method.GetGenericArguments() : null);
                if (method.Module.ResolveMethod(BitConverter.ToInt32(code, at), type.IsGenericType ? type.GetGenericArguments() : null, arguments) is { } called) yield return called;
            }
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }
}
