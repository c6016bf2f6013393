#!/usr/bin/env python3
"""The workloads of nn_bench.c done by PyTorch and torchvision.

    yes | head -n 5 | nn_peer.py rcnn-infer --weights FILE

Needs torch and torchvision. OMP_NUM_THREADS must be in the environment: torch
may otherwise use one thread. --dtype bf16 is autocast. What else makes it fast
is in the environment, which nn sets: malloc that keeps what it has, threads of
OpenBLAS.
"""
import argparse
import contextlib
import json
import struct
import sys
import time

import torch
import torchvision
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models import resnet50
from torchvision.ops import FrozenBatchNorm2d

W, H, CLASSES, BATCH, NZ = 1066, 800, 4, 64, 100
MEANS = (102.9801, 115.9465, 122.7717)


def read_weights(path):
    """A safetensors file of floats as a dictionary."""
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(
            bytearray(data[slice(*t["data_offsets"])]), dtype=torch.float32
        ).reshape(t["shape"])
        for name, t in header.items()
    }


def picture():
    """bench_rcnn.c's, as torchvision's models take them: 3 h w, 0 to 1."""
    y = torch.arange(H).reshape(1, H, 1)
    x = torch.arange(W).reshape(1, 1, W)
    c = torch.arange(3).reshape(3, 1, 1)
    v = torch.div(x * y, 97, rounding_mode="floor") + 31 * c + x + 2 * y
    # Ours are R G B in memory, and go into the network as B G R.
    return (v & 255).flip(0).float() / 255


def autocast(dtype):
    if dtype == "bf16":
        return torch.autocast("cpu", torch.bfloat16)
    return contextlib.nullcontext()


def patch_bf16():
    """torchvision's nms and roi_align have no bf16 kernel and would fail."""
    boxes, poolers = torchvision.ops.boxes, torchvision.ops.poolers
    nms, align = torch.ops.torchvision.nms, poolers.roi_align

    def nms32(b, s, threshold):
        return nms(b.float(), s.float(), threshold)

    def align32(x, rois, **how):
        return align(x.float(), rois.float(), **how)

    boxes.nms = nms32
    poolers.roi_align = align32


class Detector:
    """R-50-FPN with frozen batch norms, as one fine-tunes it: weights=None
    would quietly take trainable ones."""

    def __init__(self, o):
        body = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
        backbone = _resnet_fpn_extractor(body, 3)
        self.model = FasterRCNN(
            backbone,
            num_classes=CLASSES,
            image_mean=[m / 255 for m in MEANS],
            image_std=[1 / 255] * 3,
        )
        for norm in self.model.modules():
            if isinstance(norm, FrozenBatchNorm2d):
                norm.eps = 1e-5
        self.model.load_state_dict(read_weights(o.weights))
        if o.channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.dtype = o.dtype
        if self.dtype == "bf16":
            patch_bf16()
        self.x = picture()


class RcnnInfer(Detector):
    def step(self):
        self.model.eval()
        with torch.no_grad(), autocast(self.dtype):
            found = self.model([self.x])[0]
        return {
            "detections": len(found["boxes"]),
            "best": float(found["scores"].max()),
        }


class RcnnTrain(Detector):
    def __init__(self, o):
        super().__init__(o)
        self.target = {
            "boxes": torch.tensor(
                [
                    [100.0, 80, 420, 700],
                    [500, 200, 760, 480],
                    [640, 430, 900, 790],
                ]
            ),
            "labels": torch.tensor([3, 1, 2]),
        }
        self.optimiser = torch.optim.SGD(
            [p for p in self.model.parameters() if p.requires_grad],
            lr=1e-5,
            momentum=0.9,
            weight_decay=1e-4,
        )
        self.model.roi_heads.register_forward_hook(self.count)
        self.model.train()

    def count(self, *_):
        self.regions = self.model.roi_heads.fg_bg_sampler.batch_size_per_image

    def step(self):
        self.optimiser.zero_grad()
        with autocast(self.dtype):
            loss = sum(self.model([self.x], [self.target]).values())
        loss.backward()
        self.optimiser.step()
        return {"loss": float(loss), "regions": self.regions}


