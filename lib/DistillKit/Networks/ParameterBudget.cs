namespace DistillKit.Networks;

/// <summary>Bounds a network that a file describes by what the file holds: a few bytes could ask for all memory.</summary>
internal static class ParameterBudget
{
    [ThreadStatic]
    private static long? left;

    /// <summary>Builds a network of so many numbers at most.</summary>
    /// <exception cref="InvalidDataException">It would have more.</exception>
    public static ImageClassifier Within(long numbers, ModelSpec spec)
    {
        left = numbers;
        try
        {
            return spec.Build();
        }
        finally
        {
            left = null;
        }
    }

    /// <summary>Counts the numbers of a layer before they take memory.</summary>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public static void Take(long numbers)
    {
        left -= numbers;
        if (left < 0) throw new InvalidDataException("the network has more numbers than the file");
    }
}
