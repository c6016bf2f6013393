#!/usr/bin/env python3
"""What the tests of lib/rcnn compare with: Detectron's arithmetic, slowly.

	rcnn_boxes.py >tests/golden/rcnn_boxes.txt

A line a table: its name, then numbers. Inputs that are many are not written
but drawn by a generator that tests/unit/rcnn_golden.h has too. All is f32, in
loops over single boxes, with matrices where lib/rcnn has none.
"""
import math

import numpy as np

F = np.float32
ONE = F(1)


class Draw:
    def __init__(self, seed):
        self.x = seed

    def real(self, lo, hi):
        self.x = (self.x * 1664525 + 1013904223) % 2**32
        return F(lo) + (F(hi) - F(lo)) * (F(self.x >> 8) * F(2**-24))

    def box(self, w, h, least, most):
        x, y = self.real(0, w), self.real(0, h)
        return np.array([x, y, x + self.real(least, most),
                         y + self.real(least, most)], F)


def area(b):
    return (b[2] - b[0] + ONE) * (b[3] - b[1] + ONE)


def iou(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0]) + ONE
    h = min(a[3], b[3]) - max(a[1], b[1]) + ONE
    if w <= 0 or h <= 0:
        return F(0)
    return w * h / (area(a) + area(b) - w * h)


def shapes(stride, size, ratios):
    """The anchors of cell 0, 0: rounded at the scale of the stride."""
    out = []
    for r in ratios:
        w = np.round(math.sqrt(stride * stride / r))
        h = np.round(w * r)
        w, h, c = w * size / stride, h * size / stride, (stride - 1) / 2
        out.append([c - (w - 1) / 2, c - (h - 1) / 2,
                    c + (w - 1) / 2, c + (h - 1) / 2])
    return np.array(out, F)


def anchors(levels, ratios=(0.5, 1, 2)):
    """levels: (h, w, stride, size). In the order level, y, x, shape."""
    out = []
    for h, w, stride, size in levels:
        for y in range(h):
            for x in range(w):
                for s in shapes(stride, size, ratios):
                    out.append(s + np.array([x, y, x, y], F) * F(stride))
    return np.array(out, F)


def encode(e, g, weight):
    ew, eh = e[2] - e[0] + ONE, e[3] - e[1] + ONE
    gw, gh = g[2] - g[0] + ONE, g[3] - g[1] + ONE
    half = F(0.5)
    return [weight[0] * ((g[0] + half * gw) - (e[0] + half * ew)) / ew,
            weight[1] * ((g[1] + half * gh) - (e[1] + half * eh)) / eh,
            weight[2] * np.log(gw / ew), weight[3] * np.log(gh / eh)]


def decode(e, d, weight):
    w, h = e[2] - e[0] + ONE, e[3] - e[1] + ONE
    half, most = F(0.5), F(math.log(1000 / 16))
    cx = d[0] / weight[0] * w + (e[0] + half * w)
    cy = d[1] / weight[1] * h + (e[1] + half * h)
    pw = np.exp(min(d[2] / weight[2], most)) * w
    ph = np.exp(min(d[3] / weight[3], most)) * h
    return np.array([cx - half * pw, cy - half * ph,
                     cx + half * pw - ONE, cy + half * ph - ONE], F)


def clip(b, w, h):
    return np.array([max(min(v, F(n) - ONE), F(0))
                     for v, n in zip(b, [w, h, w, h])], F)


def level(b, lo=2, hi=5):
    s = np.sqrt(area(b))
    v = np.floor(F(4) + np.log2(s / F(224) + F(1e-6)))
    return int(np.clip(v, lo, hi))


def nms(boxes, threshold):
    """Boxes from the best to the worst."""
    keep, gone = [], set()
    for i, b in enumerate(boxes):
        if i in gone:
            continue
        keep.append(i)
        for j in range(i + 1, len(boxes)):
            if iou(b, boxes[j]) >= F(threshold):
                gone.add(j)
    return keep


def match(levels, w, h, straddle, truths, positive=0.7, negative=0.3):
    all_anchors = anchors(levels)
    inside = [i for i, a in enumerate(all_anchors) if straddle < 0 or (
        a[0] >= -straddle and a[1] >= -straddle and
        a[2] < w + straddle and a[3] < h + straddle)]
    table = np.array([[iou(all_anchors[i], t) for t in truths]
                      for i in inside], F).reshape(len(inside), len(truths))
    if not truths:
        return [], inside
    most = table.max(axis=0)
    fg = [i for i, row in zip(inside, table)
          if row.max() >= F(positive) or ((row == most) & (most > 0)).any()]
    bg = [i for i, row in zip(inside, table) if row.max() < F(negative)]
    return fg, bg


def propose(levels, logits, deltas, w, h, scale, before, after, threshold,
            min_size):
    ones = np.ones(4, F)
    out, at = [], 0
    for one in levels:
        grid = anchors([one])
        some = range(at, at + len(grid))
        order = sorted(some, key=lambda i: (-logits[i], i))[:before]
        kept = []
        for i in order:
            b = clip(decode(grid[i - at], deltas[i], ones), w, h)
            bw, bh = b[2] - b[0], b[3] - b[1]
            if (bw / F(scale) + 1 >= max(min_size, 1) and
                    bh / F(scale) + 1 >= max(min_size, 1) and
                    b[0] + (bw + ONE) / 2 < w and b[1] + (bh + ONE) / 2 < h):
                kept.append((i, b))
        best = nms([b for _, b in kept], threshold)[:after]
        out += [(logits[kept[k][0]], *kept[k][1]) for k in best]
        at += len(grid)
    return out


