using System.Text.Json;
using DistillKit.Distillation;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;

namespace DistillKit.Runs.Tests.Profiles;

public sealed class DistillationRecipeTests
{
    private const string EveryTerm = """
        { "alpha": 0.7, "alphaEnd": 0.1, "temperature": 5, "temperatureEnd": 1, "terms": [
            { "kind": "hinton", "standardize": true, "temperature": 2, "weight": 9 },
            { "kind": "decoupled", "targetWeight": 2, "nonTargetWeight": 4 },
            { "kind": "dist", "interClass": 2, "intraClass": 0 },
            { "kind": "hint", "student": "features.6", "teacher": "layer2", "until": 0.5 },
            { "kind": "attention", "student": "features.13", "teacher": "layer3", "weight": 10 },
            { "kind": "similarity", "student": "features.17", "teacher": "layer4", "from": 0.25, "until": 0.75 },
            { "kind": "relational", "student": "features.18", "teacher": "layer4", "distance": 25, "angle": 50 },
            { "weight": 0.8, "kind": "contrastive", "student": "features.18", "teacher": "layer4", "dimensions": 64, "tau": 0.1 } ] }
        """;

    [Fact]
    public void Every_kind_of_term_reads_from_JSON()
    {
        var recipe = Parse(EveryTerm).Distillation;
        LossTerm[] expected =
        [
            new HintonTerm(Standardize: true) { Temperature = 2, Weight = 9 }, new DecoupledTerm(2, 4), new DistTerm(2, 0),
            new HintTerm("features.6", "layer2") { Until = 0.5 },
            new AttentionTerm("features.13", "layer3") { Weight = 10 },
            new SimilarityTerm("features.17", "layer4") { From = 0.25, Until = 0.75 },
            new RelationalTerm("features.18", "layer4", 25, 50), new ContrastiveTerm("features.18", "layer4", 64, 0.1) { Weight = 0.8 },
        ];
        Assert.Equal(expected, recipe.Terms);
        Assert.Equal(new(0.7, 5, null, 0.1, 1), recipe with { Terms = null });
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var profile = Parse(EveryTerm);
        Assert.Equal(profile.Distillation.Terms, Profile.Parse(profile.ToJson(), "again").Distillation.Terms);
    }

    [Fact]
    public void Results_of_recipes_without_the_newer_fields_stay_valid() =>
        Assert.Equal(
            StageStore.Fingerprint("""{"Alpha":0.9,"Temperature":4,"TeacherResolution":24}"""),
            StageStore.Fingerprint(new DistillationRecipe(TeacherResolution: 24)));

