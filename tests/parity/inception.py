#!/usr/bin/env python3
"""gan-score's Inception features beside PyTorch's, with torchvision's blocks
changed to what the weights file of the FID needs.

	inception.py [--bin DIR] [--weights FILE] PICTURE...
	inception.py --make tests/data/inception.safetensors

Without --weights, random ones of the full width are used; with the standard
file, pt_inception-2015-12-05-6726825d.pth, these are the FID's features.
--make writes a narrow network, for tests/unit/gan_inception_test.c, with its
features of a picture that both sides draw.
"""
import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import inception as tv

mean_pool = partial(F.avg_pool2d, count_include_pad=False)
F.avg_pool2d = mean_pool


class Last(tv.InceptionE):
    """Mixed_7c, which takes maxima."""

    def forward(self, x):
        F.avg_pool2d = F.max_pool2d
        try:
            return super().forward(x)
        finally:
            F.avg_pool2d = mean_pool


class Narrow(nn.Module):
    def __init__(self, _, out, **how):
        super().__init__()
        self.conv = nn.LazyConv2d(max(2, out // 64), bias=False, **how)
        self.bn = nn.LazyBatchNorm2d(eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def network(conv):
    blocks = [partial(b, conv_block=conv) for b in (
        tv.InceptionA, tv.InceptionB, tv.InceptionC, tv.InceptionD,
        tv.InceptionE)]
    net = tv.Inception3(1008, aux_logits=False, init_weights=False,
                        inception_blocks=[conv, *blocks, None]).eval()
    net.Mixed_7c.__class__ = Last
    net.dropout = net.fc = nn.Identity()
    return net


def fill(net):
    torch.manual_seed(1)
    with torch.no_grad():
        net(torch.zeros(1, 3, 299, 299))
        for name, v in net.state_dict().items():
            if name.endswith("conv.weight"):
                v.normal_(0, (2 / v[0].numel()) ** 0.5)
            elif name.endswith(("bn.weight", "running_var")):
                v.uniform_(0.5, 1.5)
            elif name.endswith("bn.bias"):
                v.uniform_(0, 0.6)  # few of a narrow network's are all zero
            elif v.is_floating_point():
                v.normal_(0, 0.1)


@torch.no_grad()
def features(net, picture):
    x = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255
    x = F.interpolate(x, (299, 299), mode="bilinear", align_corners=False)
    return net(2 * x - 1)[0]


def drawn(w, h):
    i = np.arange(w * h * 3, dtype=np.int64)
    return ((7 * i * i + 31 * i) % 251).astype(np.uint8).reshape(h, w, 3)


def write(path, tensors):
    header, data = {}, b""
    for name, v in tensors.items():
        v = v.float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape),
                        "data_offsets": [len(data), len(data) + len(v)]}
        data += v
    header = json.dumps(header, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(header)) + header + data)


def make(path):
    net = network(Narrow)
    fill(net)
    kept = {k: v.clone() for k, v in net.state_dict().items()
            if v.is_floating_point()}
    write(path, {**kept, "expected": features(net, drawn(20, 30))})


def saved(path):
    with open(path, "rb") as f:
        n, = struct.unpack("<Q", f.read(8))
        t = json.loads(f.read(n))["features"]
        a, b = t["data_offsets"]
        return np.frombuffer(f.read()[a:b], np.float32).reshape(t["shape"])


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("--bin", default="bin")
    p.add_argument("--weights")
    p.add_argument("--make")
    p.add_argument("pictures", nargs="*")
    a = p.parse_args()
    if a.make:
        return make(a.make)
    from PIL import Image
    net = network(tv.BasicConv2d)
    with tempfile.TemporaryDirectory() as tmp:
        weights, real = a.weights, os.path.join(tmp, "real")
        if weights:
            net.load_state_dict(torch.load(weights), strict=False)
        else:
            fill(net)
            weights = os.path.join(tmp, "weights.pth")
            torch.save(net.state_dict(), weights)
        # As many as gan-score wants; of a size at which nothing is scaled.
        ours = [Image.open(f).convert("RGB").resize((64, 96), Image.BILINEAR)
                for f in a.pictures]
        os.mkdir(real)
        for i, im in enumerate(ours):
            im.save(f"{real}/{i:04}.png")
        out = os.path.join(tmp, "features.safetensors")
        subprocess.run([f"{a.bin}/gan-score", "-q", "--features", weights,
                        "--save-features", out, real, real], check=True,
                       stdout=subprocess.DEVNULL)
        got = saved(out)
        worst = 0
        for g, im in zip(got, ours):
            want = features(net, np.array(im)).numpy()
            worst = max(worst, np.abs(g - want).max() / np.abs(want).max())
    print(f"{len(ours)} pictures, {got.shape[1]} features each: the worst "
          f"differs by {worst:.1e} of the largest")
    return int(worst > 1e-4)


if __name__ == "__main__":
    sys.exit(main())
