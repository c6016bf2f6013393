#!/usr/bin/env python3
"""What numpy and scipy make of the formulas by which drawn pictures are rated,
for tests/unit/gan_metrics_test.c.

	gan_metrics.py >tests/golden/gan_metrics.jsonl

Features and pictures are those of wave (tests/unit/golden.h), so that they need
not be stored; patches, directions and subsets are chosen by the same random
numbers as in lib/, which are made here anew from their paper (Philox4x32-10).
"""
import json

import numpy as np
from scipy import linalg, ndimage

SCORE = 7  # the stream, lib/base/rng.h


def wave(seed, n):
    i = np.arange(n, dtype=np.uint64)
    u = (i * 2654435761 + seed * 974711) & 0xFFFFFFFF
    u = (u ^ u >> 15) * 2246822519 & 0xFFFFFFFF
    u = (u ^ u >> 13) >> 16
    return u.astype(np.float64) / 32768 - 1


class Philox:
    def __init__(self, seed, item):
        self.seed, self.stream = seed, SCORE | (item + 1) << 8
        self.block, self.words = 0, []

    def u32(self):
        if not self.words:
            m = 0xFFFFFFFF
            k = [self.seed & m, self.seed >> 32]
            c = [self.block & m, self.block >> 32, self.stream & m,
                 self.stream >> 32]
            for _ in range(10):
                a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
                c = [b >> 32 ^ c[1] ^ k[0], b & m, a >> 32 ^ c[3] ^ k[1],
                     a & m]
                k = [k[0] + 0x9E3779B9 & m, k[1] + 0xBB67AE85 & m]
            self.words, self.block = c, self.block + 1
        return self.words.pop(0)

    def below(self, n):
        m = self.u32() * n
        if m & 0xFFFFFFFF < n:
            least = (2**32 - n) % n
            while m & 0xFFFFFFFF < least:
                m = self.u32() * n
        return m >> 32

    def normal(self):
        u, v = (self.u32() + 1) / 2**32, self.u32() / 2**32
        return float(np.float32(
            np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)))

    def shuffle(self, n):
        v = list(range(n))
        for i in range(n - 1, 0, -1):
            j = self.below(i + 1)
            v[i], v[j] = v[j], v[i]
        return v


# ---- of features ----

def frechet(x, y):
    c1, c2 = np.cov(x.T), np.cov(y.T)
    # A root of the product itself is not real in floating point where the
    # covariances have no full rank: that of a symmetric one is.
    value, vector = linalg.eigh(c1)
    root = (vector * np.sqrt(np.maximum(value, 0))) @ vector.T
    inner = linalg.eigvalsh(root @ c2 @ root)
    cross = np.sqrt(np.maximum(inner, 0)).sum()
    far = x.mean(0) - y.mean(0)
    value = far @ far + np.trace(c1) + np.trace(c2) - 2 * cross
    if min(len(x), len(y)) > 2 * x.shape[1]:  # as everybody writes it
        assert abs(value - (far @ far + np.trace(
            c1 + c2 - 2 * linalg.sqrtm(c1 @ c2).real))) < 1e-9
    return value


def kernel_distance(x, y, seed):
    def k(a, b):
        return (a @ b.T / a.shape[1] + 1)**3

    n, values = min(len(x), len(y)) // 2, []
    for s in range(100):
        a = x[Philox(seed, 2 * s).shuffle(len(x))[:n]]
        b = y[Philox(seed, 2 * s + 1).shuffle(len(y))[:n]]
        aa, bb = k(a, a), k(b, b)
        values.append((aa.sum() - np.trace(aa) + bb.sum() - np.trace(bb)) /
                      (n * (n - 1)) - 2 * k(a, b).mean())
    return np.mean(values), np.std(values)


def squares(x, y):
    return ((x[:, None] - y[None])**2).sum(2)


def prdc(x, y, k):
    xy = squares(x, y)
    rx = np.sort(squares(x, x), 1)[:, k]
    ry = np.sort(squares(y, y), 1)[:, k]
    inside = xy <= rx[:, None]
    return [inside.any(0).mean(), (xy <= ry[None]).any(1).mean(),
            inside.sum() / (k * len(y)), inside.any(1).mean()]


