#!/usr/bin/env python3
"""The same weights, the same photographs: do we and torchvision agree?

	detect.py [--bin DIR] [-n 50] MODEL.safetensors FOLDER

Both directions: MODEL goes to torchvision through nn-convert (and has to load
with strict=True), and torchvision's own file of it comes back. Boxes have to
agree to 0.05 pixels, scores to 1e-4, and there must be as many above the
model's threshold. A model of other conventions goes there and back only: its
own answers are others.
"""
import argparse
import json
import os
import sys
import tempfile

import numpy as np
import torch
from PIL import Image, ImageOps

import tv


def photographs(folder, n):
    found = []
    for where, _, names in sorted(os.walk(folder)):
        found += [os.path.join(where, f) for f in sorted(names)
                  if f.lower().endswith((".jpg", ".jpeg", ".png"))]
    return found[::max(1, len(found) // n)][:n]


def theirs(model, path):
    im = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    x = torch.from_numpy(np.array(im)).permute(2, 0, 1).float() / 255
    with torch.no_grad():
        r = model([x])[0]
    return [(int(k), float(s), *map(float, b)) for b, s, k in
            zip(r["boxes"], r["scores"], r["labels"])]


def ours(binary, weights, paths, threshold):
    out = tv.run(os.path.join(binary, "rcnn-detect"), "-q", "-w", weights,
                 "--dtype", "f32", "-t", threshold, input="\n".join(paths) + "\n")
    all_boxes = []
    for line in out.splitlines():
        boxes = []
        for b in json.loads(line)["boxes"]:
            x, y, w, h = b["bbox"]
            boxes.append((b["category_id"], b["score"], x, y, x + w, y + h))
        all_boxes.append(boxes)
    return all_boxes


def compare(a, b):
    """The largest differences of boxes and scores, pairing each of a with the
    nearest of b of its class that is left."""
    left, box, score = list(b), 0.0, 0.0
    for d in a:
        same = [e for e in left if e[0] == d[0]]
        if not same:
            return np.inf, np.inf
        e = min(same, key=lambda e: max(abs(p - q)
                                        for p, q in zip(d[1:], e[1:])))
        left.remove(e)
        box = max(box, *(abs(p - q) for p, q in zip(d[2:], e[2:])))
        score = max(score, abs(d[1] - e[1]))
    return box, score


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default="bin")
    p.add_argument("-n", type=int, default=50)
    p.add_argument("model")
    p.add_argument("folder")
    o = p.parse_args()
    convert = os.path.join(o.bin, "nn-convert")
    paths = photographs(o.folder, o.n)
    with tempfile.TemporaryDirectory() as t:
        there, pth, back = (os.path.join(t, f) for f in
                            ("there.safetensors", "tv.pth",
                             "back.safetensors"))
        tv.run(convert, "-q", "--as", "torchvision", o.model, there)
        c = tv.config(tv.read(o.model)[1])
        # frozen norms have no use for what these say of training
        model = tv.build(c).eval()
        model.load_state_dict(tv.read(there)[0], strict=True)
        torch.save(model.state_dict(), pth)
        keys = []
        for k in ("TEST.SCALE", "TEST.MAX_SIZE", "TEST.RPN_PRE_NMS_TOP_N",
                  "TEST.RPN_POST_NMS_TOP_N", "TEST.NMS",
                  "FPN.ROI_CANONICAL_SCALE", "FPN.RPN_ANCHOR_START_SIZE"):
            keys += [k, c[k]]
        tv.run(convert, "-q", pth, back, *keys)
        want = [theirs(model, f) for f in paths]
        bad = len(paths) < 50
        ways = [("torchvision's", back)]
        if c["MODEL.CONVENTIONS"] == "torchvision":
            ways.insert(0, ("ours", o.model))
        for name, weights in ways:
            got = ours(o.bin, weights, paths, c["TEST.SCORE_THRESH"])
            counts = sum(len(a) != len(b) for a, b in zip(got, want))
            pairs = [compare(a, b) for a, b in zip(got, want)]
            box, score = (max(v) for v in zip(*pairs))
            high = sum(d[1] > 0.5 for w in want for d in w)
            print(json.dumps({
                "weights": name, "photos": len(paths),
                "detections": sum(map(len, want)), "above_half": high,
                "counts_differ": counts, "box_px": box, "score": score}))
            bad |= counts > 0 or not box <= 0.05 or not score <= 1e-4
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