def generator():
    layers, c = [], [NZ, 512, 256, 128, 64, 3]
    for i in range(5):
        how = (4, 2, 1) if i else (4, 1, 0)
        layers.append(nn.ConvTranspose2d(c[i], c[i + 1], *how, bias=False))
        if i < 4:
            layers += [nn.BatchNorm2d(c[i + 1]), nn.ReLU(True)]
    return nn.Sequential(*layers, nn.Tanh())


def discriminator():
    layers, c = [], [3, 64, 128, 256, 512, 1]
    for i in range(5):
        how = (4, 2, 1) if i < 4 else (4, 1, 0)
        layers.append(nn.Conv2d(c[i], c[i + 1], *how, bias=False))
        if 0 < i < 4:
            layers.append(nn.BatchNorm2d(c[i + 1]))
        if i < 4:
            layers.append(nn.LeakyReLU(0.2, True))
    return nn.Sequential(*layers)


def initial(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(m.weight, 0, 0.02)
    elif isinstance(m, nn.BatchNorm2d):
        nn.init.normal_(m.weight, 1, 0.02)


class DcganStep:
    """pytorch/examples/dcgan, whose sigmoid and BCELoss are the one
    BCEWithLogitsLoss here, which bf16 needs and which is no slower."""

    def __init__(self, o):
        torch.manual_seed(1)
        self.g, self.d = generator().apply(initial), discriminator()
        self.d.apply(initial)
        self.real = torch.rand(BATCH, 3, 64, 64) * 2 - 1
        if o.channels_last:
            last = torch.channels_last
            self.g, self.d = self.g.to(memory_format=last), self.d.to(
                memory_format=last
            )
            self.real = self.real.contiguous(memory_format=last)
        self.dtype = o.dtype
        self.loss = nn.BCEWithLogitsLoss()
        self.adam = [
            torch.optim.Adam(m.parameters(), lr=2e-4, betas=(0.5, 0.999))
            for m in (self.g, self.d)
        ]
        self.label = torch.ones(BATCH)

    def judge(self, x, truth):
        return self.loss(self.d(x).view(-1).float(), truth * self.label)

    def step(self):
        with autocast(self.dtype):
            self.adam[1].zero_grad()
            of_real = self.judge(self.real, 1)
        of_real.backward()
        with autocast(self.dtype):
            fake = self.g(torch.randn(BATCH, NZ, 1, 1))
            of_fake = self.judge(fake.detach(), 0)
        of_fake.backward()
        self.adam[1].step()
        self.adam[0].zero_grad()
        with autocast(self.dtype):
            loss_g = self.judge(fake, 1)
        loss_g.backward()
        self.adam[0].step()
        return {
            "loss_d": float(of_real + of_fake),
            "loss_g": float(loss_g),
        }


class DcganSample:
    def __init__(self, o):
        torch.manual_seed(1)
        self.g = generator().apply(initial).eval()
        if o.channels_last:
            self.g = self.g.to(memory_format=torch.channels_last)
        self.dtype = o.dtype

    def step(self):
        with torch.no_grad(), autocast(self.dtype):
            return {"images": len(self.g(torch.randn(BATCH, NZ, 1, 1)))}


WORKS = {
    "rcnn-infer": RcnnInfer,
    "rcnn-train": RcnnTrain,
    "dcgan-step": DcganStep,
    "dcgan-sample": DcganSample,
}


def peak_kib():
    with open("/proc/self/status") as f:
        return next(int(s.split()[1]) for s in f if s.startswith("VmHWM:"))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("work", choices=WORKS)
    p.add_argument("--dtype", choices=("f32", "bf16"), default="f32")
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--channels-last", action="store_true")
    p.add_argument("--weights", help="of nn_bench --weights, for rcnn-*")
    o = p.parse_args()
    if o.threads:
        torch.set_num_threads(o.threads)
    work = WORKS[o.work](o)
    figures = {}
    for _ in sys.stdin:
        began = time.monotonic()
        figures = work.step()
        print(json.dumps({"seconds": time.monotonic() - began}), flush=True)
    print(json.dumps({"peak_kib": peak_kib(), **figures}), flush=True)


if __name__ == "__main__":
    main()
