using System.Text.Json;
using DistillKit.Data;
using DistillKit.Files;
using DistillKit.Training;

namespace DistillKit.Tests.Training;

public sealed class TrainingRecipeTests
{
    [Theory]
    [InlineData("""{ "phases": [] }""", "phases")]
    [InlineData("""{ "phases": [null] }""", "phases")]
    [InlineData("""{ "phases": [{ "epochs": 0 }] }""", "phases")]
    [InlineData("""{ "phases": [{ "epochs": 1, "resolution": 7 }] }""", "phases")]
    [InlineData("""{ "phases": [{ "epochs": 1, "restart": 0.5 }] }""", "phases")]
    [InlineData("""{ "phases": [{ "epochs": 1 }, { "epochs": 1, "restart": 0 }] }""", "phases")]
    [InlineData("""{ "phases": [{ "epochs": 1 }, { "epochs": 1, "restart": 1.5 }] }""", "phases")]
    [InlineData("""{ "phases": [{ "epochs": 1, "resolution": 2147483647 }] }""", "phases[0].resolution must be from 8 to 1024")]
    [InlineData("""{ "phases": [{ "epochs": 2147483647 }, { "epochs": 2147483647 }] }""", "phases[0].epochs must be above 0 and at most")]
    [InlineData("""{ "phases": [{ "epochs": 1.5 }] }""", "phases must have whole epochs together, also up to a restart")]
    [InlineData("""{ "phases": [{ "epochs": 0.5 }, { "epochs": 1.5, "restart": 1 }] }""", "phases must have whole epochs")]
    [InlineData("""{ "phases": [{ "epochs": 1e-10 }] }""", "phases must have from 1 to 10000 epochs together")]
    [InlineData("""{ "phases": [{ "epochs": 9999 }, { "epochs": 9999 }] }""", "phases must have from 1 to 10000 epochs together")]
    [InlineData("""{ "batchSize": 1 }""", "batchSize must be from 2 to 65536, but is 1")]
    [InlineData("""{ "mixing": { "mixup": 1e-300 } }""", "mixing.mixup must be 0 or far enough from it for float32")]
    [InlineData("""{ "mixing": { "mixup": -1 } }""", "mixing.mixup must be from 0 to 4, but is -1")]
    [InlineData("""{ "augmentation": { "padding": -1 } }""", "augmentation.padding must be from 0 to 1024, but is -1")]
    [InlineData("""{ "optimizer": { "learningRate": 1e300 } }""", "optimizer.learningRate must be above 0 and at most 1000000")]
    [InlineData("""{ "batchSize": 0 }""", "batchSize")]
    [InlineData("""{ "labelSmoothing": 1 }""", "labelSmoothing")]
    [InlineData("""{ "clipNorm": 0 }""", "clipNorm")]
    [InlineData("""{ "averageDecay": 1 }""", "averageDecay")]
    [InlineData("""{ "validateEvery": 0 }""", "validateEvery")]
    [InlineData("""{ "patience": 0 }""", "patience")]
    [InlineData("""{ "unfreezing": [{ "fromEpoch": -1, "upTo": null }] }""", "unfreezing")]
    [InlineData("""{ "optimizer": { "learningRate": 0 } }""", "optimizer.learningRate")]
    [InlineData("""{ "optimizer": { "momentum": 1 } }""", "optimizer.momentum")]
    [InlineData("""{ "optimizer": { "weightDecay": -1 } }""", "optimizer.weightDecay")]
    [InlineData("""{ "schedule": { "warmUp": 1 } }""", "schedule.warmUp")]
    [InlineData("""{ "schedule": { "final": 2 } }""", "schedule.final")]
    [InlineData("""{ "schedule": { "factor": 1 } }""", "schedule.factor")]
    [InlineData("""{ "schedule": { "patience": 0 } }""", "schedule.patience")]
    public void A_number_out_of_range_is_named(string json, string field)
    {
        var message = Assert.Throws<UserException>(Parse(json).Validate).Message;
        Assert.StartsWith($"The training recipe's {field}", message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("""{ "batchsise": 1 }""")]
    [InlineData("""{ "optimizer": { "rate": 1 } }""")]
    [InlineData("""{ "schedule": { "warm": 0 } }""")]
    [InlineData("""{ "phases": [{ "epochs": 1, "size": 16 }] }""")]
    [InlineData("""{ "augmentation": { "flips": "None" } }""")]
    [InlineData("""{ "mixing": { "mixUpp": 1 } }""")]
    [InlineData("""{ "unfreezing": [{ "fromEpoch": 1, "to": "stem" }] }""")]
    public void An_unknown_field_is_refused(string json) => Assert.Throws<InvalidDataException>(() => Parse(json));

    [Fact]
    public void A_recipe_round_trips_through_JSON()
    {
        var recipe = new TrainingRecipe
        {
            Phases = [new(2, 16), new(3), new(1, null, 0.5)],
            BatchSize = 32,
            Optimizer = new(OptimizerKind.AdamW, 1e-3, 0.8, 0.05),
            Schedule = new(ScheduleKind.Plateau, 0.1, 0.01, 0.5, 2),
            LabelSmoothing = 0.1,
            Augmentation = new(2, Flip.Alternating, 8),
            Mixing = new(0.2, 1, 0.5),
            ClipNorm = 1,
            AverageDecay = 0.99,
            ValidateEvery = 2,
            Patience = 4,
            Unfreezing = [new(0, "layer1"), new(1, null)],
            Precision = Precision.BFloat16,
        };
        recipe.Validate();
        var json = JsonSerializer.Serialize(recipe, JsonSerializerOptions.Web);
        var read = JsonSerializer.Deserialize<TrainingRecipe>(json, JsonSerializerOptions.Web)!;
        Assert.Equal(recipe.Phases, read.Phases);
        Assert.Equal(recipe.Unfreezing, read.Unfreezing);
        Assert.Equal(recipe, read with { Phases = recipe.Phases, Unfreezing = recipe.Unfreezing });
    }

    [Fact]
    public void Phases_part_the_epochs_into_stretches()
    {
        var recipe = new TrainingRecipe { Phases = [new(1.5, 16), new(1, 24), new(0.5)] };
        recipe.Validate();
        Assert.Equal(3, recipe.Epochs);
        Assert.Equal([new(0, 1.5, 16), new(1.5, 1, 24), new(2.5, 0.5, null)], recipe.Stretches());
        Assert.Equal([16, 16, 24, 24, null], ((double[])[0, 1.4, 1.5, 2.4, 2.5]).Select(at => recipe.StretchAt(at).Resolution));
        Assert.Throws<ArgumentOutOfRangeException>(() => recipe.StretchAt(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => recipe.StretchAt(-0.1));
        Assert.Equal(1.5 * 256 + 576 + 0.25 * 1024, recipe.PixelsShown(2.75, imageSize: 32));
    }

    [Fact]
    public void Tenths_of_an_epoch_add_up()
    {
        var recipe = new TrainingRecipe { Phases = [.. Enumerable.Repeat(new Phase(0.1, 16), 10), new(0.3, Restart: 0.5), new(0.7)] };
        recipe.Validate();
        Assert.Equal(2, recipe.Epochs);
        Assert.Equal([new(0, 1), new(1, 1, 0.5)], Enumerable.Range(0, 2).Select(recipe.CycleOf));
        Assert.Equal([16, null, null], ((double[])[0.99, 1, 1.99]).Select(at => recipe.StretchAt(at).Resolution));
    }

    [Fact]
    public void Restarts_part_the_epochs_into_cycles()
    {
        var recipe = new TrainingRecipe { Phases = [new(2, 16), new(1), new(3, Restart: 0.5), new(1, 16), new(2, Restart: 0.1)] };
        Assert.Equal(
            [new(0, 3), new(0, 3), new(0, 3), .. Enumerable.Repeat(new Cycle(3, 4, 0.5), 4), new(7, 2, 0.1), new(7, 2, 0.1)],
            Enumerable.Range(0, 9).Select(recipe.CycleOf));
        Assert.Equal(recipe.Phases.Take(4), recipe.BeforeRestart()!.Phases);
        Assert.Equal(recipe.Phases.Take(2), recipe.BeforeRestart()!.BeforeRestart()!.Phases);
        Assert.Null(recipe.BeforeRestart()!.BeforeRestart()!.BeforeRestart());
    }

    private static TrainingRecipe Parse(string json)
    {
        var whole = json.Contains("\"phases\"") ? json : json.Insert(1, """ "phases": [{ "epochs": 1 }],""");
        return Json.Read<TrainingRecipe>(whole);
    }
}
