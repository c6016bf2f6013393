#!/usr/bin/env python3
"""Layers as PyTorch computes them, for tests/op/golden_test.c.

	layers.py >tests/golden/layers.jsonl

A line a case: y, and the gradient of sum(y * dy) for each leaf in the order
of its making (null: none wanted). Leaves and dy are not stored: both sides
make them by wave(). Everything is computed in f64, and written channels last.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F
from torchvision.ops import generalized_box_iou_loss, roi_align


def wave(seed, n):
    """n numbers in [-1, 1), all of them floats, that look like noise."""
    m = np.uint64(0xffffffff)
    u = np.arange(n, dtype=np.uint64) * np.uint64(2654435761)
    u = (u + np.uint64(seed) * np.uint64(974711)) & m
    u = ((u ^ (u >> np.uint64(15))) * np.uint64(2246822519)) & m
    u = (u ^ (u >> np.uint64(13))) >> np.uint64(16)
    return torch.from_numpy(u.astype(np.float64) / 32768 - 1)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def numbers(x):
    return [float(f"{v:.7g}") for v in x.detach().flatten().tolist()]


class Case:
    def __init__(self):
        self.leaves = []

    def leaf(self, *shape, grad=True):
        n = int(np.prod(shape))
        x = wave(len(self.leaves) + 1, n).reshape(shape)
        x.requires_grad_(grad)
        self.leaves.append(x)
        return x

    def constant(self, *shape):
        return self.leaf(*shape, grad=False)

    def norm(self, c):
        """gain, bias, running mean, running variance"""
        return (self.leaf(c), self.leaf(c), self.constant(c),
                self.constant(c).abs() + 0.5)

    def write(self, name, *ys, **more):
        ys = [nhwc(y).reshape(-1) for y in ys]
        y = torch.cat(ys)
        (y * wave(99, y.numel())).sum().backward()
        grads = [x.grad for x in self.leaves]
        line = {"name": name, "y": numbers(y),
                "grads": [None if g is None else numbers(g) for g in grads]}
        line.update({k: numbers(v) for k, v in more.items()})
        print(json.dumps(line, separators=(",", ":")))


def batch_norm(x, norm, train):
    gain, bias, mean, var = norm
    return F.batch_norm(x, mean, var, gain, bias, train, 0.1, 1e-5)


def convolutions():
    c = Case()
    x, w, b = c.leaf(2, 5, 4, 6), c.leaf(4, 3, 3, 3), c.leaf(4)
    c.write("conv", F.relu(F.conv2d(nchw(x), w, b, 2, 1, 1, 2)))
    c = Case()
    x, w = c.leaf(2, 3, 2, 4), c.leaf(4, 3, 4, 4)
    c.write("conv_transpose", F.conv_transpose2d(nchw(x), w, None, 2, 1))
    c = Case()
    x, w, b = c.leaf(2, 2, 3, 4), c.leaf(5, 24), c.leaf(5)
    c.write("linear", F.linear(nchw(x).flatten(1), w, b))


def norms():
    for train in (True, False):
        c = Case()
        x, norm = c.leaf(3, 3, 4, 4), c.norm(4)
        y = F.leaky_relu(batch_norm(nchw(x), norm, train), 0.2)
        name = "batch_norm" if train else "batch_norm_eval"
        c.write(name, y, mean=norm[2], var=norm[3])
    c = Case()
    x, gain, bias = c.leaf(2, 3, 4, 6), c.leaf(6), c.leaf(6)
    c.write("group_norm", F.group_norm(nchw(x), 3, gain, bias, 1e-5))


def pointwise():
    c = Case()
    x = c.leaf(1, 3, 4, 2)
    ys = F.leaky_relu(x, 0.2), torch.tanh(x), torch.sigmoid(x), F.relu(x)
    c.write("activation", *(nchw(y) for y in ys))
    c = Case()
    x = c.leaf(1, 3, 4, 2)
    x.data *= 8
    c.write("softplus", nchw(F.softplus(x)))
    c = Case()
    x = c.leaf(2, 2, 3, 2)
    c.write("upsample", F.interpolate(nchw(x), scale_factor=2))
    c = Case()
    # Few values: among equals the first wins.
    x = c.leaf(2, 5, 6, 2)
    x.data = torch.round(2 * x.data)
    c.write("max_pool", F.max_pool2d(nchw(x), 3, 2, 1))


def resnet():
    c = Case()
    x = nchw(c.leaf(2, 6, 5, 4))
    w1, n1 = c.leaf(6, 4, 3, 3), c.norm(6)
    w2, n2 = c.leaf(6, 6, 3, 3), c.norm(6)
    wd, nd = c.leaf(6, 4, 1, 1), c.norm(6)
    y = F.relu(batch_norm(F.conv2d(x, w1, None, 2, 1), n1, True))
    short = batch_norm(F.conv2d(x, wd, None, 2), nd, True)
    y = batch_norm(F.conv2d(y, w2, None, 1, 1), n2, True)
    c.write("basic_block", F.relu(y + short))

    c = Case()
    x = nchw(c.leaf(2, 5, 4, 8))
    y = x
    for oc, ic, k in ((4, 8, 1), (4, 2, 3), (8, 4, 1)):
        w, scale, bias = c.leaf(oc, ic, k, k), c.constant(oc), c.constant(oc)
        y = F.conv2d(y, w, None, 1, k // 2, 1, y.shape[1] // ic)
        y = y * scale.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
        y = F.relu(y if oc == 4 else y + x)
    c.write("bottleneck", y)


def pyramid():
    c = Case()
    xs = [nchw(c.leaf(1, *s)) for s in ((7, 9, 4), (4, 5, 5), (2, 3, 6))]
    ys, top = [], None
    for x in reversed(xs):
        inner, outer = c.leaf(4, x.shape[1], 1, 1), c.leaf(4, 4, 3, 3)
        b1, b2 = c.leaf(4), c.leaf(4)
        y = F.conv2d(x, inner, b1)
        if top is not None:
            y = y + F.interpolate(top, size=y.shape[2:], mode="nearest")
        top = y
        ys.append(F.conv2d(y, outer, b2, 1, 1))
    c.write("pyramid", *ys)


ROIS = [[0, 3.5, 2, 20.25, 17], [1, -9, -6, 8, 40], [0, 25, 20, 60, 50],
        [1, 12, 9, 12.125, 9.125], [0, 0, 0, 36, 32], [1, 80, 80, 99, 99]]
LEVELS = [0, 1, 0, 1, 1, 0]


def regions():
    for aligned in (False, True):
        c = Case()
        levels = [nchw(c.leaf(2, 8, 9, 3)), nchw(c.leaf(2, 4, 5, 3))]
        ys = [roi_align(levels[l], torch.tensor([r], dtype=torch.float64), 2,
                        0.25 / (1 << l), 2, aligned)
              for r, l in zip(ROIS, LEVELS)]
        name = "roi_align_aligned" if aligned else "roi_align"
        c.write(name, torch.cat(ys))


def losses():
    c = Case()
    x, t = c.leaf(12), c.constant(12)
    x.data *= 8
    y = F.binary_cross_entropy_with_logits(x, (t > 0).double(),
                                           reduction="sum")
    c.write("bce", y / 2)
    c = Case()
    x, t = c.leaf(12), c.constant(12)
    ys = [F.smooth_l1_loss(x, t, reduction="sum", beta=b)
          for b in (1, 0.5, 0)]
    c.write("smooth_l1", *ys)
    c = Case()
    x = c.leaf(5, 4)
    x.data *= 8
    labels = torch.tensor([3, -1, 0, 2, -1])
    y = F.cross_entropy(x, labels, ignore_index=-1, reduction="sum")
    c.write("softmax", y / 3)
    c = Case()
    x, t = c.leaf(8, 4), c.constant(8, 4)
    for b in (x.data, t):
        b[:, 2:] = b[:, :2] + b[:, 2:].abs() + 0.125
    c.write("giou", generalized_box_iou_loss(x, t, "sum") / 2)


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    for part in (convolutions, norms, pointwise, resnet, pyramid, regions,
                 losses):
        part()
