namespace DistillKit.Edge.Execution;

/// <summary>An operator that treats each image by itself.</summary>
/// <param name="run">Treats a range of images: the first, and how many.</param>
internal sealed class ImageOperator(string name, string kind, Activation output, Activation[] inputs, Action<int, int> run) : Operator(name, kind, output, inputs)
{
    public override void Run(int images, int firstItem, int items) => run(firstItem, items);

    protected override int WorkItems(int images) => images;
}
