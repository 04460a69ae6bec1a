namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed)
    {
        Native.Check(Native.dk_manual_seed((ulong)seed));
        return Generator.Default;
    }

    public static Tensor get_rng_state() => Generator.Default.get_state();
    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Native.Check(Native.dk_generator(seed, (long)this.device.type, this.device.index, out var handle));
            Handle = handle;
        }

        private Generator(nint handle) => (Handle, device) = (handle, CPU);

        ~Generator() => Dispose(false);

        public nint Handle { get; private set; }
        public Device device { get; private set; }

        public static Generator Default
        {
            get
            {
                Native.Check(Native.dk_default_generator(out var handle));
                return new(handle);
            }
        }

        public Tensor get_state()
        {
            Native.Check(Native.dk_generator_state(Handle, out var state));
            return new(state);
        }

        public void set_state(Tensor value) => Native.Check(Native.dk_generator_set_state(Handle, value.Handle));

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.dk_generator_set_seed(Handle, (ulong)seed));
            return this;
        }

        public long seed()
        {
            Native.Check(Native.dk_generator_seed(Handle, 1, out var seed));
            return (long)seed;
        }

        public long initial_seed()
        {
            Native.Check(Native.dk_generator_seed(Handle, 0, out var seed));
            return (long)seed;
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle != 0) Native.dk_generator_release(Handle);
            Handle = 0;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }
    }
}
