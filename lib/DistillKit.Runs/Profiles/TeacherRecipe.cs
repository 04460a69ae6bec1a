using System.Collections.Concurrent;
using DistillKit.Files;
using DistillKit.Networks;
using DistillKit.Training;

namespace DistillKit.Runs.Profiles;

/// <summary>The large network: trained by a recipe, or with weights that there are already.</summary>
/// <param name="Model">The network; may be left out in a file where the weights say it.</param>
/// <param name="Training">Its recipe; not needed with weights.</param>
/// <param name="Weights">
/// A safetensors file with torchvision's parameter names, that is validated and not trained; in a profile's file relative to that.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeacherRecipe(ModelSpec Model = null!, TrainingRecipe? Training = null, string? Weights = null)
{
    private static readonly ConcurrentDictionary<(string Path, DateTime Written), string> Hashes = [];

    /// <summary>The recipe with the whole path of its weights, and the network that they are of.</summary>
    /// <exception cref="InvalidDataException">There is neither a network to train nor weights.</exception>
    /// <exception cref="UserException">The weights cannot be read, or their network is not known or another one.</exception>
    internal TeacherRecipe Located(string folder)
    {
        if (Weights is null)
        {
            if (Model is not null && Training is not null) return this;
            throw new InvalidDataException("teacher needs model and training, or weights");
        }
        var path = Path.GetFullPath(Weights, folder);
        var own = Safetensors.LoadMetadata(path).TryGetValue("spec", out var spec) ? ModelSpec.Parse(spec) : null;
        if ((Model ?? own) is not { } model)
            throw new UserException(
                $"The teacher's weights {path} do not say which network they are of: give the profile's teacher its 'model' too.");
        if (own is not null && own.ToJson() != model.ToJson())
            throw new UserException(
                $"The teacher's weights {path} are of the network {own.ToJson()}: leave out the 'model' of the profile's teacher.");
        return this with { Model = model, Weights = path };
    }

    /// <summary>A text that changes with the content of a file.</summary>
    /// <exception cref="UserException">It cannot be read.</exception>
    internal static string HashOf(string weights)
    {
        try
        {
            return Hashes.GetOrAdd((weights, File.GetLastWriteTimeUtc(weights)), key =>
            {
                using var file = File.OpenRead(key.Path);
                return Convert.ToHexStringLower(SHA256.HashData(file));
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot read the teacher's weights {weights}: {error.Message}", error);
        }
    }
}
