using DistillKit.Cli.Doctor;

namespace DistillKit.Cli.Commands;

/// <summary><c>distillkit doctor</c>: what this machine has, what is missing, and what to do about it.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        var command = new Command("doctor", "Check the engine, the machine, the data set and the notebooks' kernels.") { Options.Json };
        command.SetAction(arguments =>
        {
            Finding[] findings = [.. EngineChecks.Run(), .. MachineChecks.Run()];
            var failed = findings.Any(finding => finding.Severity == Severity.Fail);
            var output = arguments.InvocationConfiguration.Output;
            if (arguments.GetValue(Options.Json))
            {
                var checks = findings.Select(found => new { found.Name, status = Label(found), finding = found.Text, found.Remedy });
                output.WriteLine(JsonSerializer.Serialize(new { ok = !failed, checks }, JsonSerializerOptions.Web));
                return failed ? 1 : 0;
            }
            foreach (var found in findings)
            {
                output.WriteLine($"{Label(found),-5} {found.Name,-8} {found.Text}");
                if (found.Remedy is not null) output.WriteLine($"{"",-14} -> {found.Remedy}");
            }
            return failed ? 1 : 0;
        });
        return command;
    }

    private static string Label(Finding finding) => finding.Severity.ToString().ToUpperInvariant();
}
