using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>A build step for Linux: makes a copy of a library that loads on a system whose C++ library is older than the library asks for.
/// That is possible where the only version that the system lacks is the one of a symbol that no relocation uses (libLibTorchSharp.so 0.107
/// and GLIBCXX_3.4.32: the start of iostreams, in GCC 13's libstdc++). The dynamic linker accepts a missing version that is marked as weak.
/// Layout of the tables: System V ABI, and
/// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html.</summary>
public sealed class MakeLoadable : Task
{
    private const string Replaceable = "GLIBCXX_3.4.32";
    private const string Unused = "_ZSt21ios_base_library_initv";
    private const byte Weak = 2;

    /// <summary>The library. It is never written.</summary>
    [Required]
    public string Library { get; set; } = "";

    /// <summary>Where the copy goes, and beside it a note of what was done.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>Where the C++ and C libraries to load with are; those of this process unless given.</summary>
    public string SystemFolder { get; set; } = "";

    /// <summary>The copy and the note; empty where the library loads as it is.</summary>
    [Output]
    public ITaskItem[] Files { get; set; } = new ITaskItem[0];

    public override bool Execute()
    {
        try
        {
            var bytes = File.ReadAllBytes(Library);
            var library = new Elf(bytes);
            var copy = Path.Combine(Folder, Path.GetFileName(Library));
            var unmet = library.Needs().Where(need => !IsMet(need.File, need.Name)).ToList();
            foreach (var need in unmet)
            {
                if (need.Name != Replaceable || library.Uses(need.Index, Unused))
                    throw new InvalidDataException(Path.GetFileName(Library) + " needs " + need.Name + " of " + need.File
                        + ", and this system's " + Found(need.File) + " has no such version: a newer system is needed");
                bytes[need.FlagsAt] |= Weak;
            }
            if (unmet.Count == 0) return true;
            Directory.CreateDirectory(Folder);
            Write(copy, bytes);
            Write(copy + ".txt", Encoding.UTF8.GetBytes(
                Replaceable + ", which nothing in it uses, is marked as optional: this system's C++ library does not have it"));
            Files = new ITaskItem[] { new TaskItem(copy), new TaskItem(copy + ".txt") };
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is InvalidDataException
            || error is IndexOutOfRangeException || error is ArgumentException)
        {
            Log.LogError(Library + ": " + error.Message);
        }
        return !Log.HasLoggedErrors;
    }

    // By renaming, and only what changes: two projects may be built at once, and a program may have the old file mapped.
    private static void Write(string path, byte[] bytes)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).SequenceEqual(bytes)) return;
        var staging = path + "." + System.Diagnostics.Process.GetCurrentProcess().Id;
        File.WriteAllBytes(staging, bytes);
        if (File.Exists(path)) File.Delete(path);
        File.Move(staging, path);
    }

    // A file that this process has not loaded comes with the package, or is missing and then named by the dynamic linker.
    private bool IsMet(string file, string version) => Found(file) == null || Versions(file).Contains(version);

    private IEnumerable<string> Versions(string file) => new Elf(File.ReadAllBytes(Found(file))).Definitions();

    private string Found(string file)
    {
        if (SystemFolder != "") return File.Exists(Path.Combine(SystemFolder, file)) ? Path.Combine(SystemFolder, file) : null;
        return File.ReadLines("/proc/self/maps").Select(line => line.Substring(Math.Max(line.IndexOf('/'), 0)))
            .FirstOrDefault(path => Path.GetFileName(path) == file || Path.GetFileName(path).StartsWith(file + "."));
    }

    /// <summary>The dynamic section of a 64-bit little-endian ELF file.</summary>
    private sealed class Elf
    {
        private const long Strings = 5, Symbols = 6, Relocations = 7, RelocationsSize = 8, CallsSize = 2, Calls = 23;
        private const long SymbolVersions = 0x6ffffff0, VersionsDefined = 0x6ffffffc, VersionsNeeded = 0x6ffffffe;

        private readonly byte[] bytes;
        private readonly List<long[]> segments = new List<long[]>();
        private readonly Dictionary<long, long> dynamic = new Dictionary<long, long>();

        public Elf(byte[] bytes)
        {
            this.bytes = bytes;
            var isElf = bytes.Length >= 64 && U32(0) == 0x464c457f && bytes[4] == 2 && bytes[5] == 1;
            if (!isElf) throw new InvalidDataException("no 64-bit little-endian ELF file");
            var (table, size, count) = (I64(32), U16(54), U16(56));
            var (start, end) = (0L, 0L);
            for (var at = table; count-- > 0; at += size)
            {
                if (U32(at) == 1) segments.Add(new[] { I64(at + 16), I64(at + 8), I64(at + 32) });
                if (U32(at) == 2) (start, end) = (I64(at + 8), I64(at + 8) + I64(at + 32));
            }
            for (var at = start; at + 16 <= end && I64(at) != 0; at += 16) dynamic[I64(at)] = I64(at + 8);
        }

        /// <summary>The versions that the library needs of others.</summary>
        public IEnumerable<(string File, string Name, int Index, int FlagsAt)> Needs()
        {
            for (var file = Place(VersionsNeeded); file >= 0; file = Next(file, 12))
            {
                var count = U16(file + 2);
                for (var at = file + U32(file + 8); count-- > 0; at += U32(at + 12))
                    if ((U16(at + 4) & Weak) == 0) yield return (Text(U32(file + 4)), Text(U32(at + 8)), U16(at + 6), (int)at + 4);
            }
        }

        public IEnumerable<string> Definitions()
        {
            for (var at = Place(VersionsDefined); at >= 0; at = Next(at, 16)) yield return Text(U32(at + U32(at + 12)));
        }

        /// <summary>Whether the version is that of any symbol but the named one, or a relocation uses that one.</summary>
        public bool Uses(int version, string unused)
        {
            var symbols = Enumerable.Range(0, SymbolCount())
                .Where(index => (U16(Place(SymbolVersions) + 2 * index) & 0x7fff) == version).ToList();
            return symbols.Any(index => Text(U32(Place(Symbols) + 24 * index)) != unused) || Used().Any(index => symbols.Contains(index));
        }

        private IEnumerable<int> Used() => Used(Relocations, RelocationsSize).Concat(Used(Calls, CallsSize));

        private IEnumerable<int> Used(long table, long size)
        {
            for (long at = Place(table), end = at + (at < 0 ? 0 : dynamic[size]); at < end; at += 24) yield return (int)(I64(at + 8) >> 32);
        }

        // The symbol table has no length of its own; the strings follow it in every linker's layout.
        private int SymbolCount() => (int)((dynamic[Strings] - dynamic[Symbols]) / 24);

        private long Next(long at, int field) => U32(at + field) == 0 ? -1 : at + U32(at + field);

        private long Place(long tag)
        {
            if (!dynamic.TryGetValue(tag, out var address)) return -1;
            var segment = segments.FirstOrDefault(part => address >= part[0] && address < part[0] + part[2]);
            if (segment == null) throw new InvalidDataException("damaged: an address outside of its segments");
            return address - segment[0] + segment[1];
        }

        private string Text(long offset)
        {
            var start = (int)(Place(Strings) + offset);
            return Encoding.ASCII.GetString(bytes, start, Array.IndexOf(bytes, (byte)0, start) - start);
        }

        private ushort U16(long at) => BitConverter.ToUInt16(bytes, (int)at);
        private uint U32(long at) => BitConverter.ToUInt32(bytes, (int)at);
        private long I64(long at) => BitConverter.ToInt64(bytes, (int)at);
    }
}
