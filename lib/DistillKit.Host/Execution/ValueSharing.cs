using System.Text.Json;
using DistillKit.Host.Languages;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Host.Execution;

/// <summary>
/// The magic commands that carry values between languages. <c>#!share</c> hands over the value itself; <c>#!set</c> a copy by JSON, unless it
/// says <c>--byref</c>; <c>--mime-type</c> hands over its text in that form.
/// </summary>
internal static class ValueSharing
{
    /// <exception cref="HostException">The command lacks something, or names what is not there.</exception>
    internal static Task ShareAsync(CommandArguments arguments, ILanguage target, Func<string, ILanguage> languages)
    {
        var name = arguments.Implicit ?? arguments["--name"] ?? throw new HostException("#!share: the variable's name is missing, as in `#!share --from fsharp x`.");
        var source = arguments["--from"] ?? throw new HostException("#!share: --from is missing, as in `#!share --from fsharp x`.");
        var variable = Find(languages(source), source, name);
        var destination = arguments["--as"] ?? name;
        return arguments["--mime-type"] is { } mimeType ? SetTextAsync(target, destination, variable.Value, mimeType) : target.SetAsync(destination, variable.Type, variable.Value);
    }

    /// <exception cref="HostException">The command lacks something, or names what is not there.</exception>
    internal static Task SetAsync(CommandArguments arguments, ILanguage target, Func<string, ILanguage> languages)
    {
        var name = arguments["--name"] ?? throw new HostException("#!set: --name is missing, as in `#!set --name x --value @fsharp:x`.");
        var value = arguments["--value"] ?? throw new HostException("#!set: --value is missing, as in `#!set --name x --value @fsharp:x`.");
        if (!value.StartsWith('@')) return target.SetAsync(name, typeof(string), value);
        if (value[1..].Split(':') is not [var source, var sourceName]) throw new HostException($"#!set: '{value}' is not @LANGUAGE:NAME.");
        if (source is "input" or "password") throw new HostException("#!set: nobody is there to answer @input; take an environment variable.");
        var variable = Find(languages(source), source, sourceName);
        if (arguments["--byref"] is not null)
        {
            return arguments["--mime-type"] is null
                ? target.SetAsync(name, variable.Type, variable.Value) : throw new HostException("#!set: --byref and --mime-type exclude each other.");
        }
        return SetTextAsync(target, name, variable.Value, arguments["--mime-type"] ?? JsonFormatter.MimeType);
    }

    private static Variable Find(ILanguage language, string source, string name) =>
        language.Variables.FirstOrDefault(variable => variable.Name == name) ?? throw new HostException($"Value '{name}' not found in kernel {source}");

    private static Task SetTextAsync(ILanguage target, string name, object? value, string mimeType)
    {
        var text = value.ToDisplayString(mimeType);
        var copy = mimeType == JsonFormatter.MimeType ? FromJson(text) : text;
        return target.SetAsync(name, copy?.GetType() ?? typeof(object), copy);
    }

    // The types that .NET Interactive gives to values from JSON.
    private static object? FromJson(string text)
    {
        var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null => null,
            JsonValueKind.String => document.RootElement.GetString(),
            JsonValueKind.Number => document.RootElement.GetDouble(),
            _ => document,
        };
    }
}
