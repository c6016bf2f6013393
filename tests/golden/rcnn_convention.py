#!/usr/bin/env python3
"""Detectron's and Detectron2's ways, slowly, for rcnn_convention_test.c.

	rcnn_convention.py >tests/golden/rcnn_convention.txt

Written from the descriptions of the two, not from lib/rcnn: a box at a time,
in f32, in loops and whole matrices. A line a table: its name, then numbers.
Inputs that are many are not written but drawn, by the generator that
tests/unit/rcnn_golden.h has too.
"""
import math

import numpy as np
from rcnn_boxes import Draw, mix

F = np.float32


class Detectron:
    """Corners are pixels, both inside: a box is x2 - x1 + 1 wide."""
    name, one = "detectron", F(1)
    level_eps = F(1e-6)
    straddle = 0            # anchors have to lie in the picture
    together = True         # proposals are counted over a batch
    photo = True            # objects are made in pixels of the photograph

    def shapes(self, stride, size, ratios):
        """Sides are rounded for a square of the stride, then scaled."""
        out, c = [], (stride - 1) / 2
        for r in ratios:
            w = np.round(math.sqrt(stride * stride / r))
            h = np.round(w * r)
            w, h = w * (size / stride), h * (size / stride)
            out.append((c - (w - 1) / 2, c - (h - 1) / 2,
                        c + (w - 1) / 2, c + (h - 1) / 2))
        return np.array(out, F)

    def suppresses(self, iou, threshold):
        return iou >= F(threshold)

    def big_enough(self, b, w, h, scale):
        bw, bh = b[2] - b[0], b[3] - b[1]
        return (bw / F(scale) + 1 >= 1 and bh / F(scale) + 1 >= 1 and
                b[0] + (bw + 1) / 2 < w and b[1] + (bh + 1) / 2 < h)

    def is_object(self, b):
        return True

    def samples(self, side, bins):
        return 2

    def roi(self, box, scale):
        """Where a region begins on a map, and its sides there: at least 1."""
        x1, y1, x2, y2 = (v * F(scale) for v in box)
        return x1, y1, max(x2 - x1, F(1)), max(y2 - y1, F(1))


class Detectron2(Detectron):
    """Corners are edges: a box is x2 - x1 wide."""
    name, one = "detectron2", F(0)
    level_eps = F(1e-8)
    straddle = -1
    together = False
    photo = False

    def shapes(self, stride, size, ratios):
        """As they come, about the corner of the cell."""
        out = []
        for r in ratios:
            w = math.sqrt(size * size / r)
            h = r * w
            out.append((-w / 2, -h / 2, w / 2, h / 2))
        return np.array(out, F)

    def suppresses(self, iou, threshold):
        return iou > F(threshold)

    def big_enough(self, b, w, h, scale):
        return b[2] - b[0] > 0 and b[3] - b[1] > 0

    def is_object(self, b):
        return b[2] - b[0] > 0 and b[3] - b[1] > 0

    def samples(self, side, bins):
        return max(math.ceil(side / bins), 0)

    def roi(self, box, scale):
        """Pixels have their centres half a pixel in."""
        x1, y1, x2, y2 = (v * F(scale) - F(0.5) for v in box)
        return x1, y1, x2 - x1, y2 - y1


# ---- boxes ----

def sides(s, b):
    return b[2] - b[0] + s.one, b[3] - b[1] + s.one


def iou(s, a, b):
    w = min(a[2], b[2]) - max(a[0], b[0]) + s.one
    h = min(a[3], b[3]) - max(a[1], b[1]) + s.one
    if w <= 0 or h <= 0:
        return F(0)
    aw, ah = sides(s, a)
    bw, bh = sides(s, b)
    return w * h / (aw * ah + bw * bh - w * h)


def encode(s, e, g, weight):
    ew, eh = sides(s, e)
    gw, gh = sides(s, g)
    half = F(0.5)
    return [weight[0] * ((g[0] + half * gw) - (e[0] + half * ew)) / ew,
            weight[1] * ((g[1] + half * gh) - (e[1] + half * eh)) / eh,
            weight[2] * np.log(gw / ew), weight[3] * np.log(gh / eh)]


