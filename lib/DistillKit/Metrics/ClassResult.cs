
namespace DistillKit.Metrics;

/// <summary>The result of one class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Count">Its images.</param>
/// <param name="Accuracy">The share of its images that are recognized (recall); 0 where it has none.</param>
/// <param name="Precision">The share of the predictions of this class that are right; 0 where there are none.</param>
public sealed record ClassResult(string Name, int Count, double Accuracy, double Precision)
{
    internal static ClassResult From(string name, int index, int[][] confusion)
    {
        var count = confusion[index].Sum();
        var predictions = confusion.Sum(row => row[index]);
        double right = confusion[index][index];
        return new(name, count, count == 0 ? 0 : right / count, predictions == 0 ? 0 : right / predictions);
    }
}
