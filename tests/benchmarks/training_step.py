"""Times PyTorch's training step and prints it as one line of JSON: python3 training_step.py MODEL LAYOUT TYPE (see --help)."""

import argparse
import json
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).resolve().parents[1] / "fixtures"))
import networks  # noqa: E402

MODELS = {
    "resnet18": lambda: networks.ResNet(18),
    "resnet18-half": lambda: networks.ResNet(18, 0.5),
    "mobilenetv2": networks.mobilenet_v2,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("layout", choices=["nchw", "channels-last"])
    parser.add_argument("type", choices=["float32", "bfloat16"])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    layout = torch.channels_last if options.layout == "channels-last" else torch.contiguous_format

    network = MODELS[options.model]().to(memory_format=layout).train()
    images = torch.randn(options.batch, 3, 32, 32).to(memory_format=layout)
    labels = torch.randint(0, 10, (options.batch,))
    weights = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": weights, "weight_decay": 5e-4}, {"params": others}]
    optimizer = torch.optim.SGD(groups, lr=0.01, momentum=0.9, nesterov=True)

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=options.type == "bfloat16"):
            logits = network(images)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(2):
        step()
    steps, start, processor = 0, time.perf_counter(), time.process_time()
    while steps < 3 or time.perf_counter() - start < options.seconds:
        step()
        steps += 1
    images_timed = steps * options.batch
    print(json.dumps({
        "imagesPerSecond": images_timed / (time.perf_counter() - start),
        "imagesPerProcessorSecond": images_timed / (time.process_time() - processor),
        "engine": f"PyTorch {torch.__version__}",
    }))


if __name__ == "__main__":
    main()
