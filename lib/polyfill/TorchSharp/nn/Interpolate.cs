using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
        Area = 5,
        NearestExact = 6,
    }

    public enum GridSampleMode
    {
        Nearest = 0,
        Bilinear = 2,
    }

    public enum GridSamplePaddingMode
    {
        Zeros = 0,
        Reflection = 1,
        Border = 2,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false,
                bool antialias = false)
            {
                if (size is null == scale_factor is null) throw new ExternalException("only one of size or scale_factor should be defined");
                var spatial = x.shape[2..];
                if (recompute_scale_factor || mode == InterpolationMode.Area)
                {
                    size ??= spatial.Select((length, i) => (long)Math.Floor(length * scale_factor![i % scale_factor.Length])).ToArray();
                    scale_factor = null;
                }
                if (mode == InterpolationMode.Area) return Aten.Call($"adaptive_avg_pool{spatial.Length}d", x, size!);
                if (mode is InterpolationMode.Nearest or InterpolationMode.NearestExact && align_corners is not null)
                    throw new ExternalException("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");

                // One factor or size serves for all spatial dimensions.
                var sizes = size is null ? null : spatial.Select((_, i) => size[i % size.Length]).ToArray();
                var factors = scale_factor is null ? null : spatial.Select((_, i) => scale_factor[i % scale_factor.Length]).ToArray();
                return mode switch
                {
                    InterpolationMode.Nearest => Aten.Call($"upsample_nearest{spatial.Length}d.vec", x, sizes, factors),
                    InterpolationMode.NearestExact => Aten.Call($"_upsample_nearest_exact{spatial.Length}d.vec", x, sizes, factors),
                    InterpolationMode.Linear => Aten.Call("upsample_linear1d.vec", x, sizes, align_corners ?? false, factors),
                    InterpolationMode.Bilinear => Aten.Call(antialias ? "_upsample_bilinear2d_aa.vec" : "upsample_bilinear2d.vec", x,
                        sizes, align_corners ?? false, factors),
                    InterpolationMode.Bicubic => Aten.Call(antialias ? "_upsample_bicubic2d_aa.vec" : "upsample_bicubic2d.vec", x, sizes,
                        align_corners ?? false, factors),
                    _ => Aten.Call("upsample_trilinear3d.vec", x, sizes, align_corners ?? false, factors),
                };
            }

            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                // ATen numbers both choices differently.
                var interpolation = mode == GridSampleMode.Nearest ? 1L : 0L;
                var outside = padding_mode switch { GridSamplePaddingMode.Border => 1L, GridSamplePaddingMode.Reflection => 2L, _ => 0L };
                return Aten.Call("grid_sampler", input, grid, interpolation, outside, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Aten.Call("affine_grid_generator", theta, size ?? [], align_corners);
        }
    }
}
