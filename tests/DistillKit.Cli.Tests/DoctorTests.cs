using System.Text.Json;

namespace DistillKit.Cli.Tests;

public sealed class DoctorTests
{
    private readonly StringWriter output = new();

    [Fact]
    public async Task Json_holds_every_check_and_agrees_with_the_exit_code()
    {
        var exitCode = await CommandLine.RunAsync(["doctor", "--json"], output, TextWriter.Null);
        using var report = JsonDocument.Parse(output.ToString());
        var checks = report.RootElement.GetProperty("checks").EnumerateArray().ToArray();
        string[] names = [.. checks.Select(check => check.GetProperty("name").GetString()!).Distinct()];
        Assert.Equal(["engine", "c++", "gpu", "onnx", ".net", "os", "cpu", "memory", "disk", "data", "kernel", "jupyter"], names);
        Assert.Equal(exitCode == 0, report.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(exitCode == 0, checks.All(check => check.GetProperty("status").GetString() != "FAIL"));
    }

    [Fact]
    public async Task Whatever_is_not_OK_comes_with_a_remedy()
    {
        await CommandLine.RunAsync(["doctor", "--json"], output, TextWriter.Null);
        using var report = JsonDocument.Parse(output.ToString());
        foreach (var check in report.RootElement.GetProperty("checks").EnumerateArray())
            Assert.Equal(check.GetProperty("status").GetString() != "OK", check.GetProperty("remedy").ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task The_engine_loads_and_computes()
    {
        await CommandLine.RunAsync(["doctor"], output, TextWriter.Null);
        Assert.StartsWith("OK    engine ", output.ToString());
    }
}
