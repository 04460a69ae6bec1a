namespace DistillKit.Cli.Notebooks;

/// <summary>What a kernel may use that runs somebody else's code.</summary>
/// <param name="Memory">In bytes, of all its processes together, and of the files that it writes.</param>
/// <param name="Output">In characters.</param>
/// <param name="Results">A folder whose content it gets a copy of, as its artifacts.</param>
/// <param name="Seen">Files and folders that it may read beside the system's, the library's and the data's.</param>
internal sealed record Confinement(long Memory, long Output, string Results, params IReadOnlyList<string> Seen)
{
    /// <summary>The most processes that it may have.</summary>
    internal const int Processes = 32;

    private static readonly Lazy<bool> Available = new(Probe);
    private static readonly Lazy<string> Root = new(() => Directory.CreateTempSubdirectory("distillkit-").FullName);

    /// <summary>Whether this system lets a kernel run in namespaces of its own: without network, seeing neither other processes nor any
    /// file beyond the system's, the library's and the data's, and ending with the process that started it.</summary>
    internal static bool HasNamespaces => Available.Value;

    /// <summary>Where the notebook finds its artifacts.</summary>
    internal static string Artifacts => Path.Combine(Checkout.Root, "artifacts");

    /// <summary>The start of a program in namespaces of its own, in the checkout's folder of notebooks, which holds only the set-up script.
    /// </summary>
    internal ProcessStartInfo Confine(string program, IEnumerable<string> arguments)
    {
        string[] seen =
        [
            "/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd",
            "/sys/devices/system/cpu", Path.GetDirectoryName(RealPath(program))!, KernelTool.Packages, .. Seen,
            .. ((string[])["lib", "data", "DistillKit.Notebooks.sln", Path.Combine("notebooks", "setup.csx")])
                .Select(part => Path.Combine(Checkout.Root, part)),
        ];
        var work = Path.Combine(Checkout.Root, "notebooks");
        return new("unshare",
        [
            .. Namespaces, "bash", "-c", Script, "confinement", Root.Value, Results, Artifacts, work, $"{Memory / 1024}", .. seen,
            "--", program, .. arguments,
        ]);
    }

    private static readonly string[] Namespaces =
        ["--user", "--map-root-user", "--net", "--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child"];

    // Arguments: an empty folder, the results to copy, where to, the folder to run in, kilobytes, what is seen, "--", the program with its
    // arguments. What can be written to is in memory, and goes with the processes. Root there has no capability left. The kernel does not
    // look at the end of its input, so another process does: it comes when the grader has ended.
    private const string Script = """
        set -eu
        root=$1 results=$2 artifacts=$3 work=$4 memory=$5; shift 5
        mount -t tmpfs -o "size=${memory}k,mode=755" tmpfs "$root"
        readonly_bind() { mount --bind "$1" "$root$1" && mount -o remount,bind,ro,nosuid,nodev "$root$1"; }
        while [ "$1" != -- ]; do
            if [ -e "$root$1" ]; then :
            elif [ -L "$1" ]; then ln -s "$(readlink "$1")" "$root$1"
            elif [ -d "$1" ]; then mkdir -p "$root$1"; readonly_bind "$1"
            elif [ -e "$1" ]; then mkdir -p "$root$(dirname "$1")"; touch "$root$1"; readonly_bind "$1"
            fi
            shift
        done
        shift
        mkdir -p "$root/proc" "$root/tmp" "$root/dev/shm" "$root$work" "$root$artifacts"
        for device in null zero full random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
        mount -t proc proc "$root/proc"
        for part in sys irq bus sysrq-trigger; do
            if [ -e "$root/proc/$part" ]; then
                mount --bind "$root/proc/$part" "$root/proc/$part"
                mount -o remount,bind,ro "$root/proc/$part"
            fi
        done
        ln -s /proc/self/fd "$root/dev/fd"
        cp -r "$results/." "$root$artifacts"
        export HOME=/tmp TMPDIR=/tmp
        exec chroot "$root" setpriv --bounding-set=-all --inh-caps=-all --no-new-privs bash -c '
            cd "$1"; shift
            ulimit -c 0; ulimit -d "$1"; ulimit -f "$1"; shift
            exec 3<&0
            "$@" < <(cat <&3; kill -KILL -1) &
            wait $!' confined "$work" "$memory" "$@"
        """;

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var folder = Directory.CreateTempSubdirectory("distillkit-").FullName;
        try
        {
            var start = new Confinement(1L << 30, 0, folder).Confine("/bin/true", []);
            start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
            using var process = Process.Start(start)!;
            return process.WaitForExit(TimeSpan.FromSeconds(30)) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string RealPath(string program)
    {
        if (!Path.IsPathRooted(program))
        {
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            program = folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? program;
        }
        return File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
    }
}