def one_nn(x, y):
    xx, yy, xy = squares(x, x), squares(y, y), squares(x, y)
    np.fill_diagonal(xx, np.inf)
    np.fill_diagonal(yy, np.inf)
    right = 0
    for own, other in ((xx.min(1), xy.min(1)), (yy.min(1), xy.min(0))):
        right += (own < other).sum() + (own == other).sum() / 2
    return right / (len(x) + len(y))


def copies(x, y):
    xx = squares(x, x)
    np.fill_diagonal(xx, np.inf)
    half = np.median(np.sqrt(xx.min(1))) / 2
    return (np.sqrt(squares(y, x).min(1)) < half).mean()


def features(name, n, m, d, scale, shift, copied):
    x = wave(d, n * d).reshape(n, d)
    y = wave(d + 1, m * d).reshape(m, d) * scale + shift
    y[:copied] = x[:copied]
    mean, std = kernel_distance(x, y, d)
    print(json.dumps({
        "name": name, "n": n, "m": m, "d": d, "scale": scale, "shift": shift,
        "copied": copied, "frechet": frechet(x, y), "kernel": mean,
        "kernel_std": std, "prdc": prdc(x, y, 3),
        "one_nn": one_nn(x[:min(n, m)], y[:min(n, m)]),
        "copies": copies(x, y),
    }))


# ---- of pictures ----

TAPS = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def blur(v):  # h w 3
    return ndimage.convolve(v, TAPS[:, :, None], mode="mirror")


def pyramid(v, levels):
    out = []
    for _ in range(levels - 1):
        small = blur(v)[::2, ::2]
        wide = np.zeros_like(v)
        wide[::2, ::2] = small
        out.append(v - 4 * blur(wide))
        v = small
    return out + [v]


def patches(pictures, levels, seed):
    sets = [[] for _ in range(levels)]
    for i, picture in enumerate(pictures):
        for level, v in enumerate(pyramid(picture, levels)):
            r = Philox(seed, i * 8 + level)
            for _ in range(128):
                x = r.below(v.shape[1] - 6)
                y = r.below(v.shape[0] - 6)
                sets[level].append(v[y:y + 7, x:x + 7])
    out = []
    for v in map(np.array, sets):
        v = (v - v.mean((0, 1, 2))) / v.std((0, 1, 2))
        out.append(v.reshape(len(v), -1))
    return out


def swd(name, n, w, h, levels, seed):
    size = n * h * w * 3
    a, b = ((wave(seed + s, size) * 128 + 128).astype(np.uint8)
            .astype(float).reshape(n, h, w, 3) for s in (0, 1))
    b = ndimage.uniform_filter(b, (0, 3, 3, 0), mode="nearest")
    b = np.floor(b + 1e-6)
    result = []
    for level, (x, y) in enumerate(
            zip(patches(a, levels, seed), patches(b, levels, seed))):
        by = []
        for k in range(512):
            r = Philox(seed, (1 << 48) + level * 512 + k)
            v = np.array([r.normal() for _ in range(147)])
            by.append(v / np.linalg.norm(v))
        by = np.array(by).T
        apart = np.abs(np.sort(x @ by, 0) - np.sort(y @ by, 0))
        result.append(apart.mean() * 1000)
    print(json.dumps({"name": name, "n": n, "w": w, "h": h, "seed": seed,
                      "swd": result, "mean": np.mean(result)}))


features("more rows than numbers", 60, 60, 8, 1, 0, 0)
features("sets of other sizes", 48, 70, 12, 0.5, 0.25, 0)
features("fewer rows than numbers", 30, 25, 64, 1, 0.125, 0)
features("one set with fewer", 20, 90, 33, 0.75, 0, 0)
features("as many rows as numbers", 24, 24, 24, 0.5, 0, 0)
features("half of them copied", 40, 40, 16, 1, 0, 20)
features("all of them copied", 40, 40, 16, 1, 0, 40)
swd("three levels", 4, 64, 64, 3, 11)
swd("tall pictures", 5, 32, 48, 2, 12)
swd("one level", 6, 30, 21, 1, 13)
