#!/usr/bin/env python3
"""Weights of every project, body and container through nn-convert and back.

	convert.py [--bin DIR] [BODY...]

BODY is resnet18, resnet50, resnet101 or resnext101_32x8d, full size, filled
with random numbers. Written are torch.save's two formats (with DataParallel's
names too), safetensors, Detectron's .pkl as Python 2 pickles it (a body from
ImageNet, a whole detector with its momentum) and Detectron2's .pkl and .pth.
Each has to come out of nn-convert as the same network: PyTorch's to the bit,
Detectron's folded norms to a part in a million. Detectors have to load in
torchvision with strict=True, from .pth and from safetensors, and be those that
went in.
"""
import argparse
import os
import pickle
import re
import struct
import sys
import tempfile

import numpy as np
import torch
import torchvision
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

import tv

EPS = 1e-5
CLASSES = 4
DEPTH = {"resnet18": (2, 2, 2, 2), "resnet50": (3, 4, 6, 3),
         "resnet101": (3, 4, 23, 3), "resnext101_32x8d": (3, 4, 23, 3)}


class Python2(pickle._Pickler):
    """Strings of bytes, as cPickle wrote them with protocol 2."""

    def save_string(self, v):
        b = v if isinstance(v, bytes) else v.encode()
        if len(b) < 256:
            self.write(b"U" + struct.pack("<B", len(b)) + b)
        else:
            self.write(b"T" + struct.pack("<i", len(b)) + b)
        self.memoize(v)

    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[str] = dispatch[bytes] = save_string


def fill(model, seed):
    """Random numbers of a net's size, norms' statistics included."""
    g = torch.Generator().manual_seed(seed)
    out = {}
    for name, v in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        if name.endswith("running_var") or "bn" in name and v.dim() == 1:
            out[name] = torch.rand(v.shape, generator=g) + 0.5
        else:
            out[name] = torch.randn(v.shape, generator=g) * 0.02
    return out


def fold(sd, norm):
    s = sd[norm + ".weight"].double() / torch.sqrt(
        sd[norm + ".running_var"].double() + EPS)
    b = sd[norm + ".bias"].double() - sd[norm + ".running_mean"].double() * s
    return s, b


def split(name):
    """stage (0: stem), block, layer (0: shortcut), norm?, end."""
    m = re.match(r"(?:layer(\d)\.(\d+)\.)?(?:(conv|bn)(\d)|downsample\.(\d))"
                 r"\.(\w+)$", name)
    if not m:
        return None
    stage = int(m[1]) + 1 if m[1] else 0
    if m[5]:
        return stage, int(m[2]), 0, m[5] == "1", m[6]
    return stage, int(m[2] or 0), int(m[4]), m[3] == "bn", m[6]


def detectron_body(sd):
    out = {}
    for name, v in sd.items():
        at = split(name)
        if not at:
            continue
        stage, block, layer, norm, end = at
        branch = "res%d_%d_branch%s" % (
            stage, block, "2" + "abc"[layer - 1] if layer else "1")
        where = branch if stage else ("res_conv1" if norm else "conv1")
        if not norm:
            out[where + "_w"] = v.numpy()
        elif end == "weight":
            s, b = fold(sd, name[:-len(".weight")])
            out[where + "_bn_s"] = s.float().numpy()
            out[where + "_bn_b"] = b.float().numpy()
    return out


def detectron2_body(sd, prefix=""):
    out = {}
    for name, v in sd.items():
        at = split(name)
        if at:
            stage, block, layer, norm, end = at
            where = "res%d.%d.%s" % (
                stage, block, "conv%d" % layer if layer else "shortcut")
            out[prefix + (where if stage else "stem.conv1") +
                (".norm." if norm else ".") + end] = v.numpy()
    return out


def body_of(sd):
    n = len("backbone.body.")
    return {k[n:]: v for k, v in sd.items() if k.startswith("backbone.body.")}


HEADS = {  # torchvision's, Detectron's, Detectron2's
    "rpn.head.conv.0.0": ("conv_rpn_fpn2", "proposal_generator.rpn_head.conv"),
    "rpn.head.cls_logits": ("rpn_cls_logits_fpn2",
                            "proposal_generator.rpn_head.objectness_logits"),
    "rpn.head.bbox_pred": ("rpn_bbox_pred_fpn2",
                           "proposal_generator.rpn_head.anchor_deltas"),
    "roi_heads.box_head.fc6": ("fc6", "roi_heads.box_head.fc1"),
    "roi_heads.box_head.fc7": ("fc7", "roi_heads.box_head.fc2"),
    "roi_heads.box_predictor.cls_score":
        ("cls_score", "roi_heads.box_predictor.cls_score"),
    "roi_heads.box_predictor.bbox_pred":
        ("bbox_pred", "roi_heads.box_predictor.bbox_pred"),
}


def heads(sd, depth, which):
    """The pyramid and the heads by Detectron's names (0) or Detectron2's."""
    out = {}
    for name, v in sd.items():
        layer, end = name.rsplit(".", 1)
        v = v.numpy()
        m = re.match(r"backbone\.fpn\.(inner|layer)_blocks\.(\d)\.0$", layer)
        if m:
            l, inner = int(m[2]), m[1] == "inner"
            to = "backbone.fpn_%s%d" % ("lateral" if inner else "output", l + 2)
            if not which:
                to = "fpn_%sres%d_%d_sum%s" % (
                    "inner_" if inner else "", l + 2, depth[l] - 1,
                    "_lateral" if inner and l < 3 else "")
        elif layer in HEADS:
            to = HEADS[layer][which]
        else:
            continue
        if which and "cls_score" in to:
            v = np.concatenate([v[1:], v[:1]])
        elif which and "box_predictor.bbox_pred" in to:
            v = v[4:]
        out[to + ("." + end if which else {"weight": "_w", "bias": "_b"}[end])
            ] = v
    return out


