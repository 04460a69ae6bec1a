using DistillKit.Networks;
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
    [InlineData("\"batchSize\": 64", "\"batchSize\": 0", "batchSize must be from 2 to 65536, but is 0")]
    [InlineData("\"source\": \"Synthetic\"", "\"source\": \"Imagenet\"", "source")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": \"64\"", "'teacher.training.batchSize' must be a whole number")]
    [InlineData("\"batchSize\": 64", "\"batchSize\": 64, \"batchsize\": 32", "teacher.training has 'batchsize' twice")]
    [InlineData("\"source\": \"Synthetic\"", "\"source\": 1", "'data.source' must be one of Cifar10, Synthetic")]
    [InlineData("\"family\": \"resnet\"", "\"family\": \"vgg\"",
        "teacher.model must have a 'family', one of resnet, mobilenetv2, not 'vgg'")]
    [InlineData("\"validation\": 200", "\"validation\": 0", "at least one image")]
    [InlineData("\"alpha\": 0.9", "\"alpha\": 2", "alpha must be from 0 to 1")]
    [InlineData("\"name\": \"smoke\"", "\"name\": \"a/b\"", "cannot be the name of a folder")]
    [InlineData("\"name\": \"smoke\"", "\"name\": null", "name")]
    [InlineData("\"width\": 0.25", "\"width\": 9", "width must be above 0")]
    [InlineData("\"latencyRepeats\": 20", "\"latencyRepeats\": 0", "latencyRepeats")]
    [InlineData("\"calibrationImages\": 100", "\"calibrationImages\": 0", "calibrationImages must be at least 1")]
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
