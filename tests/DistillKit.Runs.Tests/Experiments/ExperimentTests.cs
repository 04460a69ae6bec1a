using DistillKit.Distillation;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Profiles;

namespace DistillKit.Runs.Tests.Experiments;

public sealed class ExperimentTests
{
    [Fact]
    public void Recipes_cross_with_the_grid_and_the_baseline_does_not()
    {
        var experiment = Parse("""
            "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} },
            "grid": { "distillation.temperature": [1, 2.5], "student.training.labelSmoothing": [0, 0.1] }
            """);
        Assert.Equal(
            [
                "alone-s1", "kd-temperature1-labelSmoothing0-s1", "kd-temperature1-labelSmoothing0.1-s1",
                "kd-temperature2.5-labelSmoothing0-s1", "kd-temperature2.5-labelSmoothing0.1-s1",
                "alone-s2", "kd-temperature1-labelSmoothing0-s2", "kd-temperature1-labelSmoothing0.1-s2",
                "kd-temperature2.5-labelSmoothing0-s2", "kd-temperature2.5-labelSmoothing0.1-s2",
            ],
            experiment.Runs.Select(run => run.Id));
        var last = experiment.Runs[^1].Variant.Profile;
        Assert.Equal((2.5, 0.1), (last.Distillation.Temperature, last.Student.Training.LabelSmoothing));
        Assert.Equal(10, experiment.Runs.Select(run => run.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Changes_for_all_come_first_and_reach_absent_parts_and_elements_of_lists()
    {
        var experiment = Parse("""
            "set": {
              "student.training.phases": [{ "epochs": 1, "resolution": 8 }], "Student.Training.Phases.0.Epochs": 2,
              "distillation.teacherResolution": 16, "student.training.mixing.mixup": 0.2
            },
            "recipes": { "alone": { "distillation.teacherResolution": null }, "kd": { "student.training.clipNorm": 1 } }
            """);
        var (alone, kd) = (experiment.Variants[0].Profile, experiment.Variants[1].Profile);
        Assert.Equal((2, 8), (alone.Student.Training.Phases[0].Epochs, alone.Student.Training.Phases[0].Resolution));
        Assert.Equal((null, 16), (alone.Distillation.TeacherResolution, kd.Distillation.TeacherResolution));
        Assert.Equal((null, 1), (alone.Student.Training.ClipNorm, kd.Student.Training.ClipNorm));
        Assert.Equal(0.2, kd.Student.Training.Mixing!.Mixup);
    }

    [Fact]
    public void The_grid_may_vary_a_part_of_what_a_recipe_sets()
    {
        var experiment = Parse("""
            "recipes": { "alone": {}, "kd": { "distillation.terms": [{ "kind": "decoupled" }] } },
            "grid": { "distillation.terms.0.targetWeight": [2, 3] }
            """);
        Assert.Equal([2, 3], experiment.Variants.Skip(1)
            .Select(variant => ((DecoupledTerm)variant.Profile.Distillation.Terms![0]).TargetWeight));
    }

    [Fact]
    public void Values_that_are_no_words_go_by_their_number_in_the_list()
    {
        var experiment = Parse("""
            "recipes": { "alone": {}, "kd": {} }, "budget": "Free",
            "grid": { "student.training.phases": [[{ "epochs": 1 }], [{ "epochs": 2 }]] }
            """);
        Assert.Equal(["alone", "kd-phases_1", "kd-phases_2"], experiment.Variants.Select(variant => variant.Name));
        Assert.Equal("""[{"epochs":2}]""", experiment.Variants[2].Grid[0].Value);
    }

    [Fact]
    public void A_run_is_stale_when_its_recipe_changes_and_only_then()
    {
        string[] Fingerprints(string fields) => [.. Parse(fields).Runs.Select(run => run.Fingerprint)];
        var before = Fingerprints("""  "recipes": { "alone": {}, "kd": { "distillation.alpha": 0.5 } }  """);
        var after = Fingerprints("""
            "recipes": { "kd": { "distillation.alpha": 0.7 }, "alone": {} }, "margin": 1, "set": { "quantization.calibrationImages": 20 }
            """);
        Assert.Equal((before[0], before[2]), (after[1], after[3]));
        Assert.NotEqual(before[1], after[0]);
        Assert.All(Fingerprints("""  "recipes": { "alone": {}, "kd": {} }, "metric": "Test"  """),
            fingerprint => Assert.DoesNotContain(fingerprint, before));
    }

    [Fact]
    public void A_profile_is_looked_for_beside_the_experiment()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.json"], Profile.Load("smoke").ToJson());
        File.WriteAllText(folder["experiment.json"], """{ "name": "n", "profile": "mine.json", "seeds": [1], "recipes": { "a": {} } }""");
        Assert.Equal("mine", Experiment.Load(folder["experiment.json"]).ProfileName);
        File.WriteAllText(folder["experiment.json"], """{ "name": "n", "profile": "other.json", "seeds": [1], "recipes": { "a": {} } }""");
        Assert.Contains("other.json", Assert.Throws<UserException>(() => Experiment.Load(folder["experiment.json"])).Message);
        File.WriteAllText(folder["experiment.json"], """{ "name": "n", "seeds": [1], "recipes": { "a": {} } }""");
        Assert.Contains("it names no profile", Assert.Throws<UserException>(() => Experiment.Load(folder["experiment.json"])).Message);
        Assert.Contains("no.json", Assert.Throws<UserException>(() => Experiment.Load(folder["no.json"])).Message);
    }

    [Theory]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.temprature": 2 } }  """,
        "recipe kd: 'distillation.temprature' is not in a profile: distillation has alpha, temperature")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.model.depht": 2 } }  """, "student.model has family, ")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distilation.alpha": 1 } }  """, "it has name, description, seed, data, teacher")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.alpha.end": 1 } }  """, "distillation.alpha is a number")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.training.phases.1.epochs": 1 } }  """,
        "student.training.phases is a list of 1, counted from 0")]
    [InlineData("""  "recipes": { "alone": {}, "kd": {} }, "grid": { "distillation.tau": [1] }  """,
        "recipe kd with distillation.tau 1: 'distillation.tau' is not in a profile")]
    [InlineData("""  "recipes": { "alone": {} }, "set": { "distillation.tau": 1 }  """, "set: 'distillation.tau' is not in a profile")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.temperature": "hot" } }  """,
        "recipe kd: 'distillation.temperature' must be a number")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.training.batchSize": 2.5 } }  """,
        "'student.training.batchSize' must be a whole number")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.training.precision": "Float8" } }  """,
        "'student.training.precision' must be one of Auto, Float32, BFloat16")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.training.phases": 3 } }  """, "'student.training.phases' must be a list")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation": { "alhpa": 3 } } }  """,
        "'alhpa' is not known: distillation has alpha")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.alpha": 3 } }  """,
        "recipe kd: The profile's distillation.alpha must be from 0 to 1, but is 3")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.model.classes": 3 } }  """, "classes")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "seed": 3 } }  """, "'seed' is not a recipe's to change")]
    [InlineData("""  "recipes": { "alone": {} }, "set": { "student.model.classes": 3 }  """,
        "set: The teacher has 10 classes and the student 3")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.terms": [{ "kind": "hinton", "tau": 1 }] } }  """,
        "'tau' is not known: distillation.terms[0] has kind, standardize, temperature, weight, from, until.")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.terms": [{ "kind": "hintin" }] } }  """, ", not 'hintin'.")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.terms": [{ "weight": 2 }] } }  """,
        "distillation.terms[0] must have a 'kind', one of hinton, decoupled, ")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.terms": [{ "kind": "hint" }] } }  """,
        "distillation.terms[0] needs student, teacher")]
    [InlineData(
        """  "recipes": { "alone": {}, "kd": { "distillation.terms": [{ "kind": "hint", "student": "layer9", "teacher": "layer1" }] } } """,
        "'layer9', but the student has the features features.0, ")]
    [InlineData(
        """ "recipes": { "alone": {}, "kd": {"distillation.terms": [{"kind": "hint", "student": "features.1", "teacher": "layer9"}] } } """,
        "'layer9', but the teacher has the features ")]
    [InlineData("""  "recipes": { "alone": {}, "kd": {} }, "grid": { "distillation.terms.0.weight": [1] }  """,
        "distillation.terms is a list of 0, counted from 0")]
    [InlineData("""  "recipes": { "kd": {} }  """, "baseline 'alone' is not one of the recipes: kd")]
    [InlineData("""  "recipes": {}  """, "at least one recipe")]
    [InlineData("""  "recipes": { "alone": {}, "k d": {} }  """, "the recipe 'k d' must be named with letters")]
    [InlineData("""  "recipes": { "alone": {}, "../x": {} }  """, "the recipe '../x' must be named with letters")]
    [InlineData("""  "recipes": { "alone": {}, "kd": null }  """, "the recipe kd must be an object")]
    [InlineData("""  "recipes": { "alone": {}, "Alone": {} }  """, "two runs would be called")]
    [InlineData("""  "recipes": { "alone": {}, "alone": {} }  """, "recipes has 'alone' twice")]
    [InlineData("""  "recipes": [1]  """, "'recipes' must be an object")]
    [InlineData("""  "recipes": { "alone": { "distillation.alpha" } }  """, "it is not JSON at line 1, byte ")]
    [InlineData("""  "recipes": { "alone": { "distillation.terms": [{ "kind": "hinton", "kind": "dist" }] } }  """,
        "recipes.alone.distillation.terms[0] has 'kind' twice")]
    [InlineData("""  "recipes": { "alone": {} }, "grid": {}, "Grid": {}  """, "it has 'Grid' twice")]
    [InlineData("""  "recipes": { "alone": {} }, "name": 1, "name": 2  """, "'name' must be a text")]
    [InlineData("""  "recipes": { "alone": {} }, "name": "a", "name": 2  """, "it has 'name' twice")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "student.training.batchSize": 1 } }  """,
        "recipe kd: The profile's student.training.batchSize must be from 2 to 65536, but is 1")]
    [InlineData("""  "recipes": { "alone": {} }, "metric": 1  """, "'metric' must be one of Validation, Test")]
    [InlineData("""  "recipes": { "alone": {}, "kd": {} }, "grid": { "distillation.alpha": [] }  """, "no values for 'distillation.alpha'")]
    [InlineData("""  "recipes": { "alone": {}, "kd": {} }, "grid": { "distillation.alpha": [0.5, 0.5] }  """,
        "a value of 'distillation.alpha' twice")]
    [InlineData("""  "recipes": { "alone": {}, "kd": { "distillation.alpha": 1 } }, "grid": { "distillation.alpha": [0.5] }  """,
        "sets 'distillation.alpha', which the grid varies")]
    [InlineData("""  "recipes": { "alone": {} }, "seeds": [1, 2, 1]  """, "seeds must differ, but 1 is there twice")]
    [InlineData("""  "recipes": { "alone": {} }, "seeds": [1]  """, "seeds must be 2 or more")]
    [InlineData("""  "recipes": { "alone": {} }, "seeds": []  """, "at least one seed")]
    [InlineData("""  "recipes": { "alone": {} }, "seeds": [-1]  """, "'seeds[0]' must be a whole number")]
    [InlineData("""  "recipes": { "alone": {} }, "margin": 0  """, "margin must be above 0")]
    [InlineData("""  "recipes": { "alone": {} }, "metric": "F1"  """, "'metric' must be one of Validation, Test")]
    [InlineData("""  "recipes": { "alone": {} }, "gird": {}  """,
        "'gird' is not known: it has name, seeds, recipes, description, profile, baseline, metric, margin, budget, set, grid")]
    [InlineData("""  "recipes": { "alone": {} }, "name": "a/b"  """, "name 'a/b' must be letters")]
    [InlineData("""  "recipes": { "alone": {} }, "profile": "slow"  """, "slow")]
    public void A_mistake_is_one_line_that_names_it(string fields, string expected)
    {
        var message = Assert.Throws<UserException>(() => Parse(fields)).Message;
        Assert.Contains(expected, message);
        Assert.Matches("^(The experiment .*test.json|There is no profile)", message);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("..", message.Replace("../x", ""));
    }

    [Theory]
    [InlineData("data.training", "100", "data.training is 100 rather than 1280")]
    [InlineData("student.model.width", "0.5", "student.model.width is 0.5 rather than 0.25")]
    [InlineData("student.training.batchSize", "32", "student.training.batchSize is 32 rather than 64")]
    [InlineData("student.training.phases", """[{ "epochs": 4, "resolution": 16 }]""",
        """student.training.phases is [{"epochs":4,"resolution":16}] rather than [{"epochs":3,"resolution":16}]""")]
    [InlineData("student.training.patience", "1", "student.training.patience is 1 rather than null")]
    public void Another_budget_is_refused_unless_the_file_asks_for_it(string path, string value, string expected)
    {
        var recipe = $$"""  "recipes": { "alone": {}, "kd": { "{{path}}": {{value}} } }  """;
        var message = Assert.Throws<UserException>(() => Parse(recipe)).Message;
        Assert.Contains($"kd trains the student at another budget than alone: {expected}", message);
        var grid = $$"""  "recipes": { "alone": {}, "kd": {} }, "grid": { "{{path}}": [{{value}}] }  """;
        Assert.Contains(expected, Assert.Throws<UserException>(() => Parse(grid)).Message);
        Assert.Equal(2, Parse(recipe + """, "budget": "Free" """).Variants.Count);
        Assert.Equal(2, Parse($$"""  "recipes": { "alone": {}, "kd": {} }, "set": { "{{path}}": {{value}} }  """).Variants.Count);
    }

    /// <summary>An experiment with these fields; what they leave out has ordinary values.</summary>
    private static Experiment Parse(string fields)
    {
        string[] ordinary = ["\"name\": \"test\"", "\"profile\": \"smoke\"", "\"seeds\": [1, 2]", "\"baseline\": \"alone\""];
        var given = ordinary.Where(field => !fields.Contains(field[..(field.IndexOf(':') + 1)]));
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["test.json"], $"{{ {string.Join(", ", given.Append(fields))} }}");
        return Experiment.Load(folder["test.json"]);
    }
}