def safetensors(sd, path):
    at, header = 0, {}
    for k, v in sd.items():
        n = v.numel() * 4
        header[k] = {"dtype": "F32", "shape": list(v.shape),
                     "data_offsets": [at, at + n]}
        at += n
    text = tv.json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for v in sd.values():
            f.write(v.contiguous().numpy().tobytes())


def pickled(value, path, python2=True):
    with open(path, "wb") as f:
        if python2:
            Python2(f, 2).dump(value)
        else:
            pickle.dump(value, f)


def same(want, got, path, folded, skip=""):
    worst, n = 0.0, 0
    norms = set()
    for name, v in want.items():
        if folded and ("bn" in name or "downsample.1" in name):
            norms.add(name.rsplit(".", 1)[0])
            continue
        if skip and skip in name:
            continue
        n += 1
        if not torch.equal(v, got[name]):
            sys.exit("%s: '%s' is another tensor" % (path, name))
    for norm in norms:
        for a, b in zip(fold(want, norm), fold(got, norm)):
            worst = max(worst, float(((a - b).abs() / (a.abs() + 1)).max()))
    if worst > 1e-6:
        sys.exit("%s: norms differ by %g" % (path, worst))
    print("  %-28s %4d tensors the same%s" % (
        os.path.basename(path), n,
        ", %d norms within %.1e" % (len(norms), worst) if norms else ""),
        flush=True)


class Converter:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder

    def __call__(self, name, *more, out="out.safetensors"):
        out = os.path.join(self.folder, out)
        tv.run(os.path.join(self.binary, "nn-convert"), "-q", *more,
               os.path.join(self.folder, name), out)
        return out

    def check(self, name, want, folded=False, skip=""):
        same(want, tv.read(self(name))[0], name, folded, skip)
        os.unlink(os.path.join(self.folder, name))


def bodies(name, run):
    sd = fill(getattr(torchvision.models, name)(weights=None), 1)
    body = {k: v for k, v in sd.items() if not k.startswith("fc.")}
    want = {"backbone.body." + k: v for k, v in body.items()}
    at = lambda f: os.path.join(run.folder, f)
    torch.save(sd, at("body.pth"))
    run.check("body.pth", want)
    torch.save({"state_dict": {"module." + k: v for k, v in sd.items()}},
               at("body_parallel.pth"))
    run.check("body_parallel.pth", want)
    torch.save(sd, at("body_old.pth"), _use_new_zipfile_serialization=False)
    run.check("body_old.pth", want)
    safetensors(sd, at("body.safetensors"))
    run.check("body.safetensors", want)
    one = detectron_body(body)
    one.update(pred_w=np.zeros((10, 8), "f4"), pred_b=np.zeros(10, "f4"))
    pickled(one, at("imagenet.pkl"))
    run.check("imagenet.pkl", want, True)
    pickled({"model": detectron2_body(body), "__author__": "somebody"},
            at("body2.pkl"), False)
    run.check("body2.pkl", want)


def detectors(name, run):
    at = lambda f: os.path.join(run.folder, f)
    build = lambda: FasterRCNN(resnet_fpn_backbone(
        backbone_name=name, weights=None, trainable_layers=3), CLASSES)
    sd = fill(build(), 2)
    torch.save(sd, at("detector.pth"))
    ours = run("detector.pth", out="ours.safetensors")
    run.check("detector.pth", sd)
    for out in "back.pth", "back.safetensors":
        path = run("ours.safetensors", "--as", "torchvision", out=out)
        back = (torch.load(path) if out.endswith("pth") else tv.read(path)[0])
        print("  %-28s %s" % (out, build().load_state_dict(back, strict=True)))
        same(sd, back, out, False)
    os.unlink(ours)
    body = body_of(sd)
    box = "roi_heads.box_predictor.bbox_pred"
    blobs = detectron_body(body)
    blobs.update(heads(sd, DEPTH[name], 0))
    blobs.update({k + "_momentum": np.zeros(3, "f4") for k in list(blobs)})
    pickled({"blobs": blobs, "cfg": "MODEL: {}\n"}, at("model_final.pkl"))
    run.check("model_final.pkl", sd, True)
    two = detectron2_body(body, "backbone.bottom_up.")
    two.update(heads(sd, DEPTH[name], 1))
    pickled({"model": two, "__author__": "somebody"}, at("zoo.pkl"), False)
    run.check("zoo.pkl", sd, skip=box)
    torch.save({"model": {k: torch.from_numpy(v.copy())
                          for k, v in two.items()}, "iteration": 9},
               at("model_final.pth"))
    run.check("model_final.pth", sd, skip=box)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default=os.path.join(
        os.path.dirname(__file__), "../../bin"))
    p.add_argument("body", nargs="*")
    o = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Converter(o.bin, folder)
        for name in o.body or DEPTH:
            print(name, flush=True)
            bodies(name, run)
            detectors(name, run)


if __name__ == "__main__":
    main()