def decode(s, e, d, weight):
    w, h = sides(s, e)
    half, most = F(0.5), F(math.log(1000 / 16))
    cx = d[0] / weight[0] * w + (e[0] + half * w)
    cy = d[1] / weight[1] * h + (e[1] + half * h)
    pw = np.exp(min(d[2] / weight[2], most)) * w
    ph = np.exp(min(d[3] / weight[3], most)) * h
    return np.array([cx - half * pw, cy - half * ph,
                     cx + half * pw - s.one, cy + half * ph - s.one], F)


def clip(s, b, w, h):
    return np.array([max(min(v, F(n) - s.one), F(0))
                     for v, n in zip(b, [w, h, w, h])], F)


def level(s, b):
    w, h = sides(s, b)
    v = F(4) + np.log2(np.sqrt(w * h) / F(224) + s.level_eps)
    return int(np.clip(np.floor(v), 2, 5))


def anchors(s, levels):
    """levels: (h, w, stride, size). In the order level, y, x, shape."""
    out = []
    for h, w, stride, size in levels:
        for y in range(h):
            for x in range(w):
                for a in s.shapes(stride, size, (0.5, 1, 2)):
                    out.append(a + np.array([x, y, x, y], F) * F(stride))
    return np.array(out, F)


# ---- suppression ----

def nms(s, boxes, threshold):
    """Boxes from the best to the worst; the places of those that stay."""
    keep = []
    for i, b in enumerate(boxes):
        if not any(s.suppresses(iou(s, boxes[j], b), threshold)
                   for j in keep):
            keep.append(i)
    return keep


def soft_nms(s, boxes, scores, method, threshold, sigma, least):
    """The places of those that stay, and their scores, in the order in which
    they weaken the others."""
    scores, left, out = list(scores), list(range(len(boxes))), []
    while left:
        best = max(left, key=lambda i: (scores[i], -i))
        left.remove(best)
        out.append((best, scores[best]))
        for i in left:
            v = iou(s, boxes[best], boxes[i])
            if method == "gaussian":
                scores[i] = scores[i] * np.exp(-(v * v) / F(sigma))
            elif s.suppresses(v, threshold):
                scores[i] = scores[i] * (F(1) - v)
        left = [i for i in left if scores[i] >= F(least)]
    return out


def vote(s, box, boxes, scores, threshold):
    """The mean of the boxes that agree with one; and, in the order of
    Detectron's names, its score as TEMP_AVG at 0.5, AVG, IOU_AVG,
    GENERALIZED_AVG at 2 and QUASI_SUM at 0.5."""
    overlap = np.array([iou(s, box, b) for b in boxes], np.float64)
    some = overlap >= F(threshold)
    p = np.array(scores, np.float64)[some]
    all_boxes = np.array(boxes, np.float64)[some]
    both = np.array([p, 1 - p]) ** (1 / 0.5)
    return (p @ all_boxes / p.sum(),
            [(both[0] / both.sum(axis=0)).mean(),
             p.mean(),
             np.average(p, weights=overlap[some]),
             (p ** 2).mean() ** 0.5,
             p.sum() / len(p) ** 0.5])


# ---- anchors and truths ----

def match(s, levels, w, h, truths):
    """Anchors that are objects, and those that are background."""
    grid = anchors(s, levels)
    inside = [i for i, a in enumerate(grid) if s.straddle < 0 or (
        a[0] >= 0 and a[1] >= 0 and a[2] < w and a[3] < h)]
    table = np.array([[iou(s, grid[i], t) for t in truths] for i in inside])
    most = table.max(axis=0)
    fg = [i for i, row in zip(inside, table)
          if row.max() >= F(0.7) or (row == most).any()]
    bg = [i for i, row in zip(inside, table) if row.max() < F(0.3)]
    return fg, bg


# ---- proposals and objects ----

def propose(s, levels, logits, deltas, w, h, scale, before, after):
    out, at = [], 0
    for one in levels:
        grid = anchors(s, [one])
        order = sorted(range(len(grid)), key=lambda i: (-logits[at + i], i))
        boxes = []
        for i in order[:before]:
            b = decode(s, grid[i], deltas[at + i], np.ones(4, F))
            b = clip(s, b, w, h)
            if s.big_enough(b, w, h, scale):
                boxes.append((logits[at + i], b))
        keep = nms(s, [b for _, b in boxes], 0.7)[:after]
        out += [boxes[k] for k in keep]
        at += len(grid)
    return out


