namespace DistillKit.Edge.Execution;

/// <summary>An operator that treats each element by itself.</summary>
/// <param name="run">Treats a range of elements: the first, and how many.</param>
internal sealed class ElementwiseOperator(string name, string kind, Activation output, Activation[] inputs, Action<int, int> run) : Operator(name, kind, output, inputs)
{
    private const int ItemElements = 1 << 14;

    public override void Run(int images, int firstItem, int items)
    {
        var (first, end) = (firstItem * ItemElements, Math.Min((long)(firstItem + items) * ItemElements, (long)images * Output.Shape.Elements));
        run(first, (int)(end - first));
    }

    protected override int WorkItems(int images) => (int)(((long)images * Output.Shape.Elements + ItemElements - 1) / ItemElements);
}
