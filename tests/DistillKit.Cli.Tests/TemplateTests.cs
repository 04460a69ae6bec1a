using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DistillKit.Cli.Tests;

/// <summary>The job scripts for clusters, run as a cluster would run them: with the same variables, under bash.</summary>
public sealed class TemplateTests : IDisposable
{
    private readonly RunFolder folder = new();

    public TemplateTests()
    {
        File.WriteAllText(folder["experiment.json"], """
            {
              "name": "test", "profile": "tiny.json", "seeds": [1, 2], "baseline": "alone",
              "set": { "student.training.phases": [{ "epochs": 1, "resolution": 16 }] },
              "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }
            }
            """);
        WriteProgram("distillkit", $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "DistillKit.Cli.dll")}' \"$@\"");
        WriteProgram("echo", "echo \"$@\"");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_Slurm_array_prepares_and_then_runs_every_share()
    {
        (string, string)[] job = [("DISTILLKIT", folder["distillkit"]), ("OUTPUT", folder["out"]), ("SLURM_CPUS_PER_TASK", "1")];
        var prepared = await Slurm(job, folder["experiment.json"]);
        Assert.Equal((0, ""), (prepared.ExitCode, prepared.Error));
        Assert.False(Directory.Exists(folder["out/runs"]));
        var tasks = await Task.WhenAll(Enumerable.Range(0, 2)
            .Select(index => Slurm([.. job, ("SLURM_ARRAY_TASK_ID", $"{index}")], folder["experiment.json"], "2")));
        Assert.All(tasks, task => Assert.Equal((0, ""), (task.ExitCode, task.Error)));
        Assert.All(tasks, task => Assert.Matches("(?m)^teacher .*from an earlier run", task.Output));
        var runs = Directory.GetDirectories(folder["out/runs"]).Select(Path.GetFileName).Order();
        Assert.Equal(["alone-s1", "alone-s2", "kd-s1", "kd-s2"], runs);
        Assert.Matches("alone,2,.*\nkd,2,", File.ReadAllText(folder["out/results.csv"]));
    }

    [Fact]
    public async Task The_Slurm_script_says_what_it_was_not_told()
    {
        Assert.Contains("experiment's JSON file", (await Slurm([])).Error);
        var unnumbered = await Slurm([("SLURM_ARRAY_TASK_ID", "3"), ("DISTILLKIT", folder["echo"])], "file.json");
        Assert.Equal(2, unnumbered.ExitCode);
        Assert.Contains("number of shards", unnumbered.Error);
        (string, string)[] job = [("SLURM_ARRAY_TASK_ID", "3"), ("DISTILLKIT", folder["echo"])];
        var whole = await Slurm([.. job, ("DATA", "a b"), ("SLURM_CPUS_PER_TASK", "6")], "file.json", "8");
        Assert.Equal("experiment file.json --shard 3/8 --threads 6 --data a b", whole.Output.Trim());
    }

    [Fact]
    public async Task Each_pod_of_the_Kubernetes_job_prepares_and_runs_its_share()
    {
        var text = File.ReadAllText(Template("experiment.kubernetes.yaml"));
        string[] numbers = ["completions: (\\d+)", "parallelism: (\\d+)", "SHARDS\n +value: \"(\\d+)\""];
        Assert.Single(numbers.Select(pattern => Regex.Match(text, pattern).Groups[1].Value).Distinct());
        string[] scripts = [.. Regex.Matches(text, "(?m)^ +args:\n +- (.*)$").Select(match => match.Groups[1].Value)];
        Assert.Equal(2, scripts.Length);
        foreach (var index in (string[])["0", "1"])
        {
            foreach (var script in scripts)
            {
                (string, string)[] variables =
                [
                    ("DISTILLKIT", folder["distillkit"]), ("EXPERIMENT", folder["experiment.json"]), ("OUTPUT", folder["out"]),
                    ("THREADS", "1"), ("SHARDS", "2"), ("JOB_COMPLETION_INDEX", index),
                ];
                var pod = await Bash(variables, "-c", script);
                Assert.Equal((0, ""), (pod.ExitCode, pod.Error));
            }
        }
        Assert.Matches("alone,2,.*\nkd,2,", File.ReadAllText(folder["out/results.csv"]));
    }

    [PythonYamlFact]
    public async Task The_Kubernetes_manifest_is_YAML()
    {
        var parsed = await Run("python3", [], "-c", """
            import sys, yaml
            claim, job = yaml.safe_load_all(open(sys.argv[1]))
            pod = job["spec"]["template"]["spec"]
            spec, containers = job["spec"], pod["initContainers"] + pod["containers"]
            print(claim["kind"], job["kind"], spec["completionMode"], spec["completions"], *[c["command"][0] for c in containers])
            """, Template("experiment.kubernetes.yaml"));
        Assert.Equal((0, "PersistentVolumeClaim Job Indexed 8 bash bash"), (parsed.ExitCode, parsed.Output.Trim()));
    }

    private void WriteProgram(string name, string script)
    {
        File.WriteAllText(folder[name], $"#!/bin/sh\n{script}\n");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder[name], mode);
    }

    private static string Template(string name) => Path.Combine(Checkout.Root, "lib", "DistillKit.Cli", "templates", name);

    private static Task<Outcome> Slurm((string, string)[] variables, params string[] arguments) =>
        Bash(variables, [Template("experiment.slurm.sh"), .. arguments]);

    private static Task<Outcome> Bash((string, string)[] variables, params string[] arguments) => Run("bash", variables, arguments);

    private static async Task<Outcome> Run(string program, (string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Skipped where Python has no YAML parser; .NET has none of its own.</summary>
    private sealed class PythonYamlFactAttribute : FactAttribute
    {
        public PythonYamlFactAttribute()
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import yaml"]) { RedirectStandardError = true })!;
                process.WaitForExit();
                if (process.ExitCode != 0) Skip = "needs Python with PyYAML";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Skip = "needs Python with PyYAML";
            }
        }
    }
}