def collect(s, pictures, most):
    """pictures: scores of each. How many of each stay, and which, flat."""
    if not s.together:
        return [sorted(range(len(p)), key=lambda i: (-p[i], i))[:most]
                for p in pictures]
    flat = [(-v, k, i) for k, p in enumerate(pictures)
            for i, v in enumerate(p)]
    best = sorted(flat)[:most]
    return [[i for _, k, i in best if k == p] for p in range(len(pictures))]


def detect(s, rois, logits, deltas, photo, net, scale):
    weight = np.array([10, 10, 5, 5], F)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    prob = e / e.sum(axis=1, keepdims=True)
    found = []
    for k in range(1, logits.shape[1]):
        order = sorted((i for i in range(len(rois)) if prob[i, k] > F(0.05)),
                       key=lambda i: (-prob[i, k], i))
        boxes, scores = [], []
        for i in order:
            roi = rois[i] / F(scale) if s.photo else rois[i]
            b = decode(s, roi, deltas[i, k], weight)
            b = clip(s, b, *(photo if s.photo else net))
            if s.is_object(b):
                boxes.append(b)
                scores.append(prob[i, k])
        found += [(scores[j], k, boxes[j]) for j in nms(s, boxes, 0.5)]
    found.sort(key=lambda d: -d[0])
    if not s.photo:
        by = np.array([F(photo[0]) / F(net[0]),
                       F(photo[1]) / F(net[1])] * 2, F)
        found = [(p, k, clip(s, b * by, *photo)) for p, k, b in found]
    return found[:100]


# ---- regions of a map ----

def bilinear(x, py, px):
    """Outside of -1..side nothing; up to there, the border."""
    h, w = x.shape
    if py < -1 or py > h or px < -1 or px > w:
        return 0.0
    py, px = max(py, 0), max(px, 0)
    y0, x0 = min(int(py), h - 1), min(int(px), w - 1)
    y1, x1 = min(y0 + 1, h - 1), min(x0 + 1, w - 1)
    if y0 == h - 1:
        py = y0
    if x0 == w - 1:
        px = x0
    fy, fx = py - y0, px - x0
    return ((1 - fy) * ((1 - fx) * x[y0, x0] + fx * x[y0, x1]) +
            fy * ((1 - fx) * x[y1, x0] + fx * x[y1, x1]))


def roi_align(s, x, box, scale, bins):
    """The means of what is sampled in bins x bins parts of a region."""
    x1, y1, w, h = (float(v) for v in s.roi(box, scale))
    nx, ny = s.samples(w, bins), s.samples(h, bins)
    out = np.zeros((bins, bins))
    for by in range(bins):
        for bx in range(bins):
            total = 0.0
            for iy in range(ny):
                for ix in range(nx):
                    total += bilinear(
                        x, y1 + h / bins * (by + (iy + 0.5) / ny),
                        x1 + w / bins * (bx + (ix + 0.5) / nx))
            out[by, bx] = total / max(nx * ny, 1)
    return out


# ---- tables ----

PYRAMID = [(24, 32, 4, 32), (12, 16, 8, 64), (6, 8, 16, 128)]


def show(s, name, *numbers):
    flat = []
    for n in numbers:
        flat += [float(v) for v in np.ravel(n)]
    print("%s_%s" % (s.name, name), *("%.9g" % v for v in flat))


def show_boxes(s):
    d = Draw(21)
    pairs = [(d.box(30, 30, 1, 40), d.box(30, 30, 1, 40)) for _ in range(20)]
    weights = [np.array(v, F) for v in ([1, 1, 1, 1], [10, 10, 5, 5])]
    show(s, "iou", [iou(s, a, b) for a, b in pairs])
    show(s, "encode", [encode(s, a, b, weights[i % 2])
                       for i, (a, b) in enumerate(pairs)])
    out = []
    for i in range(16):
        b = d.box(200, 200, 3, 90)
        delta = np.array([d.real(-3, 3) for _ in range(4)], F) * F(i % 4)
        out.append(decode(s, b, delta, weights[i % 2]))
    show(s, "decode", out)
    show(s, "clip", [clip(s, b, 150, 120) for b in out])
    edge = [np.array([0, 0, n - s.one, n - s.one], F)
            for n in (1, 55, 56, 57, 111, 112, 113, 223, 224, 225, 447, 448,
                      449, 895, 896, 5000)]
    drawn = [d.box(100, 100, 10, 900) for _ in range(40)]
    show(s, "level", [level(s, b) for b in edge + drawn])


