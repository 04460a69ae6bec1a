using System.CommandLine;
using System.Text.Json;
using DistillKit.Cli.Doctor;

namespace DistillKit.Cli.Commands;

/// <summary><c>distillkit doctor</c>: what this machine has, what is missing, and what to do about it.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON." };
        var command = new Command("doctor", "Check the engine, the machine, the data set and the notebooks' kernels.") { json };
        command.SetAction(parsed =>
        {
            Check[] checks = [.. EngineChecks.Run(), OnnxRuntimeCheck.Run(), .. MachineChecks.Run(), DataCheck.Run(), .. KernelCheck.Run()];
            var failed = checks.Any(check => check.Status == CheckStatus.Fail);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(new { ok = !failed, checks = checks.Select(Plain) }, Json));
            else
                foreach (var check in checks)
                    Print(check, output);
            return failed ? 1 : 0;
        });
        return command;
    }

    private static object Plain(Check check) => new { check.Name, status = Label(check), check.Finding, check.Remedy };

    private static void Print(Check check, TextWriter output)
    {
        output.WriteLine($"{Label(check),-5} {check.Name,-8} {check.Finding}");
        if (check.Remedy is not null)
            output.WriteLine($"{"",-14} -> {check.Remedy}");
    }

    private static string Label(Check check) => check.Status.ToString().ToUpperInvariant();
}
