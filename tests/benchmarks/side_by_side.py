"""Compares our training step with PyTorch's on this machine, in alternating rounds: python3 side_by_side.py (see --help).

It prints a table in Markdown, and writes the figures as JSON where --json says. It asserts nothing: it is a benchmark, not a test.
"""

import argparse
import datetime
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE / "TrainingStep"
PROGRAM = PROJECT / "bin" / "Release" / "net10.0" / "TrainingStep.dll"
NAMES = {"resnet18": "ResNet-18", "resnet18-half": "ResNet-18 x0.5", "mobilenetv2": "MobileNetV2 x1.0, stride-1 stem"}


def processor():
    """The processor's name, and whether it computes in bfloat16 itself."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in lines.items()}
    flags = fields.get("flags", "").split()
    return fields.get("model name", platform.processor()), any(flag in flags for flag in ("amx_bf16", "avx512_bf16"))


def measure(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def settings(models, bfloat16):
    """Each model's programs in the order in which a round runs them: (model, program, layout, type)."""
    for model in models:
        yield model, "PyTorch", "nchw", "float32"
        for kind in ["float32", "bfloat16"] if bfloat16 else ["float32"]:
            yield model, "PyTorch", "channels-last", kind
            yield model, "DistillKit", "channels-last", kind


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bfloat16", choices=["auto", "yes", "no"], default="auto", help="auto: where the processor has it")
    parser.add_argument("--processor-time", action="store_true",
                        help="count images per second of processor time: for a machine that others use too, with --threads 1")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch")
    options = parser.parse_args()
    name, has_bfloat16 = processor()
    bfloat16 = options.bfloat16 == "yes" or options.bfloat16 == "auto" and has_bfloat16
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "quiet", "-nologo", str(PROJECT)], check=True, stdout=sys.stderr)

    measured = "imagesPerProcessorSecond" if options.processor_time else "imagesPerSecond"
    rates, engines = {}, {}
    for turn in range(options.rounds):
        for setting in settings(options.models, bfloat16):
            model, program, layout, kind = setting
            sizes = [str(options.batch), str(options.seconds), str(options.threads)]
            if program == "PyTorch":
                flags = ["--batch", sizes[0], "--seconds", sizes[1], "--threads", sizes[2]]
                result = measure([options.python, str(HERE / "training_step.py"), model, layout, kind, *flags])
            else:
                result = measure(["dotnet", str(PROGRAM), model, kind, *sizes])
            rates.setdefault(setting, []).append(result[measured])
            engines[program] = result["engine"]
            print(f"round {turn + 1}: {' '.join(setting)} {result[measured]:.1f}", file=sys.stderr)

    medians = {setting: statistics.median(values) for setting, values in rates.items()}
    default_type = "bfloat16" if bfloat16 and has_bfloat16 else "float32"
    rows = []
    for model in options.models:
        reference = medians[model, "PyTorch", "nchw", "float32"]
        rows.append({"model": model, "setting": "float32 NCHW", "pytorch": reference})
        for kind in ["float32", "bfloat16"] if bfloat16 else ["float32"]:
            theirs, ours = (medians[model, program, "channels-last", kind] for program in ("PyTorch", "DistillKit"))
            rows.append({"model": model, "setting": f"{kind} channels-last", "pytorch": theirs, "ours": ours, "ratio": ours / theirs,
                         "ratioToNchw": ours / reference, "default": kind == default_type})

    date = datetime.date.today().isoformat()
    unit = "images per second of processor time" if options.processor_time else "images/s"
    print(f"Training step, {unit}: median of {options.rounds} alternating rounds of {options.seconds:g} s; batch {options.batch}, "
          f"SGD Nesterov, {options.threads} threads; {name}; {', '.join(sorted(engines.values()))}; {date}.\n")
    print("| model | setting | PyTorch | DistillKit | DistillKit / PyTorch | DistillKit / PyTorch's float32 NCHW |")
    print("|---|---|---:|---:|---:|---:|")
    for row in rows:
        ours = [f"{row['ours']:.0f}", f"{row['ratio']:.2f}", f"{row['ratioToNchw']:.2f}"] if "ours" in row else ["", "", ""]
        mark = " (our default)" if row.get("default") else ""
        print(f"| {NAMES[row['model']]} | {row['setting']}{mark} | {row['pytorch']:.0f} | {' | '.join(ours)} |")
    if options.json:
        rounds = [dict(zip(("model", "program", "layout", "type"), setting), rates=values) for setting, values in rates.items()]
        conditions = {
            "date": date, "cpu": name, "threads": options.threads, "batch": options.batch, "seconds": options.seconds, "unit": measured,
            "engines": engines,
        }
        options.json.write_text(json.dumps(conditions | {"rows": rows, "rounds": rounds}, indent=2) + "\n")


if __name__ == "__main__":
    main()
