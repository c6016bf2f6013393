#!/usr/bin/env python3
"""A ResNet as PyTorch computes it, for tests/unit/rcnn_resnet_test.c.

	resnet.py >tests/golden/resnet.jsonl

A line a case: C2 to C5, and the gradients of sum(C * dy) for the picture and
for each weight, by its name. Norms are frozen. Inputs are made by wave() on
both sides, from seeds that count the parameters in PyTorch's order.
"""
import json

import torch
import torch.nn.functional as F
from layers import nchw, nhwc, numbers, wave

STEM, INNER, OUTER = 4, (2, 4, 4, 4), (8, 8, 12, 8)
# The first block of a stage has a shortcut of its own, the second has none.
BLOCKS = (2, 2, 1, 1)


class Net:
    def __init__(self):
        self.made, self.weights = 0, {}

    def take(self, *shape):
        self.made += 1
        n = torch.Size(shape).numel()
        return wave(self.made, n).reshape(shape)

    def layer(self, x, prefix, conv, oc, k, stride=1):
        w = self.take(oc, x.shape[1], k, k) / k
        w.requires_grad_()
        self.weights[f"backbone.body.{prefix}{conv}.weight"] = w
        gain, bias, mean = (self.take(oc) for _ in range(3))
        var = self.take(oc).abs() + 0.5
        y = F.conv2d(x, w, None, stride, k // 2)
        return F.batch_norm(y, mean, var, gain, bias, False, 0, 1e-5)

    def bottleneck(self, x, prefix, inner, outer, stride, stride_1x1):
        first = stride if stride_1x1 else 1
        y = F.relu(self.layer(x, prefix, "conv1", inner, 1, first))
        y = F.relu(self.layer(y, prefix, "conv2", inner, 3,
                              stride // first))
        y = self.layer(y, prefix, "conv3", outer, 1)
        if x.shape[1] != outer or stride != 1:
            x = self.layer(x, prefix, "downsample.0", outer,
                           1, stride)
        return F.relu(x + y)

    def forward(self, x, stride_1x1):
        y = F.relu(self.layer(x, "", "conv1", STEM, 7, 2))
        y = F.max_pool2d(y, 3, 2, 1)
        for s in range(4):
            for i in range(BLOCKS[s]):
                y = self.bottleneck(y, f"layer{s + 1}.{i}.", INNER[s],
                                    OUTER[s], 2 if s and not i else 1,
                                    stride_1x1)
            yield y


def case(name, stride_1x1):
    net = Net()
    x = net.take(1, 27, 23, 3).requires_grad_()
    cs = [nhwc(c).reshape(-1) for c in net.forward(nchw(x), stride_1x1)]
    y = torch.cat(cs)
    (y * wave(99, y.numel())).sum().backward()
    print(json.dumps({
        "name": name, "y": numbers(y), "x": numbers(x.grad),
        "grads": {n: numbers(w.grad) for n, w in net.weights.items()},
    }, separators=(",", ":")))


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    case("stride in the 3x3", False)
    case("stride in the 1x1", True)
