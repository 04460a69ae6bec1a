using System.Text.Json.Nodes;
using DistillKit.Networks;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Profiles;

namespace DistillKit.Runs.Tests.Profiles;

public sealed class ProfileTests
{
    private static readonly string Smoke = Profile.Load("smoke").ToJson();

    public static TheoryData<string> Names => [.. Profile.BuiltIn];

    [Theory]
    [MemberData(nameof(Names))]
    public void Built_in_profiles_are_valid_and_have_their_own_name(string name)
    {
        var profile = Profile.Load(name);
        Assert.Equal(name, profile.Name);
        Assert.Equal(profile.ToJson(), Profile.Parse(profile.ToJson(), "again").ToJson());
    }

    [Fact]
    public void A_file_is_a_profile_too()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.json"], Smoke.Replace("\"smoke\",", "\"mine\", // a comment"));
        Assert.Equal("mine", Profile.Load(folder["mine.json"]).Name);
    }

    [Fact]
    public void An_unknown_name_lists_the_profiles() =>
        Assert.Equal("There is no profile 'slow': take one of smoke, quick, standard, full, or the path of a profile's JSON file.",
            Assert.Throws<UserException>(() => Profile.Load("slow")).Message);

    [Theory]
    [InlineData("\"batchSize\": 64", "\"batchsise\": 64", "batchsise")]
    [InlineData("\"learningRate\": 0.1", "\"learningrate\": 0.1, \"rate\": 1", "rate")]
    [InlineData("\"padding\": 4", "\"paddding\": 4", "paddding")]
    [InlineData("\"epochs\": 2", "\"epoch\": 2", "epoch")]
    [InlineData("\"blocks\": [", "\"bloks\": [", "bloks")]
    [InlineData("\"alpha\": 0.9", "\"alfa\": 0.9", "alfa")]
    [InlineData("\"distillation\": {", "\"distilation\": {", "distilation")]
    [InlineData("\"calibrationImages\": 100", "\"calibrationimage\": 100", "calibrationimage")]
    [InlineData("\"isSymmetric\": true", "\"symmetric\": true", "symmetric")]
    [InlineData("\"freezeRangesAt\": 0.5", "\"freezeAt\": 0.5", "freezeAt")]
    public void An_unknown_field_is_named(string text, string typo, string field) => Assert.Contains($"'{field}'", Refusal(text, typo));

    [Theory]
    [InlineData("\"batchSize\": 64", "\"batchSize\": \"many\"", "batchSize")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": 0", "The profile's teacher.training.batchSize must be from 2 to 65536, but is 0.")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": 1", "The profile's teacher.training.batchSize must be from 2 to 65536, but is 1.")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": 2000",
        "The profile's teacher.training.batchSize must be at most 1280, the number of training images, but is 2000.")]
    [InlineData("\"learningRate\": 0.1", "\"learningRate\": 1e300", "The profile's teacher.training.optimizer.learningRate must be ")]
    [InlineData("\"padding\": 4", "\"padding\": 40", "The profile's teacher.training cannot be used: ")]
    [InlineData("\"resolution\": 16", "\"resolution\": 2147483647", "The profile's teacher.training.phases[0].resolution must be ")]
    [InlineData("\"source\": \"Synthetic\"", "\"source\": 7", "'data.source' must be one of Cifar10, Synthetic, Folder")]
    [InlineData("\"source\": \"Synthetic\"", "\"source\": \"7\"", "'data.source' must be one of Cifar10, Synthetic, Folder")]
    [InlineData("\"training\": 1280", "\"training\": 1285",
        "The profile's data.training must be a multiple of the 10 classes, but is 1285.")]
    [InlineData("\"training\": 1280", "\"training\": 900000", "The profile's data.training must be at most 199800")]
    [InlineData("\"temperature\": 4", "\"temperature\": 4, \"Temperature\": 400", "distillation has 'Temperature' twice")]
    [InlineData("\"source\": \"Synthetic\"", "\"source\": \"Imagenet\"", "source")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": \"64\"", "'teacher.training.batchSize' must be a whole number")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": 64, \"batchsize\": 32", "teacher.training has 'batchsize' twice")]
    [InlineData("\"source\": \"Synthetic\"", "\"source\": 1", "'data.source' must be one of Cifar10, Synthetic")]
    [InlineData("\"family\": \"resnet\"", "\"family\": \"vgg\"",
        "teacher.model must have a 'family', one of resnet, mobilenetv2, not 'vgg'")]
    [InlineData("\"validation\": 200", "\"validation\": 0", "The profile's data.validation must be from 1 to 1000000, but is 0.")]
    [InlineData("\"alpha\": 0.9", "\"alpha\": 2", "alpha must be from 0 to 1")]
    [InlineData("\"name\": \"smoke\"", "\"name\": \"a/b\"", "cannot be the name of a folder")]
    [InlineData("\"name\": \"smoke\"", "\"name\": \"Experiments\"", "cannot be the name of a folder")]
    [InlineData("\"name\": \"smoke\"", "\"name\": \"a\\u001b\"", "cannot be the name of a folder")]
    [InlineData("\"name\": \"smoke\"", "\"name\": null", "name")]
    [InlineData("\"width\": 0.25", "\"width\": 9", "width must be above 0")]
    [InlineData("\"latencyRepeats\": 20", "\"latencyRepeats\": 0", "latencyRepeats")]
    [InlineData("\"calibrationImages\": 100", "\"calibrationImages\": 0",
        "The profile's quantization.calibrationImages must be from 1 to 1000000, but is 0.")]
    [InlineData("\"freezeRangesAt\": 0.5", "\"freezeRangesAt\": 2", "freezeRangesAt must be from 0 to 1")]
    [InlineData("\"isSymmetric\": true", "\"isSymmetric\": false", "signed and symmetric")]
    public void A_wrong_value_is_named(string text, string wrong, string reason) => Assert.Contains(reason, Refusal(text, wrong));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"name\": \"a\" }")]
    [InlineData("{ \"name\": \"a\", ")]
    [InlineData(
        """{ "name": "a", "description": "", "data": {}, "teacher": null, "student": null, "distillation": null, "quantization": null }""")]
    [InlineData("""{ "name": "a", "description": "", "data": {}, "teacher": {}, "student": {}, "distillation": {}, "quantization": {} }""")]
    public void What_is_no_profile_is_refused_in_a_line(string json)
    {
        var message = Assert.Throws<UserException>(() => Profile.Parse(json, "mine.json")).Message;
        Assert.StartsWith("The profile mine.json cannot be read: ", message);
        Assert.DoesNotContain('\n', message);
    }

    /// <summary>What only the student's training, or the stage that quantizes it, would have found after the teacher's training.</summary>
    [Theory]
    [InlineData("student.training.augmentation.padding", "40", "The profile's student.training cannot be used: ", "padding")]
    [InlineData("student.training.mixing", """{ "mixup": -1 }""", "The profile's student.training.mixing.mixup must be ", "but is -1")]
    [InlineData("student.training.mixing", """{ "mixup": 1e-300 }""", "The profile's student.training.mixing.mixup must be ", "1E-300")]
    [InlineData("student.training.batchSize", "1", "The profile's student.training.batchSize must be from 2 to 65536", "but is 1")]
    [InlineData("student.training.batchSize", "1281", "The profile's student.training.batchSize must be at most 1280", "training images")]
    [InlineData("quantization.training.batchSize", "1281", "The profile's quantization.training.batchSize must be at most 1280", "")]
    [InlineData("student.training.unfreezing", """[{ "fromEpoch": 0, "upTo": "layer9" }]""",
        "The profile's student.training cannot be used: ", "stem")]
    [InlineData("quantization.training.precision", "\"BFloat16\"", "The profile's quantization.training cannot be used: ", "bfloat16")]
    [InlineData("quantization.training.augmentation.padding", "40", "The profile's quantization.training cannot be used: ", "padding")]
    [InlineData(
        "quantization.postTraining.plan.layers", """{ "features.99": { "strategy": "Float" } }""",
        "The profile's quantization.postTraining cannot be used: ",
        "The plan names a layer 'features.99' that the network does not have; it has ")]
    [InlineData("quantization.postTraining.plan.observer", """{ "kind": "Largest" }""",
        "The profile's quantization.postTraining cannot be used: ", "Largest")]
    [InlineData("data", """{ "source": "Folder", "folder": "a\u0000b" }""", "'data.folder' must be a path", "")]
    [InlineData("teacher.weights", "\"a\\u0000b\"", "'teacher.weights' must be a path", "")]
    [InlineData("quantization.aware.freezeRangesAt", "2",
        "The profile's quantization.aware", "freezeRangesAt must be from 0 to 1, but is 2")]
    [InlineData("distillation.terms", """[{ "kind": "hint", "student": "layer1", "teacher": "layer1" }]""",
        "The profile's distillation cannot be used: ", "'layer1', but the student has the features features.0")]
    [InlineData("distillation.terms", """[{ "kind": "hint", "student": "features.1", "teacher": "layer9" }]""",
        "The profile's distillation cannot be used: ", "'layer9', but the teacher has the features ")]
    public void A_mistake_that_would_show_late_is_refused_with_its_place(string path, string value, string place, string reason)
    {
        var profile = JsonNode.Parse(Smoke)!.AsObject();
        ProfilePath.Set(profile, path, JsonNode.Parse(value));
        var message = Assert.Throws<UserException>(() => Profile.Parse(profile.ToJsonString(), "mine.json")).Message;
        Assert.Contains(place, message);
        Assert.Contains(reason, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Classes_that_the_images_do_not_have_are_refused()
    {
        var profile = Profile.Load("smoke");
        var other = profile with
        {
            Teacher = profile.Teacher with { Model = profile.Teacher.Model with { Classes = 7 } },
            Student = profile.Student with { Model = profile.Student.Model with { Classes = 7 } },
        };
        Assert.Equal("The profile's teacher.model.classes must be 10, as many as the images have, but is 7.",
            Assert.Throws<UserException>(() => Profile.Parse(other.ToJson(), "other")).Message);
    }

    [Fact]
    public void Both_networks_have_the_same_classes()
    {
        var profile = Profile.Load("smoke");
        var other = profile with { Student = profile.Student with { Model = new ResNetSpec { Blocks = [1], Classes = 7 } } };
        Assert.Contains("The teacher has 10 classes and the student 7",
            Assert.Throws<UserException>(() => Profile.Parse(other.ToJson(), "other")).Message);
    }

    private static string Refusal(string text, string replacement)
    {
        Assert.Contains(text, Smoke);
        var first = Smoke.IndexOf(text, StringComparison.Ordinal);
        var message = Assert.Throws<UserException>(
            () => Profile.Parse(Smoke[..first] + replacement + Smoke[(first + text.Length)..], "mine.json")).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
