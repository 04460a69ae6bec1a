using DistillKit.Data;
using DistillKit.Files;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Stages;

/// <summary>The stages that a teacher helps with, by a profile that has every kind of term.</summary>
[Collection(GlobalSettingsCollection.Name)]
public sealed class DistillationStageTests : IDisposable
{
    internal const string EveryTerm = """
        {
          "name": "every-term", "description": "For tests.",
          "data": { "source": "Synthetic", "training": 100, "validation": 20, "test": 20 },
          "teacher": {
            "model": { "family": "resnet", "blocks": [1, 1], "width": 0.125 },
            "training": {
              "phases": [{ "epochs": 1, "resolution": 8 }], "batchSize": 20, "augmentation": { "padding": 1 }, "precision": "Float32"
            }
          },
          "student": {
            "model": { "family": "mobilenetv2", "width": 0.125, "dropout": 0.1 },
            "training": {
              "phases": [{ "epochs": 2, "resolution": 8 }], "batchSize": 20, "augmentation": { "padding": 1 }, "precision": "Float32",
              "clipNorm": 1, "mixing": { "mixup": 0.2 }, "averageDecay": 0.9, "optimizer": { "learningRate": 0.05 }
            }
          },
          "distillation": {
            "alpha": 0.5, "alphaEnd": 0.8, "temperature": 6, "temperatureEnd": 3,
            "terms": [
              { "kind": "hint", "student": "features.3", "teacher": "layer1", "until": 0.5 },
              { "kind": "attention", "student": "features.6", "teacher": "layer2", "until": 0.5 },
              { "kind": "similarity", "student": "features.13", "teacher": "layer2", "weight": 10 },
              { "kind": "relational", "student": "features.18", "teacher": "layer2" },
              { "kind": "contrastive", "student": "features.18", "teacher": "layer2", "dimensions": 16, "tau": 0.2, "from": 0.3 },
              { "kind": "hinton", "standardize": true, "from": 0.5 },
              { "kind": "decoupled" },
              { "kind": "dist" }
            ]
          },
          "quantization": {
            "calibrationImages": 20,
            "training": {
              "phases": [{ "epochs": 1, "resolution": 8 }], "batchSize": 20, "optimizer": { "learningRate": 0.01 },
              "augmentation": { "padding": 1 }
            }
          }
        }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public DistillationStageTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    [Fact]
    public void Every_kind_of_term_trains_the_student_and_what_it_learns_on_the_way_is_not_kept()
    {
        using var run = Start("run");
        run.Train(Distill(run));
        using var saved = Safetensors.Load(folder["run/distill/model.safetensors"]);
        using var model = Profile.Parse(EveryTerm, "every-term").Student.Model.Build();
        Assert.Equal(model.state_dict().Keys.Order(), saved.Tensors.Keys.Order());
    }

    [Fact]
    public void A_distillation_that_was_stopped_ends_as_if_it_had_not_been()
    {
        foreach (var step in (int[])[2, 4, 7])
        {
            using var cancellation = new CancellationTokenSource();
            using var stopped = Start("stopped", (stage, done) =>
            {
                if ((stage, done) == ("distill", step)) cancellation.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() => stopped.Train(Distill(stopped), cancellation.Token));
        }
        foreach (var name in (string[])["stopped", "run"])
        {
            using var run = Start(name);
            run.Train(Distill(run));
        }
        using var expected = Safetensors.Load(folder["run/distill/model.safetensors"]);
        using var actual = Safetensors.Load(folder["stopped/distill/model.safetensors"]);
        TinyTraining.AssertSame(expected.Tensors, actual.Tensors);
    }

    [Fact]
    public void Quantization_aware_training_goes_on_with_the_terms_on_logits()
    {
        using var run = Start("run");
        Assert.Equal(5, run.TrainAware().Steps);
    }

    private static TrainingStage Distill(PipelineRun run) => run.TrainingStages.Single(stage => stage.Name == "distill");

    private PipelineRun Start(string name, Action<string, int>? onStep = null) =>
        new(Profile.Parse(EveryTerm, "every-term"), folder[name], new Watcher(onStep), CPU);

    private sealed class Watcher(Action<string, int>? onStep) : IRunProgress
    {
        private string stage = "";

        public void Started(string name, string description, int resumedStep) => stage = name;

        public void Trained(TrainingProgress progress) => onStep?.Invoke(stage, progress.Step);

        public void Installed(DataProgress progress) { }

        public void Advanced(string part) { }

        public void Finished(string name, string result, TimeSpan time, bool isFromEarlierRun) { }
    }
}
