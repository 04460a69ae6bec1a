using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Architecture.Tests;

public sealed class NumberTests
{
    private static readonly IEnumerable<Assembly> Libraries =
        [typeof(DistillKit.Engine).Assembly, typeof(DistillKit.Runs.Stages.PipelineRun).Assembly, typeof(DistillKit.Notebook.Lab).Assembly];

    private readonly Dictionary<MethodBase, bool> visited = [];

    /// <summary>Whatever makes a number on the spot, here or inside of TorchSharp, may compute with freed memory: see Number.cs.</summary>
    [Fact]
    public void No_operation_of_the_library_leaves_its_numbers_to_the_garbage_collector()
    {
        var found = Libraries.SelectMany(library => library.GetTypes())
            .Where(type => type.FullName != "DistillKit.Number")
            .SelectMany(IntermediateCode.MethodsOf)
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

    private static IEnumerable<MethodBase> CallsOf(MethodBase method) => IntermediateCode.MembersIn(method).OfType<MethodBase>();
}
