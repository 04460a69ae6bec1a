using DistillKit.Data;
using DistillKit.Training;

namespace DistillKit.Runs.Stages;

/// <summary>Receives what a run does, for instance to show it.</summary>
public interface IRunProgress
{
    /// <summary>A stage begins; <paramref name="resumedStep"/> is above 0 when it continues an interrupted one.</summary>
    public void Started(string stage, string description, int resumedStep = 0);

    /// <summary>The running training stage has done a step.</summary>
    public void Trained(TrainingProgress progress);

    /// <summary>The running data stage has advanced.</summary>
    public void Installed(DataProgress progress);

    /// <summary>The running stage has advanced by one of several parts.</summary>
    public void Advanced(string part);

    /// <summary>A stage has ended, or had been finished by an earlier run.</summary>
    public void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun = false);
}
