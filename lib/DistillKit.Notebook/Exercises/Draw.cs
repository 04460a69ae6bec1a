using System.Collections;
using System.Security.Cryptography;

namespace DistillKit.Notebook.Exercises;

/// <summary>Numbers for hidden questions: other ones for each class and student, and the same ones for each function that is asked. They
/// follow from what they are called and from the environment variable DISTILLKIT_DRAW, which a grader sets.</summary>
public static class Draw
{
    /// <summary>A number.</summary>
    /// <param name="name">What it is called; two names give two numbers.</param>
    public static double Number(string name, double low, double high) => low + (high - low) * Generator(name).NextDouble();

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public static int Whole(string name, int low, int high) => Generator(name).Next(low, high + 1);

    /// <summary>Numbers of even probability.</summary>
    public static float[] Numbers(string name, int count, double low = -1, double high = 1)
    {
        var random = Generator(name);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(low + (high - low) * random.NextDouble()))];
    }

    /// <summary>Whole numbers from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public static int[] Wholes(string name, int count, int low, int high)
    {
        var random = Generator(name);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(low, high + 1))];
    }

    /// <summary>Fills an array of numbers, of any rank, with whole numbers from <paramref name="low"/> to <paramref name="high"/>, both
    /// included.</summary>
    /// <returns>The array.</returns>
    public static T Fill<T>(string name, T into, int low, int high) where T : IList
    {
        var (array, type) = ((Array)(IList)into, typeof(T).GetElementType()!);
        var flat = Array.CreateInstance(type, array.Length);
        foreach (var (place, number) in Wholes(name, array.Length, low, high).Index())
            flat.SetValue(Convert.ChangeType(number, type, CultureInfo.InvariantCulture), place);
        Buffer.BlockCopy(flat, 0, array, 0, Buffer.ByteLength(array));
        return into;
    }

    /// <summary>A tensor of numbers between -<paramref name="most"/> and <paramref name="most"/>.</summary>
    public static Tensor Tensor(string name, double most, params long[] shape) =>
        tensor(Numbers(name, (int)shape.Aggregate(1L, (product, size) => product * size), -most, most), shape);

    private static Random Generator(string name)
    {
        var text = $"{Environment.GetEnvironmentVariable("DISTILLKIT_DRAW")}\n{name}";
        return new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
