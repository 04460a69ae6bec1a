namespace DistillKit.Cli.Tests;

/// <summary>A folder for results, with a profile whose stages take seconds on one thread, to the bit the same each time.</summary>
public sealed class RunFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("distillkit-cli-tests-");

    public RunFolder()
    {
        static string Training(int epochs) => $$"""
            {
                "phases": [{ "epochs": {{epochs}}, "resolution": 16 }], "batchSize": 20, "optimizer": { "learningRate": 0.05 },
                "precision": "Float32", "averageDecay": 0.99
              }
            """;
        File.WriteAllText(Profile, $$"""
            {
              "name": "tiny", "description": "For tests.",
              "data": { "source": "Synthetic", "training": 200, "validation": 20, "test": 20 },
              "teacher": { "model": { "family": "resnet", "blocks": [1, 1], "width": 0.125 }, "training": {{Training(2)}} },
              "student": { "model": { "family": "resnet", "blocks": [1], "width": 0.25 }, "training": {{Training(20)}} },
              "distillation": { "alpha": 0.9, "temperature": 4 },
              "quantization": { "calibrationImages": 20, "training": {{Training(10)}} },
              "benchmark": { "latencyRepeats": 2, "throughputRepeats": 1 }
            }
            """);
    }

    public string Profile => this["tiny.json"];

    public string this[string name] => Path.Combine(folder.FullName, name);

    /// <summary>The arguments of a run whose results go to a folder here.</summary>
    public string[] Run(string output) => ["run", "--profile", Profile, "--output", this[output], "--threads", "1"];

    public void Dispose() => folder.Delete(recursive: true);
}
