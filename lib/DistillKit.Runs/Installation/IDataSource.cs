using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>A place that the data set can be had from.</summary>
public interface IDataSource
{
    /// <summary>The place, for people.</summary>
    public string Name { get; }

    /// <summary>Writes the six files of <see cref="Cifar10Layout"/> into an empty folder. The caller verifies them.</summary>
    /// <exception cref="UserException">The place does not give them; the message is the reason.</exception>
    public Task WriteAsync(string folder, IProgress<DataProgress>? progress, CancellationToken cancellation);
}