    [Fact]
    public void Terms_are_part_of_the_fingerprint()
    {
        string Fingerprint(params LossTerm[]? terms) => StageStore.Fingerprint(new DistillationRecipe(Terms: terms));
        string[] all = [Fingerprint(null), Fingerprint([]), Fingerprint(new HintonTerm()), Fingerprint(new DistTerm()),
            Fingerprint(new AttentionTerm("a", "b")), Fingerprint(new SimilarityTerm("a", "b")), Fingerprint(new AttentionTerm("a", "c"))];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Without_features_the_terms_on_logits_are_left_for_the_whole_training()
    {
        LossTerm[] terms = [new HintTerm("a", "b") { Until = 0.5 }, new DistTerm { Weight = 3, From = 0.5 },
            new HintonTerm { Until = 0.1 }];
        DistillationRecipe recipe = new(0.7, Terms: terms);
        Assert.Equal([new DistTerm { Weight = 3 }, new HintonTerm()], recipe.OnLogits().Terms!);
        Assert.Equal([new HintonTerm()], new DistillationRecipe().OnLogits().Terms!);
        Assert.Empty(new DistillationRecipe(Terms: [new HintTerm("a", "b")]).OnLogits().Terms!);
    }

    [Theory]
    [InlineData("\"alpha\": 0.7", "\"alpha\": -1", "alpha must be from 0 to 1, but is -1")]
    [InlineData("\"alphaEnd\": 0.1", "\"alphaEnd\": 1.5", "alphaEnd must be from 0 to 1, but is 1.5")]
    [InlineData("\"temperature\": 5", "\"temperature\": 0", "distillation.temperature must be from 0.01 to 1000000, but is 0")]
    [InlineData("\"temperatureEnd\": 1", "\"temperatureEnd\": -1", "temperatureEnd must be from 0.01 to 1000000, but is -1")]
    [InlineData("\"temperatureEnd\": 1", "\"teacherResolution\": 4", "teacherResolution must be from 8 to 1024, but is 4")]
    [InlineData("\"weight\": 9", "\"weight\": 0", "terms[0].weight must be above 0 and at most 1000000, but is 0")]
    [InlineData("\"temperature\": 2,", "\"temperature\": -2,", "terms[0].temperature must be from 0.01 to 1000000, but is -2")]
    [InlineData("\"nonTargetWeight\": 4", "\"nonTargetWeight\": -4", "terms[1].nonTargetWeight must be from 0 to 1000000, but is -4")]
    [InlineData("\"interClass\": 2", "\"interClass\": 0", "terms[2].interClass must be above 0 where intraClass is 0")]
    [InlineData("\"until\": 0.5", "\"until\": 0", "terms[3].until must be above from and at most 1, but is 0")]
    [InlineData("\"until\": 0.5", "\"until\": 1.1", "terms[3].until")]
    [InlineData("\"from\": 0.25", "\"from\": 1", "terms[5].from must be at least 0 and below 1, but is 1")]
    [InlineData("\"from\": 0.25", "\"from\": 0.8", "terms[5].until must be above from and at most 1, but is 0.75")]
    [InlineData("\"distance\": 25", "\"distance\": -25", "terms[6].distance must be from 0 to 1000000, but is -25")]
    [InlineData("\"dimensions\": 64", "\"dimensions\": 0", "terms[7].dimensions must be from 1 to 65536, but is 0")]
    [InlineData("\"tau\": 0.1", "\"tau\": 0", "terms[7].tau must be from 0.001 to 1000, but is 0")]
    [InlineData("\"features.6\"", "\"\"", "terms[3].student is '', but the student has the features")]
    [InlineData(
        "\"features.6\"", "\"features.60\"", "terms[3].student is 'features.60', but the student has the features features.0, features.1")]
    [InlineData(
        "\"teacher\": \"layer3\"", "\"teacher\": \"layer7\"",
        "terms[4].teacher is 'layer7', but the teacher has the features stem, layer1, layer2, layer3, layer4.")]
    [InlineData("\"teacher\": \"layer3\"", "\"teacher\": null", "teacher")]
    [InlineData("\"teacher\": \"layer3\", ", "", "teacher")]
    [InlineData("\"kind\": \"dist\"", "\"kind\": \"distance\"", "distance")]
    [InlineData("\"kind\": \"dist\", ", "", "terms[2]")]
    [InlineData("\"interClass\": 2", "\"interclas\": 2", "'interclas'")]
    [InlineData("\"angle\": 50", "\"angel\": 50", "'angel'")]
    [InlineData("\"terms\": [", "\"terms\": [ null,", "terms[0] must be given")]
    public void A_wrong_field_is_named_in_a_line(string text, string wrong, string reason)
    {
        Assert.Contains(text, EveryTerm);
        var first = EveryTerm.IndexOf(text, StringComparison.Ordinal);
        var message = Assert.Throws<UserException>(() => Parse(EveryTerm[..first] + wrong + EveryTerm[(first + text.Length)..])).Message;
        Assert.Contains(reason, message);
        Assert.DoesNotContain('\n', message);
    }

    private static Profile Parse(string distillation)
    {
        var smoke = System.Text.Json.Nodes.JsonNode.Parse(Profile.Load("smoke").ToJson())!;
        smoke["teacher"]!["model"]!["blocks"] = JsonSerializer.SerializeToNode((int[])[1, 1, 1, 1]);
        // As text: a null in a list, or a kind that is not first, must come as it is written.
        smoke["distillation"] = "here";
        return Profile.Parse(smoke.ToJsonString().Replace("\"here\"", distillation), "mine.json");
    }
}
