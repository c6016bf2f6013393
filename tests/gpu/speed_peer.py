#!/usr/bin/env python3
"""The works of speed.c done by PyTorch and torchvision on the same card.

    speed_peer.py DTYPE WORK [SECONDS]

Prints a line of JSON like speed's. AMP in bf16 or TF32, channels last, what
cuDNN finds fastest (benchmark mode), compiled where that works and is faster.
Pictures of 800x1344 go in as they are, each with 8 objects.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn

BATCH, GAN_BATCH, NZ, TRUTHS, WARM = 8, 128, 100, 8, 8
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(dtype):
    return torch.autocast(
        DEVICE.type, torch.bfloat16, enabled=dtype == "bf16"
    )


class Detector:
    def __init__(self, name, dtype, batch, train):
        from torchvision.models.detection import FasterRCNN
        from torchvision.models.detection.backbone_utils import (
            resnet_fpn_backbone,
        )
        from torchvision.ops import FrozenBatchNorm2d

        body = {
            "R-50": "resnet50",
            "R-101": "resnet101",
            "X-101-32x8d": "resnext101_32x8d",
        }[name]
        backbone = resnet_fpn_backbone(
            backbone_name=body,
            weights=None,
            norm_layer=FrozenBatchNorm2d,
            trainable_layers=3,
        )
        self.model = FasterRCNN(
            backbone, num_classes=81, min_size=800, max_size=1344
        )
        self.model = self.model.to(DEVICE, memory_format=torch.channels_last)
        self.model.train(train)
        self.dtype = dtype
        self.x = [torch.rand(3, 800, 1344, device=DEVICE)] * batch
        at = torch.arange(TRUTHS, device=DEVICE, dtype=torch.float32)
        boxes = torch.stack(
            (140 * at, 60 * at, 140 * at + 200, 60 * at + 300), 1
        )
        self.target = [
            {"boxes": boxes, "labels": 1 + at.long()} for _ in range(batch)
        ]
        self.optimiser = torch.optim.SGD(
            (p for p in self.model.parameters() if p.requires_grad),
            lr=1e-5,
            momentum=0.9,
            weight_decay=1e-4,
        )
        self.batch, self.train = batch, train

    def compile(self):
        self.model.backbone = torch.compile(self.model.backbone)

    def step(self):
        if not self.train:
            with torch.no_grad(), autocast(self.dtype):
                self.model(self.x)
            return
        with autocast(self.dtype):
            loss = sum(self.model(self.x, self.target).values())
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()


class Gan:
    """PyTorch's tutorial (examples/dcgan) of 64x64 pictures."""

    def __init__(self, dtype):
        g, last = [], NZ
        for out, stride, pad in (
            (512, 1, 0), (256, 2, 1), (128, 2, 1), (64, 2, 1),
        ):
            g += [
                nn.ConvTranspose2d(last, out, 4, stride, pad, bias=False),
                nn.BatchNorm2d(out),
                nn.ReLU(True),
            ]
            last = out
        g += [nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh()]
        d = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
        for c in (64, 128, 256):
            d += [
                nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False),
                nn.BatchNorm2d(2 * c),
                nn.LeakyReLU(0.2, True),
            ]
        d += [nn.Conv2d(512, 1, 4, 1, 0, bias=False)]
        last = torch.channels_last
        self.g = nn.Sequential(*g).to(DEVICE, memory_format=last)
        self.d = nn.Sequential(*d).to(DEVICE, memory_format=last)
        self.real = torch.rand(GAN_BATCH, 3, 64, 64, device=DEVICE)
        self.real = self.real.to(memory_format=last)
        how = {"lr": 2e-4, "betas": (0.5, 0.999)}
        if DEVICE.type == "cuda":
            how["fused"] = True
        self.of_g = torch.optim.Adam(self.g.parameters(), **how)
        self.of_d = torch.optim.Adam(self.d.parameters(), **how)
        self.loss = nn.BCEWithLogitsLoss()
        self.dtype, self.batch = dtype, GAN_BATCH

    def compile(self):
        self.g, self.d = torch.compile(self.g), torch.compile(self.d)

    def judge(self, x, truth):
        with autocast(self.dtype):
            y = self.d(x).reshape(-1)
            return self.loss(y, torch.full_like(y, truth))

    def step(self):
        z = torch.randn(GAN_BATCH, NZ, 1, 1, device=DEVICE)
        self.of_d.zero_grad(set_to_none=True)
        self.judge(self.real, 1.0).backward()
        with autocast(self.dtype):
            fake = self.g(z)
        self.judge(fake.detach(), 0.0).backward()
        self.of_d.step()
        self.of_g.zero_grad(set_to_none=True)
        self.judge(fake, 1.0).backward()
        self.of_g.step()


def wait():
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def measure(work, seconds):
    took, end = [], 0
    for i in range(-WARM, 100000):
        start = time.perf_counter()
        work.step()
        wait()
        if i < 0:
            end = time.perf_counter() + seconds
            continue
        took.append(time.perf_counter() - start)
        if i >= 2 and time.perf_counter() > end:
            break
    return statistics.median(took), len(took)


def make(name, dtype):
    if name == "dcgan":
        return Gan(dtype)
    kind, net = name.split("-", 1)
    return Detector(net, dtype, 1 if kind == "infer1" else BATCH,
                    kind == "train")


def main():
    dtype, name = sys.argv[1:3]
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 10
    torch.backends.cudnn.benchmark = True
    tf32 = dtype != "f32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    work = make(name, dtype)
    best, steps = measure(work, seconds)
    compiled = False
    try:
        work.compile()
        again, more = measure(work, seconds)
        if again < best:
            best, steps, compiled = again, more, True
    except Exception as why:  # whatever a compiler may raise
        print(f"speed_peer: not compiled: {why}"[:300], file=sys.stderr)
    print(json.dumps({
        "work": name,
        "device": DEVICE.type,
        "dtype": dtype,
        "batch": work.batch,
        "steps": steps,
        "ms": round(1e3 * best, 3),
        "images_per_second": round(work.batch / best, 1),
        "compiled": compiled,
        "torch": torch.__version__,
    }))


main()
