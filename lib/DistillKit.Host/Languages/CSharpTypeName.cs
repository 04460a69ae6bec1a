namespace DistillKit.Host.Languages;

/// <summary>Types as C# writes them.</summary>
internal static class CSharpTypeName
{
    /// <summary>The name that declares a variable of a type; <c>object</c> for a type that C# code cannot name, such as one that an F# cell defines.</summary>
    internal static string Of(Type type) => CanBeNamed(type) ? Name(type) : "object";

    private static bool CanBeNamed(Type type) =>
        type.HasElementType ? type.IsArray && CanBeNamed(type.GetElementType()!)
        : type.IsVisible && !type.Assembly.IsDynamic && type.Assembly.Location.Length > 0 && type.GetGenericArguments().All(CanBeNamed);

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            // C# writes the outer array's brackets first.
            var (ranks, element) = ("", type);
            for (; element.IsArray; element = element.GetElementType()!) ranks += $"[{new string(',', element.GetArrayRank() - 1)}]";
            return Name(element) + ranks;
        }
        var arguments = new Queue<Type>(type.GetGenericArguments());
        var chain = new Stack<Type>();
        for (var outer = type; outer is not null; outer = outer.DeclaringType) chain.Push(outer);
        var parts = chain.Select(part =>
        {
            var plain = part.Name.Split('`');
            return plain.Length == 1 ? plain[0] : $"{plain[0]}<{string.Join(", ", Enumerable.Range(0, int.Parse(plain[1])).Select(_ => Name(arguments.Dequeue())))}>";
        });
        return $"global::{(type.Namespace is null ? "" : type.Namespace + ".")}{string.Join('.', parts)}";
    }
}