def show_suppression(s):
    d = Draw(22)
    for threshold in 0.7, 0.5, 0.05:
        boxes = [d.box(100, 100, 10, 60) for _ in range(200)]
        keep = nms(s, boxes, threshold)
        show(s, "nms%g" % (100 * threshold), len(keep), keep[-1], mix(keep))
    # one box is just half of another
    half = [np.array([0, 0, 10 - s.one, 20 - s.one], F),
            np.array([0, 0, 10 - s.one, 10 - s.one], F)]
    show(s, "nms_half", nms(s, half, 0.5))
    boxes = [d.box(60, 60, 20, 60) for _ in range(60)]
    scores = [d.real(0.05, 1) for _ in boxes]
    for method in "linear", "gaussian":
        out = soft_nms(s, boxes, scores, method, 0.3, 0.5, 0.01)
        show(s, "soft_" + method, len(out), mix([i for i, _ in out]),
             [v for _, v in out[-3:]], sum(v for _, v in out))
    scores[0] = F(1)
    box, voted = vote(s, boxes[0], boxes, scores, 0.4)
    show(s, "vote", box, voted)


def show_match(s):
    for seed, n in (23, 1), (24, 3), (25, 7):
        d = Draw(seed)
        truths = [d.box(90, 70, 3, 60) for _ in range(n)]
        fg, bg = match(s, PYRAMID, F(121), F(93), truths)
        show(s, "match%d" % seed, len(fg), mix(fg), len(bg), mix(bg))


def show_proposals(s):
    d = Draw(26)
    n = len(anchors(s, PYRAMID))
    logits = np.array([d.real(-8, 8) for _ in range(n)], F)
    deltas = np.array([[d.real(-1, 1) for _ in range(4)]
                       for _ in range(n)], F)
    p = propose(s, PYRAMID, logits, deltas, 121, 93, 1.5, 150, 30)
    show(s, "propose", len(p), [v[0] for v in p], p[0][1], p[-1][1])
    pictures = [[d.real(0, 1) for _ in range(n)] for n in (9, 4, 12)]
    kept = collect(s, pictures, 6)
    show(s, "collect", [len(k) for k in kept], [i for k in kept for i in k])


def show_detections(s):
    d = Draw(27)
    rois = np.array([d.box(180, 130, 20, 90) for _ in range(80)], F)
    logits = np.array([[d.real(-3, 3) for _ in range(4)] for _ in rois], F)
    deltas = np.array([[[d.real(-2, 2) for _ in range(4)] for _ in range(4)]
                       for _ in rois], F)
    found = detect(s, rois, logits, deltas, (130, 90), (195, 135), 1.5)
    show(s, "detect", len(found), mix([f[1] for f in found]),
         [v for p, k, b in (found[0], found[-1]) for v in (p, k, *b)])


def show_regions(s):
    d = Draw(28)
    maps = [np.array([[d.real(-1, 1) for _ in range(w)] for _ in range(h)], F)
            for h, w in ((12, 16), (6, 8))]
    rois = [d.box(50, 36, 0.5, 40) for _ in range(10)]
    rois += [np.array(v, F) for v in (
        (-9, -7, 20, 30), (30, 30, 90, 70), (10, 10, 10.5, 10.25),
        (5, 5, 5, 5), (63.5, 47.5, 70, 60), (-30, -30, -20, -20))]
    out = [roi_align(s, maps[i % 2], b, (0.25, 0.125)[i % 2], 3)
           for i, b in enumerate(rois)]
    show(s, "roi", np.array(out))


if __name__ == "__main__":
    for ways in Detectron(), Detectron2():
        for l in range(2, 7):
            show(ways, "anchors%d" % 2**l,
                 ways.shapes(2**l, 8 * 2**l, (0.5, 1, 2)))
        grid = anchors(ways, PYRAMID)
        show(ways, "anchors_sum", len(grid), grid[777], grid[2500], grid[-1])
        show_boxes(ways)
        show_suppression(ways)
        show_match(ways)
        show_proposals(ways)
        show_detections(ways)
        show_regions(ways)
