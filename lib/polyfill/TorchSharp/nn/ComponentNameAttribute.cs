namespace TorchSharp.Utils;

/// <summary>The name under which a module's field is registered, where it is not the field's own.</summary>
public class ComponentNameAttribute : Attribute
{
    public string? Name { get; set; }
}
