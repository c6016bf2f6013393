#!/usr/bin/env python3
"""Small weights as other projects write them: a ResNet-18, one channel wide.

	weights.py tests/data

netG.pth and netD.pth are PyTorch's examples/dcgan, as narrow, with
DataParallel's names for the generator. body.pth and body_old.pth are torch.save's two formats with torchvision's
names; body.pkl is Detectron's; body2.pkl Detectron2's, by Python 2's protocol
2, as is Detectron's. All hold the same network.
"""
import collections
import pickle
import sys

import numpy as np
import torch


def body():
    g = torch.Generator().manual_seed(1)
    out = collections.OrderedDict()

    def conv(name, norm, shape):
        out[name + ".weight"] = torch.randn(shape, generator=g)
        out[norm + ".weight"] = torch.rand(shape[0], generator=g) + 0.5
        out[norm + ".bias"] = torch.randn(shape[0], generator=g)
        out[norm + ".running_mean"] = torch.zeros(shape[0])
        out[norm + ".running_var"] = torch.full((shape[0],), 1 - 1e-5)

    conv("conv1", "bn1", (1, 3, 7, 7))
    wide = 1
    for s in range(4):
        for b in range(2):
            at, n = "layer%d.%d." % (s + 1, b), 1 << s
            conv(at + "conv1", at + "bn1", (n, wide, 3, 3))
            conv(at + "conv2", at + "bn2", (n, n, 3, 3))
            if wide != n:
                conv(at + "downsample.0", at + "downsample.1",
                     (n, wide, 1, 1))
            wide = n
    return out


def dcgan(layers, norms, prefix):
    """What examples/dcgan saves: convolutions and norms by their place."""
    g = torch.Generator().manual_seed(2)
    out = collections.OrderedDict()
    for place, shape in layers.items():
        at = "%smain.%d." % (prefix, place)
        out[at + "weight"] = torch.randn(shape + (4, 4), generator=g) * 0.02
        if place in norms:
            at, n = "%smain.%d." % (prefix, place + 1), norms[place]
            out[at + "weight"] = torch.rand(n, generator=g) + 0.5
            out[at + "bias"] = torch.zeros(n)
            out[at + "running_mean"] = torch.randn(n, generator=g)
            out[at + "running_var"] = torch.rand(n, generator=g) + 0.5
            out[at + "num_batches_tracked"] = torch.tensor(7)
    return out


def generator():
    wide = [5, 8, 4, 2, 1, 3]
    return dcgan({3 * i: (wide[i], wide[i + 1]) for i in range(5)},
                 {3 * i: wide[i + 1] for i in range(4)}, "module.")


def discriminator():
    wide = [3, 1, 2, 4, 8, 1]
    place = [0, 2, 5, 8, 11]
    return dcgan({place[i]: (wide[i + 1], wide[i]) for i in range(5)},
                 {place[i]: wide[i + 1] for i in (1, 2, 3)}, "")


def split(name):
    """Stage, block, layer, norm?, end of one of torchvision's names."""
    part = name.split(".")
    if part[0].startswith("layer"):
        stage, block, part = int(part[0][5:]) + 1, int(part[1]), part[2:]
    else:
        stage, block = 0, 0
    if part[0] == "downsample":
        return stage, block, 0, part[1] == "1", part[2]
    return stage, block, int(part[0][-1]), part[0][:2] == "bn", part[1]


def detectron(name):
    stage, block, layer, norm, end = split(name)
    if end.startswith("running"):
        return None
    tail = {"weight": "_bn_s", "bias": "_bn_b"}[end] if norm else "_w"
    if not stage:
        return ("res_conv1" if norm else "conv1") + tail
    return "res%d_%d_branch%s%s" % (
        stage, block, "2" + "abc"[layer - 1] if layer else "1", tail)


def detectron2(name):
    stage, block, layer, norm, end = split(name)
    at = "stem.conv1" if not stage else "res%d.%d.%s" % (
        stage, block, "conv%d" % layer if layer else "shortcut")
    return at + (".norm." if norm else ".") + end


def main(folder):
    b = body()
    torch.save(b, folder + "/body.pth")
    torch.save({"epoch": 3, "model": b}, folder + "/body_old.pth",
               _use_new_zipfile_serialization=False)
    torch.save(generator(), folder + "/netG.pth")
    torch.save(discriminator(), folder + "/netD.pth")
    one = {detectron(k): v.numpy() for k, v in b.items() if detectron(k)}
    two = {detectron2(k): v.numpy() for k, v in b.items()}
    with open(folder + "/body.pkl", "wb") as f:
        pickle.dump({"blobs": one, "cfg": "A: 1\n"}, f, protocol=2)
    with open(folder + "/body2.pkl", "wb") as f:
        pickle.dump({"model": two, "__author__": "somebody"}, f, protocol=4)


if __name__ == "__main__":
    main(*sys.argv[1:])