def detect(rois, logits, deltas, w, h, scale, score, threshold, most):
    weight = np.array([10, 10, 5, 5], F)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    prob = e / e.sum(axis=1, keepdims=True)
    found = []
    for k in range(1, logits.shape[1]):
        these = [i for i in range(len(rois)) if prob[i, k] > F(score)]
        these.sort(key=lambda i: (-prob[i, k], i))
        boxes = [clip(decode(rois[i] / F(scale), deltas[i, k], weight), w, h)
                 for i in these]
        found += [(prob[these[j], k], k, *boxes[j])
                  for j in nms(boxes, threshold)]
    found.sort(key=lambda d: -d[0])
    return [d for i, d in enumerate(found)
            if i < most or d[0] >= found[most - 1][0]]


def show(name, *numbers):
    flat = []
    for n in numbers:
        flat += [float(v) for v in np.ravel(n)]
    print(name, *("%.9g" % v for v in flat))


def mix(numbers):
    """A list in one number."""
    total = 0
    for n in numbers:
        total = (total * 31 + n) % 1000003
    return total


def show_boxes():
    d = Draw(1)
    pairs = [(d.box(30, 30, 0, 40), d.box(30, 30, 0, 40)) for _ in range(30)]
    show("iou", [iou(a, b) for a, b in pairs])
    weights = [np.array(v, F) for v in ([1, 1, 1, 1], [10, 10, 5, 5])]
    show("encode", [encode(a, b, weights[i % 2])
                    for i, (a, b) in enumerate(pairs)])
    out = []
    for i in range(20):
        b = d.box(200, 200, 3, 90)
        delta = np.array([d.real(-3, 3) for _ in range(4)], F) * F(i % 4)
        out.append(decode(b, delta, weights[i % 2]))
    show("decode", out)
    show("clip", [clip(b, 150, 120) for b in out])
    exact = [np.array([0, 0, n - 1, n - 1], F)
             for n in (1, 55, 56, 57, 111, 112, 113, 223, 224, 225, 447, 448,
                       449, 895, 896, 5000)]
    drawn = [d.box(100, 100, 10, 900) for _ in range(30)]
    show("level", [level(b) for b in exact + drawn])


def show_nms():
    for seed, n, threshold in (2, 400, 0.7), (3, 400, 0.5), (4, 100, 0.05):
        d = Draw(seed)
        keep = nms([d.box(100, 100, 10, 60) for _ in range(n)], threshold)
        show("nms%d" % seed, len(keep), keep[-1], mix(keep))


PYRAMID = [(24, 32, 4, 32), (12, 16, 8, 64), (6, 8, 16, 128)]


def show_match():
    for seed, n, straddle in (5, 1, 0), (6, 3, 0), (7, 6, 20), (8, 4, -1), \
            (9, 0, 0):
        d = Draw(seed)
        truths = [d.box(90, 70, 3, 60) for _ in range(n)]
        fg, bg = match(PYRAMID, F(121), F(93), straddle, truths)
        show("match%d" % seed, len(fg), len(bg), mix(bg), fg)


def show_proposals():
    d = Draw(10)
    n = len(anchors(PYRAMID))
    logits = np.array([d.real(-8, 8) for _ in range(n)], F)
    deltas = np.array([[d.real(-1, 1) for _ in range(4)]
                       for _ in range(n)], F)
    for name, w, h, before, after, size in (
            ("propose1", 121, 93, 200, 20, 0),
            ("propose2", 128, 96, 50, 100, 24)):
        p = propose(PYRAMID, logits, deltas, w, h, 1.5, before, after, 0.7,
                    size)
        show(name, len(p), mix([int(v[0] * 1000) + 8000 for v in p]),
             p[0], p[-1])


def show_detections():
    d = Draw(11)
    rois = np.array([d.box(180, 130, 20, 90) for _ in range(120)], F)
    logits = np.array([[d.real(-3, 3) for _ in range(4)] for _ in rois], F)
    deltas = np.array([[[d.real(-2, 2) for _ in range(4)] for _ in range(4)]
                       for _ in rois], F)
    for name, score, threshold, most in (("detect1", 0.05, 0.5, 100),
                                         ("detect2", 0.3, 0.3, 1000)):
        found = detect(rois, logits, deltas, 130, 90, 1.5, score, threshold,
                       most)
        show(name, len(found), mix([f[1] for f in found]), found[0],
             found[-1])


if __name__ == "__main__":
    for stride in 4, 8, 16, 32, 64:
        show("anchors%d" % stride, shapes(stride, 8 * stride, (0.5, 1, 2)))
    show("anchors_odd", shapes(8, 24, (0.25, 1 / 3, 0.7, 3)))
    show_boxes()
    show_nms()
    show_match()
    show_proposals()
    show_detections()
