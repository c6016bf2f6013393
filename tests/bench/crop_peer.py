#!/usr/bin/python3
"""Crops a second of bbcrop and of Pillow doing the same work, one thread each.

    tests/bench/crop_peer.py PHOTOS [PAIRS]

PHOTOS is a folder with JPEGs, of which up to 60 are taken, brought to 800 by
1066 pixels with a camera's noise and cut in two boxes each. Each way of cutting
is measured in turn, ours with the start of its process, Pillow without; printed
is the median of the ratios.
"""
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
BBCROP = os.path.join(HERE, "..", "..", "bin", "bbcrop")
W, H = 800, 1066
WAYS = [
    ("png", [], {}),
    ("jpg", ["-f", "jpg"], {}),
    ("png of 64x64", ["--size", "64x64"], {"size": (64, 64)}),
    ("jpg of 256x256", ["-f", "jpg", "--size", "256x256"], {"size": (256, 256)}),
]


def photos(folder):
    for dir_, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".jpg"):
                yield os.path.join(dir_, name)


def make(folder, out):
    """The set to cut: paths and boxes."""
    rng = random.Random(1)
    noise = Image.effect_noise((W, H), 12).convert("RGB")
    lines = []
    for i, path in enumerate(photos(folder)):
        if i == 60:
            break
        with Image.open(path) as im:
            im = Image.blend(im.convert("RGB").resize((W, H), Image.BICUBIC), noise, 0.2)
        path = f"{out}/{i:03}.jpg"
        im.save(path, quality=90)
        boxes = []
        for _ in range(2):
            w, h = rng.randint(200, 450), rng.randint(300, 700)
            boxes.append([rng.randint(0, W - w), rng.randint(0, H - h), w, h])
        lines.append((path, boxes))
    return lines


def fitted(crop, size):
    scale = min(size[0] / crop.width, size[1] / crop.height)
    small = crop.resize((int(crop.width * scale), int(crop.height * scale)), Image.BILINEAR)
    out = Image.new("RGB", size, "white")
    out.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    return out


def pillow(lines, out, jpg, size=None):
    for path, boxes in lines:
        stem = os.path.basename(path)[:-4]
        with Image.open(path) as im:
            for i, (x, y, w, h) in enumerate(boxes):
                crop = im.crop((x, y, x + w, y + h))
                if size:
                    crop = fitted(crop, size)
                if jpg:
                    crop.save(f"{out}/{stem}_{i}.jpg", quality=95)
                else:
                    crop.save(f"{out}/{stem}_{i}.png")


def main():
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as tmp:
        os.mkdir(f"{tmp}/in")
        os.mkdir(f"{tmp}/out")
        lines = make(sys.argv[1], f"{tmp}/in")
        with open(f"{tmp}/in.jsonl", "w", encoding="ascii") as f:
            for path, boxes in lines:
                print(json.dumps({"path": path, "boxes": [{"bbox": b} for b in boxes]}), file=f)
        for name, options, how in WAYS:
            ours, theirs = [], []
            for _ in range(pairs):
                t = time.perf_counter()
                subprocess.run([BBCROP, "-o", f"{tmp}/out", *options, f"{tmp}/in.jsonl"],
                               check=True, stdout=subprocess.DEVNULL)
                ours.append(time.perf_counter() - t)
                t = time.perf_counter()
                pillow(lines, f"{tmp}/out", name.startswith("jpg"), **how)
                theirs.append(time.perf_counter() - t)
            n = 2 * len(lines)
            ratio = statistics.median(b / a for a, b in zip(ours, theirs))
            print(f"{name}: bbcrop {n / statistics.median(ours):.0f}/s, Pillow "
                  f"{n / statistics.median(theirs):.0f}/s, {ratio:.2f} times as fast", flush=True)


main()
