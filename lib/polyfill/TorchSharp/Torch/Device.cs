namespace TorchSharp;

public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MPS = 13,
    META = 14,
}

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device device(string description) => new(description);
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public class Device
    {
        public DeviceType type { get; private set; }
        public int index { get; private set; }

        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], out _))) throw new ArgumentException($"Invalid device string: {description}");
            type = TypeOf(parts[0]);
            index = parts.Length == 2 ? int.Parse(parts[1]) : -1;
        }

        public Device(string deviceType, int index = -1) : this(TypeOf(deviceType), index) { }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index) : this(DeviceType.CUDA, index) { }

        public override string ToString() => type.ToString().ToLowerInvariant() + (index < 0 ? "" : $":{index}");

        public static implicit operator Device(string description) => new(description);

        private static DeviceType TypeOf(string name) =>
            Enum.TryParse<DeviceType>(name, ignoreCase: true, out var type) ? type : throw new ArgumentException($"Invalid device type: {name}");
    }
}
