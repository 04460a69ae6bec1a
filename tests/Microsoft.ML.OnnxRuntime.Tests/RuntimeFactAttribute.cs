using System.Runtime.CompilerServices;

namespace Microsoft.ML.OnnxRuntime.Tests;

/// <summary>A test that is skipped on a machine without ONNX Runtime's library.</summary>
public sealed class RuntimeFactAttribute : FactAttribute
{
    static readonly string? Missing = WhyMissing();

    public RuntimeFactAttribute() => Skip = Missing;

    static string? WhyMissing()
    {
        try
        {
            Touch();
            return null;
        }
        catch (TypeInitializationException e) when (e.GetBaseException() is DllNotFoundException missing)
        {
            return missing.Message;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Touch() => OrtEnv.Instance().GetVersionString();
}
