#!/usr/bin/env python3
"""df2coco against a plain Python converter: DeepFashion's 289,222 rows,
without pictures. Five pairs, ours with as many threads as it takes by itself
or as JOBS says; the two outputs must say the same. Ours waits until the file is
on the disk, theirs doesn't: TMPDIR=/dev/shm leaves the disk out.

    JOBS=1 df2coco_bench.py [PAIRS]
"""
import json
import os
import random
import sys
import tempfile

from pairs import pairs

BIN = os.path.join(os.path.dirname(__file__), "../../bin")
ROWS = 289222
JOBS = os.environ.get("JOBS")


def draw(d):
    rng = random.Random(3)
    words = "Sheer Pleated Front Blouse Classic Denim Floral Midi Knit".split()
    names = []
    os.makedirs(d + "/Anno")
    for i in range(ROWS):
        if i % 50 == 0:
            folder = "_".join(rng.choice(words)
                              for _ in range(rng.randint(2, 6))) + f"_{i}"
        names.append(f"img/{folder}/img_{i % 50 + 1:08d}.jpg")
    with open(d + "/Anno/list_category_cloth.txt", "w") as f:
        f.write("50\ncategory_name  category_type\n")
        for i in range(1, 51):
            f.write(f"C{i:<20}{1 if i <= 20 else 2 if i <= 36 else 3}\n")
    with open(d + "/Anno/list_category_img.txt", "w") as f:
        f.write(f"{ROWS}\nimage_name  category_label\n")
        for name in names:
            f.write(f"{name:<70} {rng.randint(1, 50)}\n")
    with open(d + "/Anno/list_bbox.txt", "w") as f:
        f.write(f"{ROWS}\nimage_name  x_1  y_1  x_2  y_2\n")
        for name in names:
            x, y = rng.randint(0, 150), rng.randint(0, 150)
            f.write(f"{name:<70} {x:03d} {y:03d} {x + rng.randint(20, 149):03d}"
                    f" {y + rng.randint(20, 149):03d}\n")


def rows(path):
    with open(path) as f:
        f.readline()
        f.readline()
        for line in f:
            yield line.split()


def convert(d, out):
    """What people write: dictionaries and json.dump."""
    types = [int(r[-1]) for r in rows(d + "/Anno/list_category_cloth.txt")]
    label = {r[0]: int(r[1]) for r in rows(d + "/Anno/list_category_img.txt")}
    images, anns = [], []
    for name, *box in rows(d + "/Anno/list_bbox.txt"):
        x1, y1, x2, y2 = map(int, box)
        w, h = x2 - x1, y2 - y1
        i = len(images) + 1
        images.append({"id": i, "width": x2, "height": y2, "file_name": name,
                       "license": 1})
        anns.append({"id": i, "image_id": i,
                     "category_id": types[label[name] - 1],
                     "bbox": [x1, y1, w, h], "area": w * h, "iscrowd": 0,
                     "segmentation": [[x1, y1, x2, y1, x2, y2, x1, y2]]})
    categories = [{"id": i + 1, "name": name, "supercategory": "clothing"}
                  for i, name in enumerate(["upper", "lower", "full"])]
    with open(out, "w") as f:
        json.dump({"info": {}, "licenses": [{"id": 1}],
                   "categories": categories, "images": images,
                   "annotations": anns}, f)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as d:
        draw(d)
        jobs = ["-j", JOBS] if JOBS else []
        pairs(" ".join([f"{ROWS} rows, no image headers", *jobs]),
              [BIN + "/df2coco", "-q", *jobs, "--no-images", "-o",
               d + "/ours.json", d],
              [sys.executable, __file__, "--convert", d, d + "/theirs.json"],
              "a plain Python converter", n)
        ours, theirs = (json.load(open(f"{d}/{who}.json"))
                        for who in ("ours", "theirs"))
        same = all(ours[k] == theirs[k]
                   for k in ("images", "annotations", "categories"))
        print("  content:", "equal" if same else "DIFFERENT")


if sys.argv[1:2] == ["--convert"]:
    convert(*sys.argv[2:])
else:
    main()
