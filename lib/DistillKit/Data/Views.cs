using System.Text.Json.Serialization;

namespace DistillKit.Data;

/// <summary>
/// A fixed number of augmented views of each image: epoch e shows view e mod <paramref name="Count"/>. What a teacher says about them can be stored once
/// and used in every epoch and by every student, for the views depend on a seed of their own.
/// </summary>
/// <param name="Count">How many. More of them cost the teacher more and teach the student better.</param>
/// <param name="Seed">Decides crops, flips and cutouts; the order of the images stays the run's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Views(int Count, ulong Seed = 1)
{
    /// <summary>The view that an epoch shows, both counted from 0.</summary>
    public int Of(int epoch) => epoch % Count;
}
