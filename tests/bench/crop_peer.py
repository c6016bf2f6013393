#!/usr/bin/python3
"""Crops a second of bbcrop and of Pillow doing the same work, one thread each.

    tests/bench/crop_peer.py PHOTOS [PAIRS [COCO]]

PHOTOS is a folder with JPEGs, of which up to 60 are taken, brought to 800 by
1066 pixels with a camera's noise and cut in two large boxes each, in four small
ones, and in those of a COCO file whose file names begin at PHOTOS. JPEGs are
written by both at quality 95, colours at half the resolution, with the tables
of the standard (ours of up to 64x64 pixels have their own); PNGs by each at its
own default, which is smaller here than there. Each way of cutting is measured
in turn into an empty folder, ours with the start of its process, Pillow
without; printed is the median of the ratios. Nobody else cuts without decoding,
so --lossless stands alone. TMPDIR=/dev/shm leaves the disk out.
"""
import json
import os
import random
import shutil
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
    ("jpg, --lossless", ["--lossless"], None),
]


def photos(folder):
    for dir_, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".jpg"):
                yield os.path.join(dir_, name)


def annotated(folder, coco):
    """Paths, and boxes as parts of a photo's sides."""
    with open(coco, encoding="utf-8") as f:
        coco = json.load(f)
    boxes = {}
    for a in coco["annotations"]:
        boxes.setdefault(a["image_id"], []).append(a["bbox"])
    for i in coco["images"]:
        if i["id"] in boxes:
            yield os.path.join(folder, i["file_name"]), [
                [x / i["width"], y / i["height"], w / i["width"], h / i["height"]]
                for x, y, w, h in boxes[i["id"]]]


def draw(rng, n, widths, heights):
    for _ in range(n):
        w, h = rng.randint(*widths), rng.randint(*heights)
        yield [rng.randint(0, W - w), rng.randint(0, H - h), w, h]


def make(folder, coco, out):
    """Photos to cut, and for each work the boxes of each of them."""
    rng = random.Random(1)
    noise = Image.effect_noise((W, H), 12).convert("RGB")
    works = {"two large boxes": [], "four small boxes": []}
    if coco:
        works["annotated boxes"] = []
    each = annotated(folder, coco) if coco else ((p, None) for p in photos(folder))
    for i, (path, parts) in enumerate(each):
        if i == 60:
            break
        with Image.open(path) as im:
            im = Image.blend(im.convert("RGB").resize((W, H), Image.BICUBIC), noise, 0.2)
        path = f"{out}/{i:03}.jpg"
        im.save(path, quality=90)
        works["two large boxes"].append((path, list(draw(rng, 2, (200, 450), (300, 700)))))
        works["four small boxes"].append((path, list(draw(rng, 4, (48, 120), (48, 120)))))
        if parts:
            works["annotated boxes"].append(
                (path, [[x * W, y * H, w * W, h * H] for x, y, w, h in parts]))
    return works


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


def timed(out, cut):
    """Seconds of one run into an empty folder, and bytes that it wrote."""
    os.mkdir(out)
    t = time.perf_counter()
    cut(out)
    t = time.perf_counter() - t
    size = sum(f.stat().st_size for f in os.scandir(out))
    shutil.rmtree(out)
    return t, size


def compare(name, lines, way, pairs, tmp):
    title, options, how = way
    records = f"{tmp}/in.jsonl"
    with open(records, "w", encoding="ascii") as f:
        for path, boxes in lines:
            print(json.dumps({"path": path, "boxes": [{"bbox": b} for b in boxes]}), file=f)
    ours, theirs = [], []
    for _ in range(pairs):
        ours.append(timed(f"{tmp}/out", lambda out: subprocess.run(
            [BBCROP, "-o", out, *options, records], check=True, stdout=subprocess.DEVNULL)))
        if how is not None:
            theirs.append(timed(f"{tmp}/out", lambda out: pillow(
                lines, out, title.startswith("jpg"), **how)))
    n = sum(len(boxes) for _, boxes in lines)
    text = ""
    for who, runs in ("bbcrop", ours), ("Pillow", theirs):
        if runs:
            text += f" {who} {n / statistics.median(r[0] for r in runs):.0f}/s," \
                    f" {runs[0][1] / n / 1000:.1f} kB each;"
    if theirs:
        text += f" {statistics.median(b[0] / a[0] for a, b in zip(ours, theirs)):.2f} times as fast"
    print(f"{name}, {title}:{text}", flush=True)


def main():
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as tmp:
        os.mkdir(f"{tmp}/in")
        works = make(sys.argv[1], sys.argv[3] if len(sys.argv) > 3 else None, f"{tmp}/in")
        for name, lines in works.items():
            for way in WAYS:
                compare(name, lines, way, pairs, tmp)


main()
