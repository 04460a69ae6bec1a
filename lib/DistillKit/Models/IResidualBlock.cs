namespace DistillKit.Models;

/// <summary>A block that may add its input to its output.</summary>
internal interface IResidualBlock
{
    /// <summary>Whether the block changes neither resolution nor channels, so that the network works without it.</summary>
    public bool CanBeSkipped { get; }

    /// <summary>Whether the block now passes its input on and does nothing else.</summary>
    public bool IsSkipped { get; set; }
}
