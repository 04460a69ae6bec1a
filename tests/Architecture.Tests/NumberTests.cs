using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;
using static TorchSharp.torch;

namespace Architecture.Tests;

public sealed class NumberTests
{
    private const BindingFlags All =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly IEnumerable<Assembly> Libraries =
        [typeof(DistillKit.Engine).Assembly, typeof(DistillKit.Runs.Stages.PipelineRun).Assembly, typeof(DistillKit.Notebook.Lab).Assembly];

    private readonly Dictionary<MethodBase, bool> visited = [];

    /// <summary>Whatever makes a number on the spot, here or inside of TorchSharp, may compute with freed memory: see Number.cs.</summary>
    [Fact]
    public void No_operation_of_the_library_leaves_its_numbers_to_the_garbage_collector()
    {
        var found = Libraries.SelectMany(library => library.GetTypes())
            .Where(type => type.FullName != "DistillKit.Number")
            .SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            .SelectMany(method => CallsOf(method).Where(MakesANumber)
                .Select(called => $"{method.DeclaringType}.{method.Name} calls {called.DeclaringType?.Name}.{called.Name}"))
            .Distinct().ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void The_search_finds_what_it_looks_for()
    {
        Assert.Contains(CallsOf(((Func<Tensor, Tensor>)Converts).Method), MakesANumber);
        Assert.Contains(CallsOf(((Func<Tensor, Tensor>)Adds).Method), MakesANumber);
        Assert.DoesNotContain(CallsOf(((Func<Tensor, Tensor>)Negates).Method), MakesANumber);
    }

    private static Tensor Converts(Tensor tensor) => tensor.mul(0.5);

    private static Tensor Adds(Tensor tensor) => tensor.add(tensor);

    private static Tensor Negates(Tensor tensor) => tensor.neg();

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
                var typeArguments = type.IsGenericType ? type.GetGenericArguments() : null;
                var token = BitConverter.ToInt32(code, at);
                if (method.Module.ResolveMethod(token, typeArguments, arguments) is { } called) yield return called;
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
