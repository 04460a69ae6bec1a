using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch that the native shim was compiled against.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)Native.dk_version())!;

    public static int get_num_threads() => (int)Native.dk_threads();
    public static void set_num_threads(int num) => Native.Check(Native.dk_set_threads(num));

    public static bool cuda_is_available() => cuda.is_available();

    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;
        public static int device_count() => (int)Native.dk_device_count((long)DeviceType.CUDA);

        public static void synchronize(Device? device = null) =>
            Native.Check(Native.dk_synchronize((long)DeviceType.CUDA, device?.index ?? -1), "synchronize");
    }
}
